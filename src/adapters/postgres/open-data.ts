import pg from 'pg';
import * as say from '../../domain/messages/store.ts';
import type { Log } from '../../ports.ts';
import { type DataKey, openDataKey } from './data-key.ts';
import { migrateEngineTables } from './dbos-internals.ts';
import { type EmbeddedPostgres, openEmbedded } from './embedded.ts';
import { migrate, migrations } from './migrations.ts';
import { makePool } from './pool.ts';
import { StoreRefused } from './store-refused.ts';

export interface DataOptions {
  readonly stateDir: string;
  /** A Postgres server; without it the embedded one is used. */
  readonly databaseUrl?: string | undefined;
  /** 32 bytes; without them the file `data-key` below `stateDir` is used. */
  readonly dataKey?: Uint8Array | undefined;
  readonly log: Log;
  /** Ends the wait for another process that migrates: opening throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The database of a store, migrated, and what opens its contents. */
export interface Data {
  readonly pool: pg.Pool;
  /** Address of the same database as the pool. */
  readonly url: string;
  readonly dataKey: DataKey;
  /** Process id of the embedded Postgres; null on a server, or while it is down. */
  postgresPid(): number | null;
  /** Ids of other processes of this machine that use the embedded database. */
  others(): readonly number[];
  /** Lets go of the database; ends the embedded one unless others use it. */
  close(): Promise<void>;
}

const DATABASE = 'corrigible';
const POOL_SIZE = 12;

/** Where an address is given, unless a command was told another one. */
const GIVEN = 'DATABASE_URL';

/** What the person sees of an address: never the password. `given` names where it was given. */
export function whereOf(url: string, given = GIVEN): string {
  try {
    const { protocol, host, pathname, hash } = new URL(url);
    // What follows a # is no part of the address: a password that holds one would be cut in two.
    if (/^postgres(?:ql)?:$/.test(protocol) && hash === '') return host + pathname;
  } catch {
    // It is no address at all.
  }
  throw new StoreRefused(say.databaseUrlUnreadable(given));
}

export function openPool(url: string, log: Log): pg.Pool {
  const pool = makePool({ connectionString: url, max: POOL_SIZE, keepAlive: true }, (error) => {
    // Of our own accord: the server cuts what has just been given back.
    if (!pool.ending) log.info('database connection lost', { error: error.message });
  });
  return pool;
}

async function embed({ stateDir, log }: DataOptions): Promise<{ postgres: EmbeddedPostgres; url: string }> {
  const postgres = await openEmbedded(stateDir, {
    onRestart: () => log.warn('the embedded database was down, starting it again'),
    onTrouble: (error) => log.error(say.databaseNotWatched, { error }),
    onWait: (host) => log.warn(say.waitsForHolder(host)),
  });
  try {
    await makeDatabase(postgres.url('postgres'));
  } catch (error) {
    await postgres.stop();
    throw ownTrouble(stateDir, error);
  }
  return { postgres, url: postgres.url(DATABASE) };
}

async function makeDatabase(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  admin.on('error', () => {});
  await admin.connect();
  try {
    await admin.query(`create database ${DATABASE}`);
  } catch (error) {
    const code = (error as { code?: string }).code;
    // It exists, or another process is creating it at this moment.
    if (code !== '42P04' && code !== '23505') throw error;
  } finally {
    await admin.end();
  }
}

/** What the built-in Postgres says by its code, in words where a person can mend it. */
function ownTrouble(stateDir: string, error: unknown): unknown {
  const { code = '' } = error as { code?: string };
  if (code === '53100') return new StoreRefused(say.stateNotWritable(stateDir, 'ENOSPC'));
  const words = say.databaseTrouble[code];
  return words === undefined ? error : new StoreRefused(words);
}

/** What a server that was named says, in words; without the password, which the address may hold. */
export function serverTrouble(url: string, error: unknown, given = GIVEN): StoreRefused {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  const where = whereOf(url, given);
  // Of several addresses that were tried, none has the last word, and the message is empty.
  const because = message === '' ? code : message;
  const words = say.databaseTrouble[code];
  if (/^(?:28|3D)/.test(code)) return new StoreRefused(say.serverRefuses(where, because, given));
  if (code === '42501') return new StoreRefused(say.schemaNotAllowed(where, because));
  if (words !== undefined) return new StoreRefused(say.serverSays(where, words));
  return new StoreRefused(say.serverUnreachable(where, because, given));
}

/** What was moved to a server and went on there must not go on here as well. */
async function refuseMoved(pool: pg.Pool): Promise<void> {
  const text = 'select whereto from corrigible.move where finished_at is not null limit 1';
  const { rows } = await pool.query<{ whereto: string }>(text);
  if (rows[0] !== undefined) throw new StoreRefused(say.databaseMoved(rows[0].whereto));
}

/** Migrates, and finds the data key under the same lock. */
async function bringUpToDate(pool: pg.Pool, url: string, options: DataOptions): Promise<DataKey> {
  const { databaseUrl, log } = options;
  try {
    let dataKey: DataKey | undefined;
    const finish = async () => {
      await migrateEngineTables(pool, url, log);
      dataKey = await openDataKey(pool, options);
    };
    await migrate(pool, finish, migrations(), options);
    if (databaseUrl === undefined) await refuseMoved(pool);
    return dataKey as DataKey;
  } catch (error) {
    const told = options.signal?.aborted === true && error === options.signal.reason;
    if (error instanceof StoreRefused || told) throw error;
    throw databaseUrl === undefined ? ownTrouble(options.stateDir, error) : serverTrouble(databaseUrl, error);
  }
}

/**
 * Opens the embedded Postgres below `stateDir` or the server at `databaseUrl`, migrated to this release. Throws
 * `StoreRefused` with a sentence for the person who starts the app.
 */
export async function openData(options: DataOptions): Promise<Data> {
  if (options.databaseUrl !== undefined) whereOf(options.databaseUrl);
  const embedded = options.databaseUrl === undefined ? await embed(options) : undefined;
  const url = embedded?.url ?? options.databaseUrl ?? '';
  const pool = openPool(url, options.log);
  const close = async () => {
    await pool.end();
    await embedded?.postgres.stop();
  };
  try {
    const dataKey = await bringUpToDate(pool, url, options);
    return {
      pool,
      url,
      dataKey,
      close,
      postgresPid: () => embedded?.postgres.pid() ?? null,
      others: () => embedded?.postgres.others() ?? [],
    };
  } catch (error) {
    await close();
    throw error;
  }
}
