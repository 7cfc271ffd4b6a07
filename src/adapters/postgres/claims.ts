import type { Pool } from 'pg';
import { engineTrouble } from '../../domain/messages/engine.ts';
import { Fenced } from '../../ports.ts';
import { type Fence, nextTurns, stillHas } from './fence.ts';
import { NOT_PAUSED } from './pause.ts';
import type { Waking } from './wakes.ts';

/** An advance that this worker has to do, under its fence. */
export interface Claim {
  readonly waking: Waking;
  readonly fence: Fence;
  /** The wake number to work off. */
  readonly number: number;
  /** The gate that this advance is to try, if it is let through a shut one. */
  readonly probes?: number;
}

export interface ClaimRequest {
  readonly executor: string;
  readonly deadAfterMs: number;
  /** How many at most. */
  readonly slots: number;
  /** How many of one repository this process may have at work, and how many it has. */
  readonly share: number;
  readonly held: ReadonlyMap<string, number>;
  /** Repositories after this one come first. */
  readonly after: string;
}

/** What waits for a worker. */
export const READY = 'wake > done and worker is null and retry_at is null';
const OPEN = 'not exists (select from corrigible.gate g where g.scope in (0, r.installation))';

/**
 * Repositories take turns: the walk over those that have work seeks from one to the next in the index and ends after as
 * many as there are slots, however many wait. Only an executor that the others hold for alive is given anything.
 */
const CLAIM = `
  with recursive walk (repo) as (
    (select repo from corrigible.rejection where ${READY} and repo > $2 order by repo limit 1)
    union all
    select (select r.repo from corrigible.rejection r where r.wake > r.done and r.worker is null and r.retry_at is null
            and r.repo > walk.repo order by r.repo limit 1) from walk where walk.repo is not null
  ), walked as (select repo from walk where repo is not null limit $3),
  heads as (
    select h.key from (select repo, count(*) over () as among from walked) w
    left join unnest($4::text[], $5::int[]) as busy (repo, held) on busy.repo = w.repo
    cross join lateral (
      select key, row_number() over () as place from (
        select key from corrigible.rejection r where repo = w.repo and ${READY} and ${OPEN}
        order by since limit greatest(0, least(ceil($3 / w.among), $6 - coalesce(busy.held, 0))) for update skip locked) as locked
    ) h order by h.place, w.repo limit $3
  ), claimed as (
    update corrigible.rejection r set worker = $1 from heads where r.key = heads.key
    and exists (select from corrigible.executor where id = $1 and seen > now() - $7 * interval '1 ms')
    and ${NOT_PAUSED}
    returning r.key, r.installation, r.wake
  ), turns as (${nextTurns('advance', 'claimed')})
  select w.last, w.found, c.* from (select max(repo) as last, count(*)::int as found from walked) w
  left join (select key, installation, wake, token from claimed join turns on rejection = key) c on true`;

interface Row {
  readonly key: string | null;
  readonly installation: string;
  readonly wake: string;
  readonly token: string;
}

export const claimOf = (row: Row & { readonly key: string }): Claim => ({
  waking: { installation: Number(row.installation), rejection: row.key },
  fence: { rejection: row.key, lane: 'advance', token: Number(row.token) },
  number: Number(row.wake),
});

/** Takes advances that are ready, fairly between repositories. `next` is where to go on, `''` for the beginning. */
export async function claim(
  pool: Pool,
  { executor, deadAfterMs, slots, share, held, after }: ClaimRequest,
): Promise<{ claims: readonly Claim[]; next: string }> {
  const { rows } = await pool.query<Row & { last: string | null; found: number }>({
    name: 'claim',
    text: CLAIM,
    values: [executor, after, slots, [...held.keys()], [...held.values()], share, deadAfterMs],
  });
  const claims = rows.flatMap((row) => (row.key === null ? [] : [claimOf({ ...row, key: row.key })]));
  const first = rows[0];
  return { claims, next: first !== undefined && first.found >= slots ? (first.last ?? '') : '' };
}

/** The end of a turn: changes the row only while it is still ours. */
async function end<R extends object>(pool: Pool, fence: Fence, name: string, set: string, values: unknown[]) {
  const { rows } = await pool.query<R>({
    name,
    text: `update corrigible.rejection set worker = null, ${set}
      where key = $1 and worker is not null and ${stillHas('advance')}
      returning wake, done, failures, retry_at, greatest(0, extract(epoch from retry_at - now()) * 1000)::float8 as delay`,
    values: [fence.rejection, fence.token, ...values],
  });
  if (rows[0] === undefined) throw new Fenced(engineTrouble.takenOver(fence.rejection));
  return rows[0];
}

