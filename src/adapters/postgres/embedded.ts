import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { heldElsewhere, stateNotWritable } from '../../domain/messages/store.ts';
import { type DatabasePlace, preparePlace } from './database-place.ts';
import { databaseUser } from './database-user.ts';
import { hold, holds, letGo } from './holder.ts';
import { claim, dropStrangers, ensureKeeper, enter, keeperLives, othersAt, release } from './keeper.ts';
import { initialise, postmasterOf, refusalFrom, startPostmaster } from './postmaster.ts';
import { markOf } from './process-mark.ts';
import { StoreRefused } from './store-refused.ts';

/** A Postgres of our own on a Unix socket. It survives the death of this process, and ends by itself if nobody comes. */
export interface EmbeddedPostgres {
  /** Whether it ran already when this process came. */
  readonly how: 'adopted' | 'started';
  /** Process id of the postmaster now running, or null while it is down. */
  pid(): number | null;
  /** Address of one database in it, for `pg` and for DBOS. */
  url(database: string): string;
  /** Ids of the other processes of this machine that use it. */
  others(): readonly number[];
  /** Starts it again if it died. The watchdog calls this; call it when a connection fails and waiting is too long. */
  ensure(): Promise<void>;
  /** Gives it up: ends it (fast shutdown, at most `timeoutMs`) unless another process, or this one otherwise, uses it. */
  stop(timeoutMs?: number): Promise<void>;
}

export interface EmbeddedOptions {
  /** Server settings on top of ours; tests trade durability for speed here. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told when the watchdog finds Postgres dead. */
  readonly onRestart?: () => void;
  /** Told when the watchdog cannot do its work, once for each reason; it tries again. */
  readonly onTrouble?: (error: unknown) => void;
  /** Told when another container or machine had it, and is waited for until it is silent. */
  readonly onWait?: (host: string) => void;
}

const START_LIMIT_MS = 60_000;
const WATCH_EVERY_MS = 500;
const STOP_LIMIT_MS = 15_000;
/** Longer than a postmaster of ours that starts or ends has a socket and no pid file. */
const HEARD_LIMIT_MS = 5000;

/** Address of a database of this socket folder. The host stands in the query: DBOS reads no other form. */
const urlOf = (socket: string, database: string): string =>
  `postgres://postgres@localhost/${database}?host=${encodeURIComponent(socket)}`;

