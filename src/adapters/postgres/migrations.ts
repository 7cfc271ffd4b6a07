import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { databaseFromNewerRelease, serverTooOld, waitsForMigration } from '../../domain/messages/store.ts';
import type { Log } from '../../ports.ts';
import { type KeySource, openDataKey } from './data-key.ts';
import { LOCKS } from './locks.ts';
import { sealPlainFacts } from './seal-plain-facts.ts';
import { StoreRefused } from './store-refused.ts';

const FOLDER = new URL('./migrations/', import.meta.url);
const OLDEST_SERVER = 140_000;

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** The migrations of this release, in order. A file is named `0001-what-it-does.sql` and never changed once released. */
export function migrations(): readonly Migration[] {
  return readdirSync(FOLDER)
    .filter((name) => /^\d{4}-.+\.sql$/.test(name))
    .sort()
    .map((name) => ({ version: Number(name.slice(0, 4)), name, sql: readFileSync(new URL(name, FOLDER), 'utf8') }));
}

/** Who waits this long for the lock says so. Those that start together wait for less. */
const SAY_MS = 1000;

/** Whoever waits for the lock: what to say it to, and what ends the wait. */
export interface Waits {
  readonly log?: Log;
  /** The wait ends by throwing the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

async function takeLock(client: PoolClient, { log, signal }: Waits): Promise<void> {
  for (let from: number | null = performance.now(); ; await sleep(50)) {
    signal?.throwIfAborted();
    const { rows } = await client.query<{ ok: boolean }>('select pg_try_advisory_lock($1) ok', [LOCKS.migration]);
    if (rows[0]?.ok) return;
    if (from === null || performance.now() - from < SAY_MS) continue;
    log?.warn(waitsForMigration);
    from = null;
  }
}

/**
 * Waits for the lock by asking again and again. A waiting `pg_advisory_lock` would hold a snapshot, and the indexes that
 * DBOS builds concurrently under the lock would wait for that snapshot: a deadlock.
 */
export async function underLock<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  waits: Waits = {},
): Promise<T> {
  const client = await pool.connect();
  try {
    await takeLock(client, waits);
    try {
      return await work(client);
    } finally {
      await client.query('select pg_advisory_unlock($1)', [LOCKS.migration]);
    }
  } finally {
    client.release();
  }
}

async function versionOf(client: PoolClient): Promise<number> {
  await client.query('create schema if not exists corrigible');
  await client.query(
    'create table if not exists corrigible.schema_version (version integer primary key, name text not null, at timestamptz not null default now())',
  );
  const { rows } = await client.query<{ version: number | null }>(
    'select max(version) as version from corrigible.schema_version',
  );
  return rows[0]?.version ?? 0;
}

/** What a migration cannot say in SQL, within its transaction. */
const steps: Readonly<Record<string, (client: PoolClient, source: KeySource | undefined) => Promise<void>>> = {
  '0003-sealed-facts.sql': (client, source) => {
    let key: ReturnType<typeof openDataKey> | undefined;
    return sealPlainFacts(client, () => {
      if (source === undefined) throw new Error('facts are there to be sealed, and no data key was given');
      key ??= openDataKey(client, source);
      return key;
    });
  },
};

async function apply(
  client: PoolClient,
  { version, name, sql }: Migration,
  source: KeySource | undefined,
): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    await steps[name]?.(client, source);
    await client.query('insert into corrigible.schema_version (version, name) values ($1, $2)', [version, name]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

async function refuseOldServer(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ number: string; text: string }>(
    "select current_setting('server_version_num') as number, current_setting('server_version') as text",
  );
  const server = rows[0];
  if (server && Number(server.number) < OLDEST_SERVER) throw new StoreRefused(serverTooOld(server.text));
}

/**
 * Brings the database to this release, forward only and one process at a time, then runs `andThen` under the same lock.
 * Refuses (`StoreRefused`) a database that a newer release has written, before changing anything. `source` tells where
 * the data key is; only a database of a release that did not seal its facts needs it here. Once begun it is not ended by
 * the signal: only the wait is.
 */
export async function migrate(
  pool: Pool,
  andThen: () => Promise<void> = async () => {},
  known: readonly Migration[] = migrations(),
  source?: KeySource & Waits,
): Promise<void> {
  const bringUp = async (client: PoolClient) => {
    await refuseOldServer(client);
    const found = await versionOf(client);
    const newest = known.at(-1)?.version ?? 0;
    if (found > newest) throw new StoreRefused(databaseFromNewerRelease(found, newest));
    for (const migration of known) {
      if (migration.version > found) await apply(client, migration, source);
    }
    await andThen();
  };
  await underLock(pool, bringUp, source);
}
