import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { careForMirrors } from './adapters/git/care-for-mirrors.ts';
import { gitMirrors } from './adapters/git/mirrors.ts';
import { type GithubApp, githubApp } from './adapters/github/app.ts';
import { intake } from './adapters/github/intake.ts';
import { openSweep, type Sweep } from './adapters/github/sweep.ts';
import { type Answers, type Http, listen, type Probe } from './adapters/http/listen.ts';
import { reportAddresses } from './adapters/http/report-address.ts';
import { reportPages } from './adapters/http/report-pages.ts';
import { transcriptAddresses } from './adapters/http/transcript-address.ts';
import { transcriptPages } from './adapters/http/transcript-pages.ts';
import { jsonLog } from './adapters/log/json-log.ts';
import { whoseWork } from './adapters/log/whose-work.ts';
import type { Delivery, EngineTuning, Health } from './adapters/postgres/engine.ts';
import { openStore, type Store } from './adapters/postgres/open.ts';
import { openRepositories, type Repositories } from './adapters/postgres/repositories.ts';
import { openSweeps, type Sweeps } from './adapters/postgres/sweeps.ts';
import { type Memory, memory } from './adapters/suites/memory.ts';
import { type Metrics, openMetrics } from './adapters/telemetry/metrics.ts';
import type { Traces } from './adapters/telemetry/traces.ts';
import { type Tools, toolsOf } from './compose.ts';
import { forSweeps } from './concern.ts';
import { LABELS } from './domain/labels.ts';
import { health as say } from './domain/messages/settings.ts';
import { stateNotWritable, webhookNotStored } from './domain/messages/store.ts';
import { KEPT_DAYS } from './domain/transcript/line.ts';
import { handlersOf } from './handle.ts';
import { makeFolders } from './make-folders.ts';
import { severalObservers } from './observe.ts';
import type { Clock, Log, Observer } from './ports.ts';
import type { Settings } from './read-settings.ts';

/** Longest wait for running work at a shutdown. */
const DRAIN_MS = 5_000;
/** Longest wait for answers that were begun, after that. */
const GRACE_MS = 2_000;
/** Others take the work of a worker over that has not been heard for this long. */
const SILENT_MS = 20_000;
/** A worker that has not been heard for this long, with a database that answers, is stuck. */
const STUCK_MS = 60_000;
/** What github.com allows an installation to create. */
const GITHUB_QUOTA = { perMinute: 80, perHour: 500 } as const;

/** `web` takes webhooks in, `worker` does the work, `all` does both. Any number of each may share one database. */
export type Role = 'all' | 'web' | 'worker';

export interface App {
  readonly url: string;
  readonly store: Store;
  /** Nothing is queued, running or due: for tests and the demo. */
  idle(): Promise<boolean>;
  stop(): Promise<void>;
}

export interface AppOptions {
  readonly onLog: (line: string) => void;
  /** Default `all`. */
  readonly role?: Role;
  /** Watches every call beside the metrics. */
  readonly observer?: Observer;
  /** Timing of the engine, for tests that cannot wait. */
  readonly engine?: EngineTuning;
  /** Told to stop while it starts: the start throws the signal's reason, and has ended what it began. */
  readonly signal?: AbortSignal;
  /** How often the sweep looks whose turn it is. */
  readonly sweepTickMs?: number;
  /** What is used instead of the real thing, for measuring the rest. */
  readonly tools?: Partial<Tools>;
}

/** Everything that both roles have. */
interface Common {
  readonly settings: Settings;
  readonly options: AppOptions;
  readonly log: Log;
  readonly store: Store;
  readonly github: GithubApp;
  readonly metrics: Metrics;
  readonly observer: Observer;
  /** What this process remembers of results. */
  readonly remembered: Memory;
  /** Null where no collector was named. */
  readonly traces: Traces | null;
}

/** The library is loaded only where somebody takes the traces. */
async function tracesOf({ otlpEndpoint: endpoint }: Settings): Promise<Traces | null> {
  if (endpoint === undefined) return null;
  const { openTraces } = await import('./adapters/telemetry/traces.ts');
  return openTraces({ endpoint, instance: `${hostname()}:${process.pid}` });
}