async function answers(place: DatabasePlace): Promise<boolean> {
  const client = new pg.Client({ connectionString: urlOf(place.socket, 'postgres'), connectionTimeoutMillis: 2000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    client.end().catch(() => {});
  }
}

/** Whether a server listens on the socket. One that is frozen listens as well: only a refusal means that nobody is there. */
function isHeard(place: DatabasePlace): Promise<boolean> {
  return new Promise((tell) => {
    const socket = connect(join(place.socket, '.s.PGSQL.5432'));
    const say = (heard: boolean) => {
      socket.destroy();
      tell(heard);
    };
    socket.setTimeout(2000, () => say(true));
    socket.once('connect', () => say(true));
    socket.once('error', ({ code = '' }: NodeJS.ErrnoException) => say(!['ENOENT', 'ECONNREFUSED'].includes(code)));
  });
}

/** Refuses a server that is heard but has no process here: another container's. Its files must not get a second one. */
async function refuseUnseen(place: DatabasePlace): Promise<void> {
  for (const end = performance.now() + HEARD_LIMIT_MS; await isHeard(place); await sleep(100)) {
    if (postmasterOf(place) !== null) return;
    if (performance.now() > end) throw new StoreRefused(heldElsewhere(place.base, null));
  }
}

/** Adopts a running postmaster or starts one; several processes may do this at once, and one postmaster results. */
async function bringUp(
  place: DatabasePlace,
  settings: Readonly<Record<string, string>>,
): Promise<'adopted' | 'started'> {
  let how: 'adopted' | 'started' = 'adopted';
  for (const end = Date.now() + START_LIMIT_MS; Date.now() < end; ) {
    if (postmasterOf(place) !== null) {
      if (await answers(place)) return how;
      await sleep(20);
      continue;
    }
    await refuseUnseen(place);
    if (postmasterOf(place) !== null) continue;
    how = 'started';
    let over = false;
    const { gone } = startPostmaster(place, settings);
    gone.then(() => {
      over = true;
    });
    while (!over && Date.now() < end && !(await answers(place))) await sleep(10);
    // After kill -9 of a postmaster its old backends hold the shared memory for a moment, and a new one refuses.
    if (over) await sleep(100);
  }
  if (postmasterOf(place) !== null && (await answers(place))) return how;
  throw refusalFrom(place);
}

async function endPostmaster(place: DatabasePlace, timeoutMs: number): Promise<void> {
  const pid = postmasterOf(place);
  if (pid === null) return;
  const mark = markOf(pid);
  process.kill(pid, 'SIGINT');
  const end = Date.now() + timeoutMs;
  while (Date.now() < end && markOf(pid) === mark) await sleep(10);
}

/** Runs `work` one at a time; who comes while it runs gets the same promise. `over` waits for the one that runs. */
function single<T>(work: () => Promise<T>): { go: () => Promise<T>; over: () => Promise<unknown> } {
  let running: Promise<T> | undefined;
  const go = () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
  return { go, over: async () => running?.catch(() => {}) };
}

/** What the system says while a place is prepared, as the sentence that tells what to do. */
function inWords(stateDir: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code !== undefined && syscall !== undefined ? new StoreRefused(stateNotWritable(stateDir, code)) : error;
}

/** Leaves the place: the last one ends Postgres and says that nobody has it any more. */
async function leave(place: DatabasePlace, timeoutMs: number): Promise<void> {
  // What another container has is not ours to end: a pid in its files may be anybody's here.
  if (release(place.base) || !holds(place.base)) return;
  await endPostmaster(place, timeoutMs);
  if (postmasterOf(place) === null) letGo(place.base, () => othersAt(place.base).length > 0);
}

/** Takes the place for this process and its namespace, with a keeper, before anything of the database is touched. */
async function take(place: DatabasePlace, options: EmbeddedOptions): Promise<void> {
  await hold(place.base, keeperLives(place.base), options.onWait);
  dropStrangers(place.base);
  await enter(place.base);
  ensureKeeper(place.base);
}

/** Sees to it twice a second that everything is still there. Returns how to end that. */
function watch(place: DatabasePlace, up: () => Promise<unknown>, options: EmbeddedOptions): () => Promise<void> {
  let running: Promise<void> | undefined;
  let [told, down] = ['', false];
  const look = async (): Promise<void> => {
    if (!holds(place.base) || !keeperLives(place.base)) await take(place, options);
    await enter(place.base);
    if (postmasterOf(place) === null) {
      if (!down) options.onRestart?.();
      down = true;
      await up();
    }
    down = false;
    told = '';
  };
  const tell = (error: unknown): void => {
    if (told !== String(error)) options.onTrouble?.(error);
    told = String(error);
  };
  const timer = setInterval(() => {
    running ??= look()
      .catch(tell)
      .finally(() => {
        running = undefined;
      });
  }, WATCH_EVERY_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/**
 * Adopts or starts the embedded Postgres of a state directory. Throws `StoreRefused` with a sentence when it cannot be:
 * no binary for the platform, a folder that cannot be written or that the database user cannot enter, another container
 * that has it, a server that does not come up.
 */
export async function openEmbedded(stateDir: string, options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  let place: DatabasePlace | undefined;
  try {
    place = preparePlace(stateDir, databaseUser());
    await claim(place.base);
    await take(place, options);
    await initialise(place);
    return await opened(place, options);
  } catch (error) {
    if (place !== undefined) await leave(place, STOP_LIMIT_MS).catch(() => {});
    throw inWords(resolve(stateDir), error);
  }
}

/** Brings Postgres up, and looks after it until it is stopped. */
async function opened(place: DatabasePlace, options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const up = single(async () => {
    if (!holds(place.base)) await take(place, options);
    return bringUp(place, options.settings ?? {});
  });
  const how = await up.go();
  let stopped = false;
  const unwatch = watch(place, up.go, options);
  return {
    how,
    pid: () => postmasterOf(place),
    url: (database) => urlOf(place.socket, database),
    others: () => othersAt(place.base),
    ensure: async () => {
      if (!stopped) await up.go();
    },
    stop: async (timeoutMs = STOP_LIMIT_MS) => {
      if (stopped) return;
      stopped = true;
      // What the watchdog is just starting must be ended too.
      await unwatch();
      await up.over();
      await leave(place, timeoutMs);
    },
  };
}
