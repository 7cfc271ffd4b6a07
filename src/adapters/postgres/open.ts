import pg from 'pg';
import { databaseUrlUnreadable, serverUnreachable } from '../../domain/messages/store.ts';
import type { Blobs, Log } from '../../ports.ts';
import { openBlobs } from './blobs.ts';
import { type DataKey, openDataKey } from './data-key.ts';
import { migrateEngineTables } from './dbos-internals.ts';
import { type EmbeddedPostgres, openEmbedded } from './embedded.ts';
import { type Engine, type EngineOptions, openEngine } from './engine.ts';
import { openLedger, type SealedLedger } from './ledger.ts';
import { migrate, migrations } from './migrations.ts';
import { StoreRefused } from './store-refused.ts';

/** Everything that lasts. */
export interface Store {
  readonly ledger: SealedLedger;
  readonly engine: Engine;
  readonly blobs: Blobs;
  readonly pool: pg.Pool;
  /** Stops the engine after `drainMs` (default 0) and lets go of the database; ends the embedded one. */
  close(drainMs?: number): Promise<void>;
  /** Process id of the embedded Postgres; null on a server, or while it is down. */
  postgresPid(): number | null;
}

export interface StoreOptions
  extends Pick<EngineOptions, 'perRepository' | 'perWorker' | 'retryUnitMs' | 'deadAfterMs'> {
  readonly stateDir: string;
  /** A Postgres server; without it the embedded one is used. */
  readonly databaseUrl?: string;
  /** 32 bytes; without them the file `data-key` below `stateDir` is used. */
  readonly dataKey?: Uint8Array | undefined;
  readonly log: Log;
}

const DATABASE = 'corrigible';
const POOL_SIZE = 12;

/** What the person sees of an address: never the password. */
function whereOf(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return host + pathname;
  } catch {
    throw new StoreRefused(databaseUrlUnreadable());
  }
}

function openPool(url: string, log: Log): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: POOL_SIZE, connectionTimeoutMillis: 10_000, keepAlive: true });
  // A server that goes away ends idle connections; without a listener that would end this process.
  pool.on('error', (error) => log.info('database connection lost', { error: error.message }));
  return pool;
}

async function embed({ stateDir, log }: StoreOptions): Promise<{ postgres: EmbeddedPostgres; url: string }> {
  const postgres = await openEmbedded(stateDir, {
    onRestart: (error) =>
      log.warn('the embedded database was down, starting it again', error ? { error: String(error) } : {}),
  });
  const admin = new pg.Client({ connectionString: postgres.url('postgres') });
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
  return { postgres, url: postgres.url(DATABASE) };
}

/** Migrates, and finds the data key under the same lock. */
async function bringUpToDate(pool: pg.Pool, url: string, options: StoreOptions): Promise<DataKey> {
  const { databaseUrl, log } = options;
  try {
    let dataKey: DataKey | undefined;
    const finish = async () => {
      await migrateEngineTables(pool, url, log);
      dataKey = await openDataKey(pool, options);
    };
    await migrate(pool, finish, migrations(), options);
    return dataKey as DataKey;
  } catch (error) {
    if (error instanceof StoreRefused || databaseUrl === undefined) throw error;
    throw new StoreRefused(serverUnreachable(whereOf(databaseUrl), String((error as Error).message)));
  }
}

/**
 * Opens the store: the embedded Postgres below `stateDir` or the server at `databaseUrl`, migrated to this release.
 * Throws `StoreRefused` with a sentence for the person who starts the app.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  if (options.databaseUrl !== undefined) whereOf(options.databaseUrl);
  const embedded = options.databaseUrl === undefined ? await embed(options) : undefined;
  const url = embedded?.url ?? options.databaseUrl ?? '';
  const pool = openPool(url, options.log);
  let dataKey: DataKey;
  try {
    dataKey = await bringUpToDate(pool, url, options);
  } catch (error) {
    await pool.end();
    await embedded?.postgres.stop();
    throw error;
  }
  const engine = await openEngine({ ...options, pool, url });
  return {
    ledger: openLedger(pool, dataKey),
    engine,
    blobs: openBlobs(pool, dataKey),
    pool,
    postgresPid: () => embedded?.postgres.pid() ?? null,
    close: async (drainMs = 0) => {
      await engine.stop(drainMs);
      await pool.end();
      await embedded?.postgres.stop();
    },
  };
}