/** Reads again what is open on GitHub, and asks for lost webhooks. */
function sweepOf({ store, github, log }: Common, turns: Sweeps, repositories: Repositories): Sweep {
  const { ledger, engine } = store;
  return openSweep({
    github,
    turns,
    repositories,
    ledger: forSweeps(ledger, async () => (await github.me()).login),
    label: LABELS.rejection,
    mark: store.mark,
    wake: async (wakings) => {
      for (const waking of wakings) await engine.wake(waking);
    },
    log,
  });
}

/** Does the work: drains, advances, runs, sweeps. Returns how to end what is only done beside it. */
async function startWork(common: Common): Promise<() => Promise<void>> {
  const { settings, options, log, store, github, metrics, observer, remembered } = common;
  const repositories = openRepositories(store.pool);
  const { publicUrl, transcriptDays = KEPT_DAYS } = settings;
  const pages = {
    ...reportAddresses(publicUrl, store.sign),
    ...transcriptAddresses(publicUrl, store.sign, transcriptDays),
  };
  const tools = { ...(await toolsOf(settings, log)), pages, ...options.tools };
  const mirrors = gitMirrors({ stateDir: settings.stateDir });
  await store.engine.start(
    handlersOf({ store, github, repositories, mirrors, tools, memory: remembered, metrics, observer }),
  );
  options.signal?.throwIfAborted();
  const turns = openSweeps(store.pool);
  // What got lost while nobody was there is asked for at once, and so is whether the App's key is accepted again.
  for (const errand of ['redelivery', 'installations'] as const) await turns.endErrand(errand, 0);
  const stopSweep = sweepOf(common, turns, repositories).start(options.sweepTickMs);
  const stopCare = careForMirrors({ stateDir: settings.stateDir, log }).start();
  // Whoever waits for dependencies would keep the shutdown waiting.
  return async () => void (await Promise.all([stopSweep(), stopCare(), tools.preparing.close()]));
}

/** What the database, the heartbeat and GitHub say of this process, in words that a probe answers: ready for its role. */
export function probesOf(
  role: Role,
  health: () => Promise<Health>,
  refusal: () => string | null,
): Pick<Answers, 'alive' | 'ready'> {
  const works = role !== 'web';
  const ready = async (): Promise<Probe> => {
    const { database, started, stopping, lastBeatMsAgo, paused } = await health();
    if (stopping) return { ok: false, words: say.stopping };
    if (!database) return { ok: false, words: say.noDatabase };
    if (works && !started) return { ok: false, words: say.starting };
    const silent = (lastBeatMsAgo ?? 0) > SILENT_MS;
    const idle = works ? (refusal() ?? (silent ? say.noHeartbeat : null)) : null;
    // Meant, and no reason to start it again or to lead webhooks elsewhere.
    if (idle === null) return { ok: true, words: paused === null ? say.ready : say.paused(paused) };
    // Who takes webhooks in stays ready: what a proxy would throw away for a 503 can still be stored.
    return role === 'worker' ? { ok: false, words: idle } : { ok: true, words: say.onlyTakesIn(idle) };
  };
  const alive = async (): Promise<Probe> => {
    const { database, started, lastBeatMsAgo } = await health();
    const stuck = database && started && (lastBeatMsAgo ?? 0) > STUCK_MS;
    return stuck ? { ok: false, words: say.stuck } : { ok: true, words: 'ok' };
  };
  return { alive, ready };
}

/** While the store is opened, which may have to wait for another process that brings it up to date. */
const starting: Answers = {
  alive: async () => ({ ok: true, words: say.starting }),
  ready: async () => ({ ok: false, words: say.starting }),
  metrics: async () => ({ contentType: 'text/plain; charset=utf-8', body: '' }),
  receive: async (_, response) => {
    response.writeHead(503, { connection: 'close' }).end(`${say.starting}\n`);
    return true;
  },
};

const clock: Clock = { now: () => new Date().toISOString() };

/** Pages for people, by address. */
function pagesOf({ settings, store }: Common): NonNullable<Answers['page']> {
  const { blobs, transcripts, ledger, sign } = store;
  const reports = reportPages({ blobs, sign, clock });
  const recorded = transcriptPages({ transcripts, ledger, sign, days: settings.transcriptDays ?? KEPT_DAYS });
  return async (path) => (await reports(path)) ?? recorded(path);
}

