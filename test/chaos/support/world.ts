import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeAppIdentity } from '../../../src/forge/app-identity.ts';
import { type Forge, startForge } from '../../../src/forge/forge.ts';
import { withModel } from '../../../src/read-operator.ts';
import type { Settings } from '../../../src/read-settings.ts';
import { type Reply, type ScriptedModel, type SeenRequest, scriptedModel } from '../../support/scripted-model.ts';
import { freshDatabase } from '../../support/shared-postgres.ts';
import { type AppProcess, type Spares, startIn } from './app-process.ts';
import { takeEmbedded } from './embedded-state.ts';
import type { LedgerSeen, Start } from './orders.ts';
import { gatherPeople, type People } from './people.ts';
import { isStopped, processesOf } from './processes.ts';
import { shopModel } from './shop.ts';
import type { Story } from './story.ts';
import type { Scene, Strike } from './strike.ts';
import { until } from './until.ts';

const identity = makeAppIdentity(4711, 'corrigible');

/** The engine's patience, shortened so that a story with an accident takes seconds. */
const ENGINE = { retryUnitMs: 50, deadAfterMs: 5000, beatMs: 500, callMs: 2000 };
/** Within this time nothing is left of processes that ended, be it by force. */
const GONE_MS = 10_000;

export interface WorldOptions {
  readonly story: Story;
  readonly spares: Spares;
  /** `small-disk`: embedded, and made by the first process, which mounts its own disk. */
  readonly database: 'shared' | 'embedded' | 'small-disk';
}

/** How one process of the app is started. */
export interface StartOptions {
  readonly role?: Start['role'];
  readonly strikes?: readonly Strike[];
  readonly clockMs?: number;
  /** Started in this process instead of a spare one. */
  readonly process?: AppProcess;
}

export interface World {
  readonly forge: Forge;
  readonly people: People;
  readonly scene: Scene;
  /** Starts a process. One that serves webhooks does so at the one address that the forge knows. */
  start(options?: StartOptions): Promise<AppProcess>;
  /** From now on another process, started like this, follows whichever dies. */
  replaceTheDead(options: StartOptions): void;
  readonly apps: readonly AppProcess[];
  /** A process that lives and has started. */
  living(): AppProcess;
  /** Whether every process that is not frozen has nothing to do. */
  idle(): Promise<boolean>;
  /** Waits until nothing is queued, owed or under way, twice in a row. */
  rest(): Promise<void>;
  /** What keeps the processes from rest, in words for people. */
  waits(): Promise<string>;
  ledger(): Promise<readonly LedgerSeen[]>;
  /** Everything that the processes printed. */
  output(): string;
  /** Ends all processes, in peace or, where one cannot hear, by force; throws when one is left after ten seconds. */
  end(): Promise<void>;
  /** Gives back what the world holds, without a look at it. */
  clear(): Promise<void>;
}

const LOOK_MS = 100;

/** Whether a process has nothing to do; null where it is frozen before it answers. */
async function hearIdle(app: AppProcess): Promise<boolean | null> {
  const asked = app.ask<boolean>({ do: 'idle' });
  const over = new AbortController();
  const frozen = (async () => {
    while (!over.signal.aborted && !isStopped(app.pid)) await sleep(LOOK_MS);
    return null;
  })();
  return Promise.race([asked, frozen]).finally(() => {
    over.abort();
    // A frozen one answers when it wakes, or never.
    asked.catch(() => {});
  });
}

/** Ports below those that the system gives out by itself, so that nobody else gets one that an app has left for a moment. */
const PORTS = { from: 12_000, count: 18_000 };
let asked = process.pid * 37;

async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    asked += 1;
    const port = PORTS.from + (asked % PORTS.count);
    const server = createServer();
    const free = await new Promise<boolean>((done) => {
      server.once('error', () => done(false));
      server.listen(port, '127.0.0.1', () => done(true));
    });
    await new Promise((done) => server.close(done));
    if (free) return port;
  }
  throw new Error('no free port');
}

interface Place {
  readonly stateDir: string;
  readonly databaseUrl: string | undefined;
  drop(): Promise<void>;
}

async function takePlace(database: WorldOptions['database']): Promise<Place> {
  if (database !== 'shared') return takeEmbedded(database === 'embedded');
  const place = await freshDatabase();
  // Sandboxes run as other users of this machine.
  await chmod(place.stateDir, 0o711);
  return place;
}

/** How the model of a story is at present. */
interface Thinking {
  refuses: boolean;
  dawdling: number;
  /** How often it was asked what it did not answer at once. */
  hung: number;
  /** What it does not answer before `until` is over. */
  hanging: { readonly at: RegExp; readonly until: PromiseWithResolvers<void> } | null;
}

/** What drafts is answered always; what codes may have to wait. */
async function answer(request: SeenRequest, thinking: Thinking): Promise<Reply> {
  if (request.body.tools === undefined) return shopModel(request);
  if (thinking.refuses) return { tool: 'cannot', args: { reason: 'The price stands nowhere.' } };
  const { hanging } = thinking;
  if (hanging?.at.test(request.raw)) {
    thinking.hung += 1;
    await hanging.until.promise;
  }
  return shopModel(request, thinking.dawdling);
}

