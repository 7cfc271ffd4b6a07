import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';

/** That everything is paused, by whom, and since when (ISO time). `because` is '' where nobody said. */
export interface PausedBy {
  readonly by: string;
  readonly because: string;
  readonly since: string;
}

/** What a pause came to: `running` runs have not ended by then. */
export interface Pausing {
  readonly paused: PausedBy;
  /** It was paused before, and stays as it was. */
  readonly already: boolean;
  readonly running: number;
}

/** SQL condition: nothing is paused. */
export const NOT_PAUSED = 'not exists (select from corrigible.paused)';

/** Null while nothing is paused. */
export async function pausedBy(pool: Pick<Pool, 'query'>): Promise<PausedBy | null> {
  const { rows } = await pool.query<{ by: string; because: string; since: Date }>({
    name: 'paused-by',
    text: 'select by_whom as by, because, since from corrigible.paused',
  });
  const [row] = rows;
  return row === undefined ? null : { ...row, since: row.since.toISOString() };
}

/** Longest wait for work to end. Workers are told at once, and look every two seconds. */
const WAIT_MS = 5000;

async function running(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::int as count from dbos.workflow_status where queue_name = 'run' and status = 'PENDING'`,
  );
  return rows[0]?.count ?? 0;
}

/** Pauses every process of this database, durably, and waits until what runs has ended, for five seconds at most. */
export async function pause(pool: Pool, { by, because }: Omit<PausedBy, 'since'>): Promise<Pausing> {
  const { rowCount } = await pool.query(
    `with paused as (
       insert into corrigible.paused (by_whom, because) values ($1, $2) on conflict do nothing returning 1)
     select pg_notify('corrigible', 'stop') from paused`,
    [by, because],
  );
  const until = performance.now() + WAIT_MS;
  while ((await running(pool)) > 0 && performance.now() < until) await sleep(50);
  const paused = (await pausedBy(pool)) ?? { by, because, since: new Date().toISOString() };
  return { paused, already: rowCount === 0, running: await running(pool) };
}

/** Lets everything go on. False where nothing was paused. */
export async function resume(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query(
    `with gone as (delete from corrigible.paused returning 1) select pg_notify('corrigible', 'ready') from gone`,
  );
  return rowCount === 1;
}