async function serve(common: Common, role: Role, http: Http): Promise<App> {
  const { options, log, store, github, metrics, traces } = common;
  const { engine } = store;
  options.signal?.throwIfAborted();
  let leaving = false;
  const health = async () => ({ ...(await engine.health()), ...(leaving && { stopping: true }) });
  const deliver = async (delivery: Delivery) => {
    try {
      return await engine.deliver(delivery);
    } catch (error) {
      log.error(webhookNotStored, { guid: delivery.guid, error });
      throw error;
    }
  };
  const receive = intake({ verify: github.verify, deliver });
  http.serve({
    ...(role === 'worker' ? {} : { receive, page: pagesOf(common) }),
    ...probesOf(role, health, github.refusal),
    metrics: () => metrics.text(),
  });
  const begin = role === 'web' ? Promise.resolve(async () => {}) : startWork(common);
  const stopBeside = await begin.catch(async (error: unknown) => {
    await engine.stop(0);
    throw error;
  });
  // Webhooks are taken in to the last: what is stored here is worked off by others, or by the next start.
  const leave = async () => {
    leaving = true;
    await Promise.all([stopBeside(), engine.stop(DRAIN_MS)]);
    await http.close(GRACE_MS);
    await store.close();
    await traces?.stop();
  };
  let left: Promise<void> | undefined;
  const stop = () => {
    left ??= leave();
    return left;
  };
  return { url: http.url, store, idle: () => engine.idle(), stop };
}

function makeState(stateDir: string): void {
  try {
    makeFolders(stateDir, 0o711);
  } catch (error) {
    throw new Error(stateNotWritable(stateDir, (error as NodeJS.ErrnoException).code ?? String(error)));
  }
}

/**
 * Starts the server, or the part of it that `role` names. Throws with a sentence for the operator when it cannot. Webhook
 * handlers verify, persist and enqueue; all else happens in `advance` and `work`.
 */
export async function startApp(given: Settings, options: AppOptions): Promise<App> {
  // First: whoever cannot have its address must not take work either, and a start that waits can be asked about.
  const http = await listen(given, starting);
  try {
    return await startBehind(http, given, options);
  } catch (error) {
    await http.close(0);
    throw error;
  }
}

async function startBehind(http: Http, given: Settings, options: AppOptions): Promise<App> {
  const traces = await tracesOf(given);
  const whose = whoseWork();
  const log = jsonLog(given.logLevel, options.onLog, () => {
    const trace = traces?.here();
    return { ...whose.about(), ...(trace !== undefined && { trace }) };
  });
  const stateDir = resolve(given.stateDir);
  makeState(stateDir);
  const settings = { ...given, stateDir };
  const { databaseUrl, dataKey, appId, privateKey, webhookSecret, apiUrl, webUrl, transcriptDays } = settings;
  const place = databaseUrl === undefined ? {} : { databaseUrl };
  const quota = apiUrl === 'https://api.github.com' ? { quota: GITHUB_QUOTA } : {};
  // Made before the store whose figures it shows, because the store's work is observed by it.
  const metrics = openMetrics({ figures: () => store.engine.figures() });
  const watching = [whose.observer, metrics.observer, traces?.observer, options.observer];
  const observer = severalObservers(...watching.filter((one) => one !== undefined));
  const remembered = memory();
  const onForgotten = () => remembered.clear();
  const opening = {
    stateDir,
    log,
    dataKey,
    signal: options.signal,
    ...place,
    ...quota,
    observer,
    transcriptDays,
    ...options.engine,
    onForgotten,
  };
  const store: Store = await openStore(opening);
  try {
    const github = await githubApp({ appId, privateKey, webhookSecret, apiUrl, webUrl, log });
    github.onCall = (call) => {
      metrics.onCall(call);
      traces?.onCall(call);
    };
    return await serve(
      { settings, options, log, store, github, metrics, observer, remembered, traces },
      options.role ?? 'all',
      http,
    );
  } catch (error) {
    await store.close();
    await traces?.stop();
    throw error;
  }
}
