import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { EmbeddedPostgres } from '../../src/adapters/postgres/embedded.ts';

/** Address of the database that an app keeps below its state directory. */
export const embeddedUrl = (stateDir: string): string =>
  `postgres://postgres@localhost/corrigible?host=${encodeURIComponent(join(stateDir, 'database/run'))}`;

/** One number out of a database. */
export async function numberFrom(url: string, query: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(query);
    return Number(Object.values(rows[0] ?? {})[0]);
  } finally {
    await client.end();
  }
}

/** Process id of the Postgres that an app keeps below its state directory. */
export const postmasterOf = async (stateDir: string): Promise<number> =>
  Number.parseInt(await readFile(join(stateDir, 'database/run/data/postmaster.pid'), 'utf8'), 10);

/** Makes an empty database in a Postgres of ours; its address. */
export async function createDatabase(postgres: Pick<EmbeddedPostgres, 'url'>, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  try {
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  return postgres.url(name);
}
