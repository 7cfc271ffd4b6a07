import type { Pool, PoolClient } from 'pg';
import type { RejectionKey } from '../../domain/rejection.ts';

/** A rejection that has something to look at, and the installation it belongs to. */
export interface Waking {
  readonly installation: number;
  readonly rejection: RejectionKey;
}

type Within = Pool | PoolClient;

/** Rows that one statement takes along. */
const AT_ONCE = 500;

/**
 * Raises the wake number of each: its advance is ready, unless one is at work or waiting for another try, which will see
 * the new number. One statement, and one order for everybody: two that wake the same rejections must not wait for each
 * other.
 */
export async function raise(within: Within, wakings: readonly Waking[]): Promise<void> {
  if (wakings.length === 0) return;
  const unique = new Map(wakings.map((waking) => [waking.rejection, waking.installation]));
  await within.query({
    name: 'raise',
    text: `with raised as (
        insert into corrigible.rejection as r (key, installation, wake)
        select key, installation, 1 from unnest($1::text[], $2::bigint[]) as woken (key, installation) order by key
        on conflict (key) do update set wake = r.wake + 1, installation = excluded.installation,
          since = case when r.wake > r.done then r.since else now() end
        returning 1)
      select pg_notify('corrigible', 'ready') from raised limit 1`,
    values: [[...unique.keys()], [...unique.values()]],
  });
}

/** Remembers to wake the rejection later. */
export async function setAlarm(pool: Pool, { installation, rejection }: Waking, afterMs: number): Promise<void> {
  await pool.query(
    `insert into corrigible.alarm (key, installation, at) values ($1, $2, now() + $3 * interval '1 ms')
     on conflict do nothing`,
    [rejection, installation, afterMs],
  );
}

/** Takes alarms that are due, within the caller's transaction. */
export async function takeAlarms(client: PoolClient): Promise<readonly Waking[]> {
  const { rows } = await client.query<{ key: string; installation: string }>(
    `delete from corrigible.alarm where (key, at) in (
       select key, at from corrigible.alarm where at <= now() order by at limit ${AT_ONCE} for update skip locked)
     returning key, installation`,
  );
  return rows.map((row) => ({ installation: Number(row.installation), rejection: row.key }));
}

/** Makes ready whose next try is due. Returns how many that were. */
export async function takeDue(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `update corrigible.rejection set retry_at = null where key in (
       select key from corrigible.rejection where wake > done and retry_at <= now()
       order by retry_at limit ${AT_ONCE} for update skip locked)`,
  );
  return rowCount ?? 0;
}

/** Whether nothing waits: no delivery, no wake, no alarm that is due, no run queued or at work. */
export async function nothingWaits(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ waits: boolean }>(
    `select exists (select from corrigible.delivery where drained_at is null)
         or exists (select from corrigible.rejection where wake > done)
         or exists (select from corrigible.alarm where at <= now())
         or exists (select from dbos.workflow_status
                    where status in ('ENQUEUED', 'PENDING') and queue_name = 'run') as waits`,
  );
  return rows[0]?.waits === false;
}
