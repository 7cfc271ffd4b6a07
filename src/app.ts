import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { gitMirrors } from './adapters/git/mirrors.ts';
import { type GithubApp, githubApp } from './adapters/github/app.ts';
import { redeliverFailed } from './adapters/github/deliveries.ts';
import { eventOf, type GithubEvent } from './adapters/github/event.ts';
import { intake } from './adapters/github/intake.ts';
import { GithubRefused } from './adapters/github/refused.ts';
import { jsonLog } from './adapters/log/json-log.ts';
import { openStore, type Store, type StoreOptions } from './adapters/postgres/open.ts';
import { toolsOf } from './compose.ts';
import { keyOf, type RejectionKey, refOf } from './domain/rejection.ts';
import type { Standing } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import { advance, work } from './loop.ts';
import { type Log, type Ports, Shut } from './ports.ts';
import { prepareRepository } from './prepare-repository.ts';
import type { Settings } from './read-settings.ts';

/** Rejections of a repository that are looked at when somebody pushes to one of its branches. */
const WATCHED = 2000;
/** Stages that a push to the base branch may move. */
const MOVED_BY_BASE = new Set(['accepted', 'drafted', 'cleared', 'proven', 'proposed', 'merged']);
/** How often lost webhooks are asked for. */
const LOST_MS = 5 * 60_000;
/** Longest wait for running work at a shutdown. */
const DRAIN_MS = 5_000;

export interface App {
  readonly url: string;
  readonly store: Store;
  /** Nothing is queued, running or due: for tests and the demo. */
  idle(): Promise<boolean>;
  stop(): Promise<void>;
}

export interface AppOptions {
  readonly onLog: (line: string) => void;
  /** Timing of the engine, for tests that cannot wait. */
  readonly engine?: Pick<StoreOptions, 'retryUnitMs' | 'deadAfterMs'>;
}

interface Waking {
  readonly installation: number;
  readonly rejection: RejectionKey;
}

const isGone = (error: unknown): boolean =>
  error instanceof Shut || (error instanceof GithubRefused && (error.status === 404 || error.status === 410));

/** The part of the ports that is the same for every rejection. */
type Shared = Omit<Ports, 'ref' | 'forge' | 'repository'>;

/** Until the engine tells of its lease. */
const CALL_MS = 10_000;

async function sharedPorts(settings: Settings, store: Store, log: Log): Promise<Shared> {
  const waking = (ref: { installation: number; repo: string; issue: number }): Waking => ({
    installation: ref.installation,
    rejection: keyOf(ref),
  });
  return {
    ledger: store.ledger,
    blobs: store.blobs,
    leave: { toWrite: async () => CALL_MS },
    queue: {
      enqueueRun: (ref, run) => store.engine.enqueueRun(waking(ref), run),
      cancelRun: (rejection) => store.engine.cancelRun(rejection),
      wakeAfter: (ref, ms) => store.engine.wake(waking(ref), ms),
    },
    ...(await toolsOf(settings, log)),
  };
}

/** What an installation event says when repositories went instead of came. */
const GONE = new Set(['deleted', 'removed', 'suspend']);

/** The rejection that a branch of ours belongs to. A fork's branch is told as `owner:branch` and is nobody's. */
function ofBranch(repo: string, branch: string | undefined): RejectionKey | undefined {
  const issue = /^corrigible\/(\d+)-\d+$/.exec(branch ?? '')?.[1];
  return issue === undefined ? undefined : `${repo}#${issue}`;
}

/** Rejections that an event may concern. Its payload only says where to look; what holds is read afresh. */
async function concernedBy(event: GithubEvent, store: Store, me: string): Promise<readonly RejectionKey[]> {
  const { repo, about } = event;
  if (event.what === 'installation') return GONE.has(event.action) ? [] : event.repos.map((name) => `${name}#0`);
  if (repo === null) return [];
  if (event.by?.login === me) return [];
  if (event.pushed !== undefined) return concernedByPush(event, store);
  if (about.pullRequest !== undefined) {
    // A person may be quicker than the fact that the pull request was opened: its branch tells whose it is.
    const key = (await store.ledger.ofPullRequest(repo, about.pullRequest)) ?? ofBranch(repo, about.branch);
    return key === undefined ? [] : [key];
  }
  if (about.issue !== undefined) return [`${repo}#${about.issue}`];
  return about.sha === undefined ? [] : concernedByCommit(repo, about.sha, store);
}

/** The repository's rejections whose standing fits. */
async function those(
  repo: string,
  store: Store,
  fits: (standing: Standing) => boolean,
): Promise<readonly RejectionKey[]> {
  const found: RejectionKey[] = [];
  for (const key of (await store.ledger.ofRepository(repo)).slice(0, WATCHED))
    if (fits(standingOf(await store.ledger.read(key)))) found.push(key);
  return found;
}

