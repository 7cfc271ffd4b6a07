import type { Pool, PoolClient } from 'pg';
import type { RejectionKey } from '../../domain/rejection.ts';

/** A rejection that has something to look at, and the installation it belongs to. */
export interface Waking {
  readonly installation: number;
  readonly rejection: RejectionKey;
}

/** A wake number: each event raises it, each advance works it off. */
export interface Wake extends Waking {
  readonly number: number;
}

interface Raised {
  readonly wake: string;
  readonly done: string;
}

interface Owed {
  readonly key: string;
  readonly installation: string;
  readonly wake: string;
}

/**
 * Raises the rejection's wake number within the caller's transaction. Returns the wake to queue an advance for, or null
 * when one is owed already: it is queued, running, or waiting for another try, and will see the new number.
 */
export async function raise(client: PoolClient, { installation, rejection }: Waking): Promise<Wake | null> {
  const { rows } = await client.query<Raised>(
    `insert into corrigible.rejection as r (key, installation, wake) values ($1, $2, 1)
     on conflict (key) do update set wake = r.wake + 1, installation = excluded.installation
     returning wake, done`,
    [rejection, installation],
  );
  const number = Number(rows[0]?.wake);
  return number - 1 > Number(rows[0]?.done) ? null : { installation, rejection, number };
}

/** The number an advance has to work off now, or null when nothing is owed. */
export async function owed(pool: Pool, rejection: RejectionKey): Promise<number | null> {
  const text = 'select wake from corrigible.rejection where key = $1 and wake > done';
  const { rows } = await pool.query<{ wake: string }>(text, [rejection]);
  return rows[0] === undefined ? null : Number(rows[0].wake);
}

/** Records that everything up to `number` was worked off. False when the number was raised meanwhile: go on. */
export async function settle(pool: Pool, rejection: RejectionKey, number: number): Promise<boolean> {
  const { rows } = await pool.query<{ wake: string }>(
    `update corrigible.rejection set done = greatest(done, $2), failures = 0, retry_at = null
     where key = $1 returning wake`,
    [rejection, number],
  );
  return rows[0] === undefined || Number(rows[0].wake) <= number;
}

/** Records a failed advance. Returns after how many milliseconds it is tried again: doubling, at most five minutes. */
export async function putOff(
  pool: Pool,
  rejection: RejectionKey,
  unitMs: number,
  atLeastMs: number,
): Promise<{ failures: number; delayMs: number }> {
  const { rows } = await pool.query<{ failures: number; delay: number }>(
    `with next as (
       select failures + 1 as failures, greatest($3::float8, least(300000, $2 * 2 ^ least(failures + 1, 20))) as delay
       from corrigible.rejection where key = $1)
     update corrigible.rejection r set failures = next.failures, retry_at = now() + next.delay * interval '1 ms'
     from next where key = $1 returning r.failures, next.delay`,
    [rejection, unitMs, atLeastMs],
  );
  return { failures: rows[0]?.failures ?? 0, delayMs: rows[0]?.delay ?? 0 };
}

/** Remembers to wake the rejection later. */
export async function setAlarm(pool: Pool, { installation, rejection }: Waking, afterMs: number): Promise<void> {
  await pool.query(
    `insert into corrigible.alarm (key, installation, at) values ($1, $2, now() + $3 * interval '1 ms')
     on conflict do nothing`,
    [rejection, installation, afterMs],
  );
}

/** Takes the alarms that are due, within the caller's transaction. */
export async function takeAlarms(client: PoolClient): Promise<readonly Waking[]> {
  const { rows } = await client.query<{ key: string; installation: string }>(
    'delete from corrigible.alarm where at <= now() returning key, installation',
  );
  return rows.map((row) => ({ installation: Number(row.installation), rejection: row.key }));
}

/**
 * Raises the number of every rejection that is owed an advance and has none in the queue or at work: a try that is due
 * again, or one whose advance was lost. The new number gives it a new workflow id.
 */
export async function takeOrphans(client: PoolClient): Promise<readonly Wake[]> {
  const { rows } = await client.query<Owed>(
    `update corrigible.rejection set wake = wake + 1, retry_at = null where key in (
       select key from corrigible.rejection r
       where wake > done and (retry_at is null or retry_at <= now()) and not exists (
         select from dbos.workflow_status w where w.queue_name = 'advance'
         and w.status in ('ENQUEUED', 'PENDING') and w.queue_partition_key = r.key)
       order by key limit 500 for update skip locked)
     returning key, installation, wake`,
  );
  return rows.map((row) => ({ installation: Number(row.installation), rejection: row.key, number: Number(row.wake) }));
}

/** Whether nothing waits: no delivery, no wake, no alarm that is due, no work queued or running. */
export async function nothingWaits(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ waits: boolean }>(
    `select exists (select from corrigible.delivery where drained_at is null)
         or exists (select from corrigible.rejection where wake > done)
         or exists (select from corrigible.alarm where at <= now())
         or exists (select from dbos.workflow_status
                    where status in ('ENQUEUED', 'PENDING') and queue_name in ('advance', 'run')) as waits`,
  );
  return rows[0]?.waits === false;
}