export async function openWorld({ story, spares, database }: WorldOptions): Promise<World> {
  const root = await mkdtemp(join(tmpdir(), 'corrigible-forge-'));
  const place = await takePlace(database);
  const forge = await startForge({ root, app: identity });
  const thinking: Thinking = { refuses: false, dawdling: 0, hung: 0, hanging: null };
  const model: ScriptedModel | null = story.model ? await scriptedModel((request) => answer(request, thinking)) : null;
  const port = await freePort();
  const settings: Settings = {
    appId: forge.app.id,
    privateKey: forge.app.privateKey,
    webhookSecret: forge.app.webhookSecret,
    apiUrl: forge.url,
    webUrl: forge.url,
    host: '127.0.0.1',
    port,
    stateDir: place.stateDir,
    databaseUrl: place.databaseUrl,
    logLevel: 'info',
    operator: withModel(model && { baseUrl: model.baseUrl, apiKey: 'key of the model', model: 'scripted' }),
  };
  story.trouble?.(forge);
  forge.setWebhookUrl(`http://127.0.0.1:${port}/api/github/webhooks`);
  const apps: AppProcess[] = [];
  const started = new Set<AppProcess>();
  const scene = { journal: join(root, 'journal'), stateDir: place.stateDir };
  let replacing: StartOptions | null = null;
  let ending = false;

  const start: World['start'] = async ({ role = 'all', strikes = [], clockMs = 0, process } = {}) => {
    const app = process ?? (await spares.take());
    apps.push(app);
    void app.ended.then(() => {
      if (replacing !== null && !ending) void start(replacing).catch(() => {});
    });
    const starting = startIn(app, {
      settings: role === 'worker' ? { ...settings, port: 0 } : settings,
      role,
      engine: { ...ENGINE, ...story.engine },
      scene,
      strikes,
      clockMs,
    });
    try {
      await starting;
      started.add(app);
    } catch (error) {
      // One that was struck while it started: another follows.
      if (replacing === null || app.alive) throw error;
    }
    return app;
  };
  const living = () => {
    const found = apps.findLast((app) => app.alive && started.has(app) && !isStopped(app.pid));
    if (found === undefined) throw new Error('no app is alive');
    return found;
  };
  const stopApps = async () => {
    ending = true;
    for (const app of apps) {
      if (app.alive && started.has(app)) await app.ask({ do: 'stop' }).catch(() => app.signal('SIGKILL'));
      else app.signal('SIGKILL');
      await app.ended;
    }
  };
  const clear = async () => {
    ending = true;
    for (const app of apps) app.signal('SIGKILL');
    await Promise.all(apps.map(({ ended }) => ended));
    for (const { pid } of processesOf(place.stateDir)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    }
    await forge.close();
    await model?.[Symbol.asyncDispose]().catch(() => {});
    await place.drop();
    await rm(root, { recursive: true, force: true });
  };
  const idle: World['idle'] = async () => {
    const awake = apps.filter((app) => app.alive && started.has(app) && !isStopped(app.pid));
    const answers = (await Promise.all(awake.map(hearIdle))).filter((answer) => answer !== null);
    return answers.length > 0 && answers.every(Boolean);
  };
  const waits: World['waits'] = async () => {
    const asked = apps.map(async (app) => {
      if (!app.alive || !started.has(app) || isStopped(app.pid)) return `${app.pid}: dead, not started or frozen`;
      return `${app.pid}: idle ${await app.ask({ do: 'idle' })}, ${JSON.stringify(await app.ask({ do: 'waits' }))}`;
    });
    return (await Promise.allSettled(asked)).map((one) => ('value' in one ? one.value : String(one.reason))).join('\n');
  };
  const rest = async () => {
    let quiet = 0;
    const isQuiet = async () => {
      await forge.webhooks.settled();
      quiet = (await idle().catch(() => false)) ? quiet + 1 : 0;
      return quiet === 2;
    };
    await until('rest', isQuiet, { why: waits });
  };
  const modelAtHand = {
    hang: (at: RegExp | null) => {
      thinking.hanging?.until.resolve();
      thinking.hanging = at && { at, until: Promise.withResolvers() };
    },
    refuse: () => {
      thinking.refuses = true;
    },
    dawdle: () => {
      thinking.dawdling = 3;
    },
    hangs: () => thinking.hung > 0,
  };
  return {
    forge,
    scene,
    people: gatherPeople(forge, story.files, modelAtHand, rest),
    apps,
    start,
    living,
    replaceTheDead: (options) => {
      replacing = options;
    },
    idle,
    rest,
    waits,
    ledger: () => living().ask<readonly LedgerSeen[]>({ do: 'ledger' }),
    output: () => apps.map((app, i) => `--- app ${i + 1} (${app.pid})\n${app.output()}`).join('\n'),
    end: async () => {
      await stopApps();
      let left = processesOf(place.stateDir);
      await until(
        'an end of all processes',
        async () => {
          left = processesOf(place.stateDir);
          return left.length === 0;
        },
        { patienceMs: GONE_MS, why: async () => left.map(({ pid, command }) => `${pid} ${command}`).join('\n') },
      );
    },
    clear,
  };
}