/** A check or status of somebody else's on a head that waits for it. */
const concernedByCommit = (repo: string, sha: string, store: Store) =>
  those(repo, store, ({ stage }) => stage.name === 'proposed' && stage.proposal.head === sha);

/** What base is may decide about all that is open, and about fixes that are still watched. */
const concernedByBase = (repo: string, store: Store) =>
  those(
    repo,
    store,
    ({ stage }) => MOVED_BY_BASE.has(stage.name) && !(stage.name === 'merged' && stage.outcome !== null),
  );

/** A push by a person to a branch of ours is a fact about that rejection: who pushed cannot be read again later. */
async function concernedByPush(event: GithubEvent, store: Store): Promise<readonly RejectionKey[]> {
  const { repo, pushed } = event;
  if (repo === null || pushed === undefined) return [];
  const key = ofBranch(repo, pushed.branch);
  if (key === undefined) return concernedByBase(repo, store);
  for (let tries = 0; tries < 20; tries++) {
    const { stage, last } = standingOf(await store.ledger.read(key));
    if (stage.name !== 'proposed' || stage.proposal.branch !== pushed.branch) break;
    if (stage.proposal.head === pushed.head && stage.proposal.lastPusher !== '') break;
    if (await store.ledger.append(key, last, [{ kind: 'head-moved', head: pushed.head, by: pushed.by }])) break;
  }
  return [key];
}

/** GitHub does not repeat a webhook that failed: it is asked to, at the start and every few minutes. */
function askForLost(github: GithubApp, log: Log): () => void {
  const askOnce = () => {
    redeliverFailed(github).catch((error: unknown) =>
      log.warn('asking for lost webhooks failed', { error: error instanceof Error ? error.message : String(error) }),
    );
  };
  const timer = setInterval(askOnce, LOST_MS);
  askOnce();
  return () => clearInterval(timer);
}

async function listen(server: Server, port: number, host: string): Promise<string> {
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, host, done);
  });
  const at = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${at.port}`;
}

/**
 * Starts the server: store, queue, webhooks. Throws with a sentence for the operator when it cannot. Webhook handlers
 * verify, persist and enqueue; all else happens in `advance` and `work`.
 */
export async function startApp(settings: Settings, options: AppOptions): Promise<App> {
  const log = jsonLog(settings.logLevel, options.onLog);
  const stateDir = resolve(settings.stateDir);
  await mkdir(stateDir, { recursive: true, mode: 0o711 });
  const own = { ...settings, stateDir };
  const { databaseUrl } = settings;
  const place = databaseUrl === undefined ? {} : { databaseUrl };
  const store = await openStore({ stateDir, log, dataKey: settings.dataKey, ...place, ...options.engine });
  try {
    return await serve(own, store, log);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function serve(settings: Settings, store: Store, log: Log): Promise<App> {
  const { appId, privateKey, webhookSecret, apiUrl, webUrl } = settings;
  const github: GithubApp = await githubApp({ appId, privateKey, webhookSecret, apiUrl, webUrl, log });
  const mirrors = gitMirrors({ stateDir: settings.stateDir });
  const shared = await sharedPorts(settings, store, log);
  const portsOf = async ({ installation, rejection }: Waking): Promise<Ports> => {
    const ref = refOf(installation, rejection);
    return {
      ...shared,
      ref,
      forge: await github.forge(installation, ref.repo),
      repository: await mirrors.open(ref.repo),
    };
  };
  await store.engine.start({
    concerns: async (delivery) => {
      const event = eventOf(delivery);
      if (event === null) return [];
      const { installation } = event;
      const me = (await github.me()).login;
      return (await concernedBy(event, store, me)).map((rejection) => ({ installation, rejection }));
    },
    advance: async (waking) => {
      const ports = await portsOf(waking);
      const advancing = ports.ref.issue === 0 ? prepareRepository(ports) : advance(ports);
      await advancing.catch(async (error: unknown) => {
        if (!isGone(error) || (await store.ledger.read(waking.rejection)).length > 0) throw error;
        // Deleted, transferred, or of an installation that is gone: nothing was begun, so nothing is owed.
        log.warn('nothing to see there', { rejection: waking.rejection });
      });
    },
    run: async (waking, run, signal) => work(await portsOf(waking), run, signal),
  });
  const receive = intake({ verify: github.verify, deliver: (delivery) => store.engine.deliver(delivery) });
  const server = createServer(async (request, response) => {
    if (await receive(request, response)) return;
    const healthy = request.method === 'GET' && request.url === '/healthz';
    response.writeHead(healthy ? 200 : 404, { 'content-type': 'text/plain' }).end(healthy ? 'ok\n' : 'not found\n');
  });
  const url = await listen(server, settings.port, settings.host);
  const stopAsking = askForLost(github, log);
  return {
    url,
    store,
    idle: () => store.engine.idle(),
    stop: async () => {
      stopAsking();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await store.close(DRAIN_MS);
    },
  };
}