/** Records that everything up to `number` was worked off. What was raised meanwhile is ready to be claimed again. */
export async function settle(pool: Pool, { fence, number }: Claim): Promise<{ readonly more: boolean }> {
  const set = `done = greatest(done, $3), failures = 0, retry_at = null, because = null, told = null,
    since = case when wake > $3 then now() else since end`;
  const row = await end<{ wake: string; done: string }>(pool, fence, 'settle', set, [number]);
  return { more: Number(row.wake) > Number(row.done) };
}

/** Gives it back as it was, except that people were told the reason for its delay. */
export async function giveBack(pool: Pool, fence: Fence, told: string | null = null): Promise<void> {
  await end(pool, fence, 'give-back', 'told = coalesce($3, told)', [told]);
}

export interface Delay {
  readonly unitMs: number;
  readonly atLeastMs: number;
  /** The world's reason, which people are told when it takes long; null for its own trouble. */
  readonly because: string | null;
}

/** Records a failed advance. Returns after how many milliseconds it is tried again: doubling, at most five minutes. */
export async function putOff(
  pool: Pool,
  fence: Fence,
  { unitMs, atLeastMs, because }: Delay,
): Promise<{ failures: number; delayMs: number }> {
  const set = `failures = failures + 1, because = $5,
    retry_at = now() + greatest($4::float8, least(300000, $3 * 2 ^ least(failures + 1, 20))) * interval '1 ms'`;
  const row = await end<{ failures: number; delay: number }>(pool, fence, 'put-off', set, [unitMs, atLeastMs, because]);
  return { failures: row.failures, delayMs: row.delay };
}

// Whatever was freed may have been a probe that nobody brings back; one probe too many does no harm.
const PROBED_AGAIN = `probed as (
       update corrigible.gate g set probing_until = null from freed where g.scope in (0, freed.installation)
     )`;

/**
 * Takes everything from an executor that is dead or leaves: its advances are ready again, and its fences are raised, so
 * that what may still be under way there writes nothing. Its runs are left to the queue of runs.
 */
export async function takeFrom(pool: Pool, executor: string): Promise<number> {
  const { rows } = await pool.query<{ taken: number }>(
    // Fences before rows, as everybody takes them: the end of an advance and this must not wait for each other.
    `with lanes as (
       select key as rejection, 'advance' as lane from corrigible.rejection where worker = $1
       union select substring(workflow_uuid from '^run:(.*#[0-9]+):'), 'run' from dbos.workflow_status
       where status = 'PENDING' and executor_id = $1 and queue_name = 'run'
     ), fenced as (
       update corrigible.fence f set token = f.token + 1 from lanes l
       where f.rejection = l.rejection and f.lane = l.lane and f.executor = $1 returning f.rejection, f.lane
     ), freed as (
       update corrigible.rejection r set worker = null from fenced f
       where f.lane = 'advance' and r.key = f.rejection and r.worker = $1 returning r.key, r.installation
     ), ${PROBED_AGAIN} select count(*)::int as taken, pg_notify('corrigible', 'ready') from freed`,
    [executor],
  );
  return rows[0]?.taken ?? 0;
}

/** Rejections that this executor is to have at work. */
export async function ownedBy(pool: Pool, executor: string): Promise<readonly string[]> {
  const { rows } = await pool.query<{ key: string }>('select key from corrigible.rejection where worker = $1', [
    executor,
  ]);
  return rows.map(({ key }) => key);
}

/** Makes these ready again, and fences off whoever may be at work on them under this executor after all. */
export async function free(pool: Pool, executor: string, keys: readonly string[]): Promise<void> {
  await pool.query(
    `with fenced as (
       update corrigible.fence set token = token + 1
       where lane = 'advance' and executor = $1 and rejection = any($2) returning rejection
     ), freed as (
       update corrigible.rejection r set worker = null from fenced f
       where r.key = f.rejection and r.worker = $1 returning r.installation
     ), ${PROBED_AGAIN} select pg_notify('corrigible', 'ready') from freed limit 1`,
    [executor, keys],
  );
}
