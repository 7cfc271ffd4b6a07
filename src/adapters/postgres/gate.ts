import type { Pool, PoolClient } from 'pg';
import { type Claim, claimOf, READY } from './claims.ts';
import { nextTurns } from './fence.ts';
import { LOCKS } from './locks.ts';
import { NOT_PAUSED } from './pause.ts';
import { transaction } from './transaction.ts';

/** What people are told about a delay. */
export type Because = 'rate-limit' | 'content-limit' | 'github-down';

export interface GatePace {
  /** The first pause; each failed probe doubles it. Default 5 s. */
  readonly pauseMs: number;
  /** Default 5 min. */
  readonly longestPauseMs: number;
  /** Advances per second of one installation that come back after a pause. Default 5. */
  readonly perSecond: number;
}

export const PACE: GatePace = { pauseMs: 5000, longestPauseMs: 300_000, perSecond: 5 };

/** The scope of a gate: an installation, or everything. */
export const EVERYTHING = 0;

/** A probe that has not come back after this long is given up, and another is sent. */
const PROBE_MS = 30_000;
const AT_ONCE = 500;

/**
 * Shuts the gate, for the first pause or for as long as the world asked. One that is shut stays so at least as long; a
 * probe that failed doubles its pause.
 */
export async function shutGate(
  pool: Pool,
  scope: number,
  { because, atLeastMs, probed }: { because: Because; atLeastMs: number; probed: boolean },
  { pauseMs, longestPauseMs }: GatePace,
): Promise<void> {
  await pool.query(
    `insert into corrigible.gate as g (scope, until, because)
       values ($1, now() + greatest($3::float8, $2) * interval '1 ms', $6)
     on conflict (scope) do update set because = excluded.because,
       failures = g.failures + $5::int, probing_until = case when $5 = 1 then null else g.probing_until end,
       until = greatest(g.until, now() + greatest($3, $5 * least($4::float8, $2 * 2 ^ least(g.failures + 1, 20))) * interval '1 ms')`,
    [scope, pauseMs, atLeastMs, longestPauseMs, probed ? 1 : 0, because],
  );
}

export async function openGate(pool: Pool, scope: number): Promise<void> {
  await pool.query(
    `with opened as (delete from corrigible.gate where scope = $1 returning 1)
     select pg_notify('corrigible', 'ready') from opened`,
    [scope],
  );
}

/**
 * Puts off what is ready behind shut gates: each installation's in a line that begins when its gate is tried and moves
 * at a steady pace, so that nobody storms in when it opens. Returns how many were put off.
 */
export async function lineUp(pool: Pool, { perSecond }: GatePace): Promise<number> {
  const { rows } = await pool.query<{ shut: boolean }>('select exists (select from corrigible.gate) as shut');
  let lined = 0;
  for (let more = rows[0]?.shut === true; more; ) {
    const put = await transaction(pool, (client) => lineUpSome(client, perSecond));
    lined += put;
    more = put === AT_ONCE;
  }
  return lined;
}

/** One at a time over all workers: two would give out the same places. */
async function lineUpSome(client: PoolClient, perSecond: number): Promise<number> {
  await client.query(`select pg_advisory_xact_lock(${LOCKS.line})`);
  const { rowCount } = await client.query(
    `with chosen as materialized (
         select r.key, r.installation, g.until, g.because from corrigible.gate g
         cross join lateral (
           select key, installation from corrigible.rejection r where ${READY} and (g.scope = ${EVERYTHING} or installation = g.scope)
           order by installation limit ${AT_ONCE} for update skip locked) r
       ), latest as (select distinct on (key) key, installation, until, because from chosen order by key, until desc),
       waiting as (
         select installation, count(*) as ahead from corrigible.rejection
         where wake > done and worker is null and retry_at is not null
           and installation in (select installation from latest) group by installation
       ), placed as (
         select key, until, because, coalesce(ahead, 0) + row_number() over (partition by installation order by key) as place
         from latest left join waiting using (installation)
       ) update corrigible.rejection r set because = p.because,
           retry_at = greatest(p.until, now()) + p.place / $1::float8 * interval '1 s'
         from placed p where r.key = p.key`,
    [perSecond],
  );
  return rowCount ?? 0;
}

/**
 * Lets one advance through each gate whose time has come, as a probe: one at a time over all workers. A gate that
 * nobody waits behind is opened. An installation's own gate is not tried while everything is shut.
 */
export async function takeProbes(pool: Pool, executor: string): Promise<readonly Claim[]> {
  const { rows } = await pool.query<{ scope: string }>(
    `update corrigible.gate g set probing_until = now() + ${PROBE_MS} * interval '1 ms'
     where until <= now() and (probing_until is null or probing_until <= now())
       and (scope = ${EVERYTHING} or not exists (select from corrigible.gate where scope = ${EVERYTHING}))
       and ${NOT_PAUSED}
     returning scope`,
  );
  const probes: Claim[] = [];
  for (const scope of rows.map((row) => Number(row.scope))) {
    const probe = await takeProbe(pool, executor, scope);
    if (probe === null) await openGate(pool, scope);
    else probes.push({ ...probe, probes: scope });
  }
  return probes;
}

async function takeProbe(pool: Pool, executor: string, scope: number): Promise<Claim | null> {
  const { rows } = await pool.query<{ key: string; installation: string; wake: string; token: string }>(
    `with head as (
       select key from corrigible.rejection where wake > done and worker is null
         and ($2 = ${EVERYTHING} or installation = $2)
       order by retry_at nulls first limit 1 for update skip locked
     ), claimed as (
       update corrigible.rejection r set worker = $1, retry_at = null from head where r.key = head.key
       returning r.key, r.installation, r.wake
     ), turns as (${nextTurns('advance', 'claimed')})
     select key, installation, wake, token from claimed join turns on rejection = key`,
    [executor, scope],
  );
  return rows[0] === undefined ? null : claimOf(rows[0]);
}

/** One who waits long and has not been told why. Held like an advance, until `told`. */
export interface Untold {
  readonly claim: Claim;
  readonly until: Date;
  readonly because: Because;
}

/** Takes some of those who will wait longer than `longMs` from now. */
export async function takeUntold(
  pool: Pool,
  executor: string,
  longMs: number,
  most: number,
): Promise<readonly Untold[]> {
  const { rows } = await pool.query<{
    key: string;
    installation: string;
    wake: string;
    token: string;
    retry_at: Date;
    because: Because;
  }>(
    `with heads as (
       select key from corrigible.rejection where because is not null and told is distinct from because
         and retry_at > now() + $2 * interval '1 ms' and worker is null and ${NOT_PAUSED}
       order by retry_at limit $3 for update skip locked
     ), claimed as (
       update corrigible.rejection r set worker = $1 from heads where r.key = heads.key
       returning r.key, r.installation, r.wake, r.retry_at, r.because
     ), turns as (${nextTurns('advance', 'claimed')})
     select key, installation, wake, token, retry_at, because from claimed join turns on rejection = key`,
    [executor, longMs, most],
  );
  return rows.map((row) => ({ claim: claimOf(row), until: row.retry_at, because: row.because }));
}
