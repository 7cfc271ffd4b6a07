import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import * as say from '../../domain/messages/store.ts';
import type { Log } from '../../ports.ts';
import { type Checked, checkWithin } from './check.ts';
import { copyTables, countOf, tablesOf } from './copy-tables.ts';
import { migrateEngineTables } from './dbos-internals.ts';
import { migrate, underLock } from './migrations.ts';
import { type Data, openPool, serverTrouble, whereOf } from './open-data.ts';
import { machine, markOf } from './process-mark.ts';
import { StoreRefused } from './store-refused.ts';
import { transaction } from './transaction.ts';

export interface Moved {
  readonly whereto: string;
  readonly rows: number;
  /** What `checkStore` finds there, which is what it found here. */
  readonly checked: Checked;
}

/** Where it is moved to. */
export interface Target {
  readonly url: string;
  /** Where the address was given, for sentences: an option or DATABASE_URL. */
  readonly given: string;
}

/** Whether another process works with the database at this moment. One that was killed does not. */
async function refuseInUse(source: Data): Promise<void> {
  const others = source.others();
  if (others.length > 0) throw new StoreRefused(say.databaseInUse(others));
  const { rows } = await source.pool.query<{ machine: string; pid: number; mark: string }>(
    "select machine, pid, mark from corrigible.executor where seen > now() - interval '20 seconds'",
  );
  const alive = rows.filter((row) => row.machine !== machine() || markOf(row.pid) === row.mark);
  if (alive.length > 0) throw new StoreRefused(say.databaseInUse(alive.map(({ pid }) => pid)));
}

/** The id of the move under way: that of one that was cut off, or a new one. */
async function begin(pool: Pool, whereto: string): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    'update corrigible.move set whereto = $1 where finished_at is null returning id',
    [whereto],
  );
  if (rows[0] !== undefined) return rows[0].id;
  const id = randomUUID();
  await pool.query('insert into corrigible.move (id, whereto) values ($1, $2)', [id, whereto]);
  return id;
}

/** Whether everything arrived there before, and only the end of the move was not recorded here. */
async function hasArrived(client: PoolClient, id: string): Promise<boolean> {
  return (await client.query('select from corrigible.move where id = $1', [id])).rowCount === 1;
}

async function prepareTarget({ url, given }: Target, pool: Pool, log: Log): Promise<void> {
  try {
    await migrate(pool, () => migrateEngineTables(pool, url, log));
  } catch (error) {
    throw error instanceof StoreRefused ? error : serverTrouble(url, error, given);
  }
}

/** Names a database wherever it is asked from; null where the server does not tell. */
async function identityOf(pool: Pool): Promise<string | null> {
  const text = "select system_identifier || '/' || current_database() as name from pg_control_system()";
  const asked = pool.query<{ name: string }>(text).catch((error: { code?: string }) => {
    if (error.code === '42501') return { rows: [] };
    throw error;
  });
  return (await asked).rows[0]?.name ?? null;
}

/** By another address it may be the same database, whose locks it would wait for for ever. */
async function refuseItself(source: Data, { url, given }: Target, pool: Pool): Promise<void> {
  const here = await identityOf(source.pool);
  const there = await identityOf(pool).catch((error: unknown) => {
    throw serverTrouble(url, error, given);
  });
  if (here !== null && here === there) throw new StoreRefused(say.movesToItself(whereOf(url, given)));
}

/** What people and GitHub put in. Without any of it, a database holds no more than a start of the app puts in. */
const PUT_IN = ['fact', 'chain', 'blob', 'delivery', 'rejection', 'alarm', 'repository'].map(
  (name) => `corrigible.${name}`,
);

async function empty(client: PoolClient, tables: readonly string[], whereto: string): Promise<void> {
  for (const table of [...PUT_IN, 'dbos.workflow_status'])
    if ((await countOf(client, table)) > 0) throw new StoreRefused(say.targetNotEmpty(whereto, table));
  for (const table of tables.toReversed()) await client.query(`delete from ${table}`);
}

async function carry(source: Data, from: PoolClient, to: PoolClient, id: string, whereto: string): Promise<Moved> {
  await from.query('set transaction isolation level repeatable read, read only');
  const tables = await tablesOf(from);
  let rows = 0;
  if (await hasArrived(to, id)) for (const { name } of tables) rows += await countOf(to, name);
  else {
    await empty(
      to,
      tables.map(({ name }) => name),
      whereto,
    );
    rows = await copyTables(from, to, tables);
  }
  const [before, checked] = [await checkWithin(from, source.dataKey), await checkWithin(to, source.dataKey)];
  if (JSON.stringify(before) !== JSON.stringify(checked)) throw new Error('what arrived is not what was sent');
  return { whereto, rows, checked };
}

/**
 * Carries an embedded database to the server `to`, with all work in flight, and marks it so that it is not opened
 * again. Refuses (`StoreRefused`) while a process uses it, the database itself by another address, and a server whose
 * tables hold anything. All or nothing: what was cut off is begun again, and what had arrived is found there.
 */
export async function moveData(source: Data, to: Target, log: Log): Promise<Moved> {
  const whereto = whereOf(to.url, to.given);
  const target = openPool(to.url, log);
  try {
    await refuseItself(source, to, target);
    // Who starts meanwhile waits for this lock, and then learns that the database was moved.
    const moveUnderLock = async () => {
      await refuseInUse(source);
      await prepareTarget(to, target, log);
      const id = await begin(source.pool, whereto);
      const moved = await transaction(target, (there) =>
        transaction(source.pool, (here) => carry(source, here, there, id, whereto)),
      );
      await source.pool.query('update corrigible.move set finished_at = now() where id = $1', [id]);
      return moved;
    };
    return await underLock(source.pool, moveUnderLock, { log });
  } finally {
    await target.end();
  }
}
