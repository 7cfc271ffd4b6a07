import type { Pool, PoolClient } from 'pg';
import { LOCKS } from './locks.ts';
import { transaction } from './transaction.ts';

/** How many of each were deleted. */
export interface Tidied {
  /** Bodies of deliveries; their GUIDs stay. */
  readonly payloads: number;
  readonly deliveries: number;
  /** Work that has ended, with its inputs and outputs. */
  readonly workflows: number;
  /** Of rejections that were forgotten. */
  readonly alarms: number;
  readonly executors: number;
  /** Blobs that no fact speaks of. */
  readonly blobs: number;
  /** Outputs of calls that were not asked for again, or are more than is kept. */
  readonly results: number;
  /** Parts of transcripts that were kept for as long as they are to be. */
  readonly transcripts: number;
  /** Who pushed what, of long ago. */
  readonly pushes: number;
  /** Sums of what repositories spent on a day. */
  readonly days: number;
}

export interface TidyOptions {
  /** Rows per transaction: nobody waits long for one of them. Default 500. */
  readonly batch?: number;
  /** Bytes of results that are kept, of those used last. Default 1 GB. */
  readonly resultBytes?: number;
  /** For tests: what counts as now. Default the database's clock. */
  readonly now?: Date;
}

/** The database's clock: this machine's may be days ahead of it. */
const NOW = 'coalesce($1::timestamptz, now())';
const HOUR = '1 hour';
const DAY = '1 day';
const RESULT_BYTES = 2 ** 30;
const OVER = `('SUCCESS', 'ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')`;

/** Deletes at most $2 rows that are over, and returns one row for each. What somebody else holds is skipped. */
const sweepsOf = (resultBytes: number): Readonly<Record<keyof Tidied, string>> => ({
  payloads: `
    update corrigible.delivery set payload = null where seq in (
      select seq from corrigible.delivery where payload is not null
        and (received_at < ${NOW} - interval '3 days' or (drained_at is not null and received_at < ${NOW} - interval '${HOUR}'))
      limit $2 for update skip locked)`,
  deliveries: `
    delete from corrigible.delivery where seq in (
      select seq from corrigible.delivery where received_at < ${NOW} - interval '30 days' and drained_at is not null
      limit $2 for update skip locked)`,
  workflows: `
    with gone as (
      delete from dbos.workflow_status where workflow_uuid in (
        select workflow_uuid from dbos.workflow_status where status in ${OVER}
          and completed_at < extract(epoch from ${NOW} - interval '${DAY}') * 1000
        union all
        select workflow_uuid from dbos.workflow_status where status in ${OVER} and completed_at is null
          and updated_at < extract(epoch from ${NOW} - interval '${DAY}') * 1000
        limit $2)
      and status in ${OVER} returning workflow_uuid
    ), inputs as (delete from dbos.workflow_input i using gone where i.workflow_uuid = gone.workflow_uuid
    ), outputs as (delete from dbos.workflow_output o using gone where o.workflow_uuid = gone.workflow_uuid
    ), steps as (delete from dbos.operation_outputs s using gone where s.workflow_uuid = gone.workflow_uuid)
    select from gone`,
  alarms: `
    delete from corrigible.alarm where (key, at) in (
      select a.key, a.at from corrigible.alarm a join corrigible.chain c on c.rejection = a.key
      where c.since < ${NOW} and not exists (select from corrigible.seal s where s.rejection = a.key)
      limit $2 for update of a skip locked)`,
  executors: `
    delete from corrigible.executor where id in (
      select id from corrigible.executor e where seen < ${NOW} - interval '${DAY}' and not exists (
        select from dbos.workflow_status w where w.status = 'PENDING' and w.executor_id = e.id)
      limit $2 for update skip locked)`,
  blobs: `
    delete from corrigible.blob where not kept and (rejection, name) in (
      select rejection, name from corrigible.blob where not kept and put_at < ${NOW} - interval '${DAY}'
      limit $2 for update skip locked)`,
  results: `
    delete from corrigible.result where id in (
      select id from (
        select id, used_at, sum(octet_length(sealed)) over (order by used_at desc, id desc) as bytes
        from corrigible.result) r
      where used_at < ${NOW} - interval '14 days' or bytes > ${resultBytes} limit $2)`,
  transcripts: `
    delete from corrigible.transcript where (rejection, name, part) in (
      select rejection, name, part from corrigible.transcript where until < ${NOW} limit $2 for update skip locked)`,
  pushes: `
    delete from corrigible.push where (repo, head, by) in (
      select repo, head, by from corrigible.push where seen_at < ${NOW} - interval '90 days'
      limit $2 for update skip locked)`,
  days: `
    delete from corrigible.spent where (repo, day) in (
      select repo, day from corrigible.spent where day < ${NOW} - interval '90 days' limit $2 for update skip locked)`,
});

/** One batch. Null when another worker is tidying. */
async function sweepOnce(client: PoolClient, sweep: string, now: Date | null, batch: number): Promise<number | null> {
  const { rows } = await client.query<{ ok: boolean }>('select pg_try_advisory_xact_lock($1) as ok', [LOCKS.retention]);
  if (!rows[0]?.ok) return null;
  return (await client.query(sweep, [now, batch])).rowCount ?? 0;
}

/**
 * Deletes what has served: bodies of deliveries (an hour after they were drained, or after three days), their rows
 * after 30 days, ended work after a day, alarms of rejections that were forgotten, executors that are dead for a day, blobs that no fact speaks
 * of after a day, results that were not used for 14 days or are more than the bytes that are kept, transcripts when
 * their time is over, who pushed what and what a day cost
 * after 90 days. Queued and running work stays. Any number of workers may call it at any time: one of them does it.
 */
export async function tidy(pool: Pool, options: TidyOptions = {}): Promise<Tidied> {
  const { batch = 500, resultBytes = RESULT_BYTES, now = null } = options;
  const tidied: Record<keyof Tidied, number> = {
    payloads: 0,
    deliveries: 0,
    workflows: 0,
    alarms: 0,
    executors: 0,
    blobs: 0,
    results: 0,
    transcripts: 0,
    pushes: 0,
    days: 0,
  };
  for (const [what, sweep] of Object.entries(sweepsOf(resultBytes)) as [keyof Tidied, string][]) {
    for (;;) {
      const gone = await transaction(pool, (client) => sweepOnce(client, sweep, now, batch));
      if (gone === null) return tidied;
      tidied[what] += gone;
      if (gone < batch) break;
    }
  }
  return tidied;
}
