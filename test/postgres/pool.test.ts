import type { PoolClient } from 'pg';
import { expect, test } from 'vitest';
import { makePool } from '../../src/adapters/postgres/pool.ts';
import { freshDatabase } from '../support/shared-postgres.ts';

/** What a server that goes away sends, and then that its end of the wire is closed. */
const losses = ['terminating connection due to unexpected postmaster exit', 'read ECONNRESET'];

test('a connection that is lost, and told of twice, ends nobody: at work, lent and idle', async () => {
  const database = await freshDatabase();
  const pool = makePool({ connectionString: database.databaseUrl, max: 1 });
  try {
    const connected = new Promise<PoolClient>((resolve) => pool.once('connect', resolve));
    const asked = expect(pool.query('select pg_sleep(60)')).rejects.toThrow(losses[0]);
    const atWork = await connected;
    for (const loss of losses) atWork.emit('error', new Error(loss));
    await asked;
    const lent = await pool.connect();
    for (const loss of losses) lent.emit('error', new Error(loss));
    lent.release();
    for (const loss of losses) lent.emit('error', new Error(loss));
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  } finally {
    await pool.end();
    await database.drop();
  }
});
