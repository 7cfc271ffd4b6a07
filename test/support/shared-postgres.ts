import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { migrateEngineTables } from '../../src/adapters/postgres/dbos-internals.ts';
import { type EmbeddedPostgres, openEmbedded } from '../../src/adapters/postgres/embedded.ts';
import { migrate, migrations } from '../../src/adapters/postgres/migrations.ts';
import { hashOf } from '../../src/domain/hash.ts';
import { silent } from './silent-log.ts';

export interface FreshDatabase {
  /** An empty directory for what is not in the database. */
  readonly stateDir: string;
  readonly databaseUrl: string;
  /** Removes the database and the directory. Close the store first. What is forgotten goes with the next run's first database. */
  drop(): Promise<void>;
}

// Nothing here has to survive a power cut.
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '90' };
const LOCK = 5_118_001;

let shared: Promise<EmbeddedPostgres> | undefined;
let count = 0;

const version: string = createRequire(import.meta.url)('../../package.json').dependencies['@dbos-inc/dbos-sdk'];
const TEMPLATE = `template_${hashOf([migrations(), version]).slice(0, 16)}`;

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function exists(admin: pg.Client, name: string): Promise<boolean> {
  return (await admin.query('select from pg_database where datname = $1', [name])).rowCount === 1;
}

/** Databases are named for the process that made them; those of processes that are gone are of no use to anybody. */
async function dropForgotten(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    "select datname as name from pg_database where datname ~ '^test_'",
  );
  for (const { name } of rows) {
    const pid = Number(name.split('_')[1]);
    try {
      process.kill(pid, 0);
    } catch {
      await admin.query(`drop database if exists ${name} with (force)`);
    }
  }
}

async function makeTemplate(postgres: EmbeddedPostgres, admin: pg.Client): Promise<void> {
  await dropForgotten(admin);
  if (await exists(admin, TEMPLATE)) return;
  const half = `${TEMPLATE}_half`;
  await admin.query(`drop database if exists ${half} with (force)`);
  await admin.query(`create database ${half}`);
  const pool = new pg.Pool({ connectionString: postgres.url(half), max: 3 });
  await migrate(pool, () => migrateEngineTables(pool, postgres.url(half), silent));
  await pool.end();
  await admin.query(`alter database ${half} rename to ${TEMPLATE}`);
}

async function open(): Promise<EmbeddedPostgres> {
  const folder = join(tmpdir(), `corrigible-test-${process.getuid?.() ?? 0}`);
  const postgres = await openEmbedded(folder, { settings: FAST });
  await withClient(postgres.url('postgres'), async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [LOCK]);
    await makeTemplate(postgres, admin);
  });
  return postgres;
}

/**
 * A pool has ended before the server has heard of it, and a connection that is cut in that moment is an error of which
 * nobody hears. What a test left open is cut in the end.
 */
async function connectionsGone(admin: pg.Client, name: string): Promise<void> {
  const text = 'select from pg_stat_activity where datname = $1';
  for (let tries = 0; tries < 100; tries++) {
    if ((await admin.query(text, [name])).rowCount === 0) return;
    await sleep(10);
  }
}

/**
 * A migrated, empty database of its own. All tests of all workers share one Postgres, which starts with the first of
 * them and ends some seconds after the last.
 */
export async function freshDatabase(): Promise<FreshDatabase> {
  shared ??= open();
  const postgres = await shared;
  count += 1;
  const name = `test_${process.pid}_${count}`;
  await withClient(postgres.url('postgres'), (admin) => admin.query(`create database ${name} template ${TEMPLATE}`));
  const stateDir = mkdtempSync(join(tmpdir(), 'corrigible-state-'));
  return {
    stateDir,
    databaseUrl: postgres.url(name),
    drop: async () => {
      await withClient(postgres.url('postgres'), async (admin) => {
        await connectionsGone(admin, name);
        await admin.query(`drop database if exists ${name} with (force)`);
      });
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}
