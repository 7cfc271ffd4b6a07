import type { Pool, PoolClient } from 'pg';
import type { RejectionKey } from '../../domain/rejection.ts';
import { Fenced, type Reserves } from '../../ports.ts';
import type { Fence } from './fence.ts';
import { LOCKS } from './locks.ts';
import { transaction } from './transaction.ts';

/** SQL: adds what rows of `gone` are known to have spent, and no fact told, to the day that they were put aside on. */
const COUNT_GONE = `
  insert into corrigible.spent as s (repo, day, milliseconds, tokens, requests, money)
  select repo, day, sum(greatest(0, spent_milliseconds)), sum(greatest(0, spent_tokens)),
    sum(greatest(0, spent_requests)), nullif(sum(greatest(0, spent_money)), 0)
  from gone group by repo, day
  on conflict (repo, day) do update set milliseconds = s.milliseconds + excluded.milliseconds,
    tokens = s.tokens + excluded.tokens, requests = s.requests + excluded.requests,
    money = case when s.money is null then excluded.money else s.money + coalesce(excluded.money, 0) end`;

/** A turn is over once the next one has begun, or its executor is no more: nobody spends under it any longer. */
const LAPSE = `
  with gone as (
    delete from corrigible.reserve r where repo = $1 and (rejection = $2 and lane = $3 or until < now() or not exists (
      select from corrigible.fence f join corrigible.executor e on e.id = f.executor
      where f.rejection = r.rejection and f.lane = r.lane and f.token = r.token))
    returning *)
  ${COUNT_GONE}`;

const RELEASE = `
  with gone as (delete from corrigible.reserve where rejection = $1 and lane = $2 and token = $3 returning *)
  ${COUNT_GONE}`;

/** The day so far: what was spent, and what others have put aside. In one statement, as facts move it from one to the other. */
const SO_FAR = `
  select coalesce(s.milliseconds, 0) as ms, coalesce(s.tokens, 0) as tokens, coalesce(s.money, 0) as money,
    coalesce(r.ms, 0) as held_ms, coalesce(r.tokens, 0) as held_tokens, coalesce(r.money, 0) as held_money
  from (select sum(milliseconds) as ms, sum(tokens) as tokens, sum(money) as money
    from corrigible.reserve where repo = $1 and day = $2::date) r
  left join corrigible.spent s on s.repo = $1 and s.day = $2::date`;

/** Beyond its minutes, for what ends a run that is late. */
const PUT_ASIDE = `
  insert into corrigible.reserve (rejection, lane, token, repo, day, milliseconds, tokens, money, until)
  select $1, $2, $3, $4, $5::date, $6::bigint, $7::bigint, $8::numeric, now() + ($6::bigint + 600000) * interval '1 ms'
  where exists (select from corrigible.fence where rejection = $1 and lane = $2 and token = $3 for share)`;

const NOTE = `
  update corrigible.reserve set spent_milliseconds = spent_milliseconds + $4::bigint, spent_tokens = spent_tokens + $5::bigint,
    spent_requests = spent_requests + $6::bigint, spent_money = spent_money + $7::numeric
  where rejection = $1 and lane = $2 and token = $3`;

/**
 * SQL: takes what a fact tells was spent off what its turn had put aside. Rejection, lane and token are $1, $23 and $24,
 * what was spent $11 to $14, as in `append`.
 */
export const TOLD = `
  update corrigible.reserve set milliseconds = greatest(0, milliseconds - $11::bigint),
    tokens = greatest(0, tokens - $12::bigint), money = greatest(0, money - coalesce($14::numeric, 0)),
    spent_milliseconds = spent_milliseconds - $11::bigint, spent_tokens = spent_tokens - $12::bigint,
    spent_requests = spent_requests - $13::bigint, spent_money = spent_money - coalesce($14::numeric, 0)
  where rejection = $1 and lane = $23 and token = $24 and $10::date is not null and exists (select from head)`;

type SoFar = Readonly<Record<'ms' | 'tokens' | 'money' | 'held_ms' | 'held_tokens' | 'held_money', string>>;

/** What is wanted of each unit, how much more than its limit may be taken for rounding, and how the day stands. */
const unitsOf = ([, want, limit]: Parameters<Reserves['take']>, so: SoFar) =>
  [
    {
      wanted: (want.minutes - 1) * (want.atOnce ?? 1) * 60_000,
      limit: (limit.minutes ?? Infinity) * 60_000,
      spent: so.ms,
      held: so.held_ms,
    },
    { wanted: want.tokens, limit: limit.tokens ?? Infinity, spent: so.tokens, held: so.held_tokens },
    { wanted: (want.money ?? 0) - 1e-6, limit: limit.money ?? Infinity, spent: so.money, held: so.held_money },
  ] as const;

async function take(
  client: PoolClient,
  { rejection, lane, token }: Fence,
  repo: string,
  asked: Parameters<Reserves['take']>,
): ReturnType<Reserves['take']> {
  const [day, { minutes, tokens, money = 0, atOnce = 1 }] = asked;
  await client.query('select pg_advisory_xact_lock($1, hashtext($2))', [LOCKS.day, repo]);
  await client.query(LAPSE, [repo, rejection, lane]);
  const { rows } = await client.query<SoFar>(SO_FAR, [repo, day]);
  const short = unitsOf(asked, rows[0]!).filter(
    ({ wanted, limit, spent, held }) => Number(spent) + Number(held) + wanted > limit,
  );
  if (short.length > 0) return short.some(({ held }) => Number(held) > 0) ? 'held' : 'spent';
  const values = [rejection, lane, token, repo, day, minutes * atOnce * 60_000, tokens, money];
  const { rowCount } = await client.query(PUT_ASIDE, values);
  if (rowCount !== 1) throw new Fenced(`${rejection} is another worker's now`);
  return 'taken';
}

const repoOf = (rejection: RejectionKey): string => rejection.slice(0, rejection.lastIndexOf('#'));

/** What one turn has put aside of its repository's day: its own until it lets go, or the turn is over. */
export function openReserves(pool: Pool, fence: Fence): Reserves {
  const { rejection, lane, token } = fence;
  let holds = false;
  let noted: Promise<unknown> = Promise.resolve();
  return {
    take: async (...asked) => {
      holds = true;
      return transaction(pool, (client) => take(client, fence, repoOf(rejection), asked));
    },
    note: async ({ seconds, tokens, requests, money = 0 }) => {
      const noting = pool.query(NOTE, [rejection, lane, token, Math.round(seconds * 1000), tokens, requests, money]);
      noted = Promise.allSettled([noted, noting]);
      await noting;
    },
    release: async () => {
      if (!holds) return;
      // What comes later finds nothing to be noted with.
      await noted;
      await pool.query(RELEASE, [rejection, lane, token]);
      holds = false;
    },
  };
}
