import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { type FreshDatabase, freshDatabase } from '../../support/shared-postgres.ts';

const SCHEMA_1 = new URL('../fixtures/schema-1.sql', import.meta.url);

/** A database as the first release left it: three real rejections, with deliveries and an alarm. */
export async function inSchema1(story: (database: FreshDatabase, pool: pg.Pool) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  const pool = new pg.Pool({ connectionString: database.databaseUrl, max: 2 });
  pool.on('error', () => {});
  try {
    await pool.query('drop schema corrigible cascade; drop schema dbos cascade');
    await pool.query(await readFile(SCHEMA_1, 'utf8'));
    await story(database, pool);
  } finally {
    await pool.end();
    await database.drop();
  }
}
