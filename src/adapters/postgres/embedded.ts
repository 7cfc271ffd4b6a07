import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { stateNotWritable } from '../../domain/messages/store.ts';
import { type DatabasePlace, preparePlace } from './database-place.ts';
import { databaseUser } from './database-user.ts';
import { claim, ensureKeeper, othersAt, release } from './keeper.ts';
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
  readonly onRestart?: (error?: unknown) => void;
}

const START_LIMIT_MS = 60_000;
const WATCH_EVERY_MS = 500;

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

/**
 * Adopts or starts the embedded Postgres of a state directory. Throws `StoreRefused` with a sentence when it cannot be:
 * no binary for the platform, a folder that the database user cannot enter, a server that does not come up.
 */
export async function openEmbedded(stateDir: string, options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  const place = preparePlace(stateDir, databaseUser());
  await claim(place.base).catch((error: NodeJS.ErrnoException) => {
    throw new StoreRefused(stateNotWritable(stateDir, error.code ?? String(error)));
  });
  const up = single(() => bringUp(place, options.settings ?? {}));
  let how: EmbeddedPostgres['how'];
  try {
    await initialise(place);
    how = await up.go();
  } catch (error) {
    release(place.base);
    throw error;
  }
  ensureKeeper(place.base);

  let stopped = false;
  let down = false;
  const look = async (): Promise<void> => {
    if (stopped || down) return;
    ensureKeeper(place.base);
    if (postmasterOf(place) !== null) return;
    down = true;
    options.onRestart?.();
    await up.go().catch((error: unknown) => options.onRestart?.(error));
    down = false;
  };
  const watchdog = setInterval(() => void look(), WATCH_EVERY_MS);
  watchdog.unref();

  return {
    how,
    pid: () => postmasterOf(place),
    url: (database) => urlOf(place.socket, database),
    others: () => othersAt(place.base),
    ensure: async () => {
      if (!stopped) await up.go();
    },
    stop: async (timeoutMs = 15_000) => {
      if (stopped) return;
      stopped = true;
      clearInterval(watchdog);
      // What the watchdog is just starting must be ended too.
      await up.over();
      if (!release(place.base)) await endPostmaster(place, timeoutMs);
    },
  };
}
