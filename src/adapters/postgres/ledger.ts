import type { Pool } from 'pg';
import type { Fact, Recorded, Spent } from '../../domain/fact.ts';
import { canonical } from '../../domain/hash.ts';
import { lookupsOf, pullRequestOf } from '../../domain/lookups.ts';
import type { Person } from '../../domain/person.ts';
import type { RejectionKey } from '../../domain/rejection.ts';
import { nothingSpent } from '../../domain/spent.ts';
import { Fenced, type Ledger } from '../../ports.ts';
import {
  aboutFact,
  FACT_COLUMNS,
  followChain,
  type Head,
  linkHash,
  openFact,
  readable,
  START,
  type StoredFact,
} from './chain.ts';
import type { DataKey } from './data-key.ts';
import type { Fence } from './fence.ts';
import { makeKey } from './keys.ts';
import { TOLD } from './reserves.ts';
import { type Key, readyKey, seal } from './seal.ts';

/** A ledger that can also prove that nobody changed it, and whose writers can be fenced off. */
export interface SealedLedger extends Ledger {
  /** The same ledger for who holds the fence. Once somebody else has it, `append` throws `Fenced`. */
  under(fence: Fence): Ledger;
  /** The first place where the chain does not hold, or null. A tail that is missing counts as its first fact. */
  verifyChain(rejection: RejectionKey): Promise<number | null>;
}

interface Row extends StoredFact {
  readonly rejection: RejectionKey;
  /** With the first fact alone. */
  readonly wrapped: Buffer | null;
}

export const repoOf = (rejection: RejectionKey): string => rejection.slice(0, rejection.lastIndexOf('#'));

/** Consecutive facts after `head`, sealed and linked. */
export function linked(
  rejection: RejectionKey,
  head: Head,
  facts: readonly { readonly at: Date; readonly fact: Fact }[],
  key: Key,
): readonly StoredFact[] {
  let prev = head.hash;
  return facts.map(({ at, fact }, index) => {
    const seq = head.seq + index + 1;
    const inClear = fact.kind === 'forgotten';
    const sealed = inClear ? null : seal(key, Buffer.from(canonical(fact)), aboutFact(rejection, seq));
    const link = { seq, at, kind: fact.kind, pull_request: pullRequestOf(fact), sealed, clear: inClear ? fact : null };
    const hash = linkHash(rejection, { ...link, prev });
    const whole = { ...link, prev, hash };
    prev = hash;
    return whole;
  });
}

const column = <T>(links: readonly StoredFact[], pick: (link: StoredFact) => T): T[] => links.map(pick);

/** The columns of links for `unnest`, in the order of `INTO_FACT`. */
export const columnsOf = (links: readonly StoredFact[]): unknown[] => [
  column(links, ({ seq }) => seq),
  column(links, ({ at }) => at.toISOString()),
  column(links, ({ kind }) => kind),
  column(links, (link) => link.pull_request),
  column(links, ({ sealed }) => sealed),
  column(links, ({ clear }) => (clear === null ? null : canonical(clear))),
  column(links, ({ prev }) => prev),
  column(links, ({ hash }) => hash),
];

/** Inserts links whose columns are the parameters from `first` on; rejection and repo are the first two. */
export const intoFact = (first: number): string => {
  const types = ['int[]', 'timestamptz[]', 'text[]', 'int[]', 'bytea[]', 'json[]', 'text[]', 'text[]'];
  return `insert into corrigible.fact (rejection, repo, seq, at, kind, pull_request, sealed, clear, prev, hash)
    select $1, $2, * from unnest(${types.map((type, index) => `$${first + index}::${type}`).join(', ')})`;
};

/**
 * Appends in one statement, so all or nothing, and only while everything holds that the writer believed: the head of
 * the chain is what it continues, the key is still there, and the fence is still its own. Locks on those three rows
 * keep it so until the commit.
 */
const append = (fenced: boolean): string => `
  with key as (
    select from corrigible.seal where rejection = $1 for key share
  ), ${fenced ? 'fence as (select from corrigible.fence where rejection = $1 and lane = $23 and token = $24 for share),' : ''}
  head as (
    insert into corrigible.chain as c (rejection, repo, seq, hash, moving, fingerprint, since)
    select $1, $2, $3, $4, coalesce($5::boolean, true), $6::bytea, now()
    where exists (select from key) ${fenced ? 'and exists (select from fence)' : ''}
      and ($7::int = 0 or exists (select from corrigible.chain where rejection = $1))
    on conflict (rejection) do update set seq = excluded.seq, hash = excluded.hash,
      moving = coalesce($5::boolean, c.moving), fingerprint = coalesce(excluded.fingerprint, c.fingerprint)
    where c.seq = $7::int and c.hash = $8
    returning 1
  ), kept as (
    update corrigible.blob set kept = true where rejection = $1 and name = any($9::text[]) and exists (select from head)
  ), spent as (
    insert into corrigible.spent as s (repo, day, milliseconds, tokens, requests, money)
    select $2, $10::date, $11::bigint, $12::bigint, $13::bigint, $14::numeric
    where $10::date is not null and exists (select from head)
    on conflict (repo, day) do update set milliseconds = s.milliseconds + excluded.milliseconds,
      tokens = s.tokens + excluded.tokens, requests = s.requests + excluded.requests,
      money = case when s.money is null then excluded.money else s.money + coalesce(excluded.money, 0) end
  )${fenced ? `, told as (${TOLD})` : ''}
  ${intoFact(15)} where exists (select from head)`;
/** What was spent, and on which day; nulls where nothing was. */
const spentColumns = (at: Date, spent: Spent | null): unknown[] =>
  spent === null
    ? [null, null, null, null, null]
    : [at.toISOString().slice(0, 10), Math.round(spent.seconds * 1000), spent.tokens, spent.requests, spent.money];

const APPEND = append(false);
const APPEND_FENCED = append(true);

async function headOf(pool: Pool, rejection: RejectionKey): Promise<Head & { wrapped: Buffer | null }> {
  const { rows } = await pool.query<Head & { wrapped: Buffer | null }>(
    `select c.seq, c.hash, s.wrapped from corrigible.chain c left join corrigible.seal s using (rejection)
     where c.rejection = $1`,
    [rejection],
  );
  return rows[0] ?? { seq: 0, hash: START, wrapped: null };
}

async function holds(pool: Pool, { rejection, lane, token }: Fence): Promise<boolean> {
  const text = 'select from corrigible.fence where rejection = $1 and lane = $2 and token = $3';
  return (await pool.query(text, [rejection, lane, token])).rowCount === 1;
}

async function spentOn(pool: Pool, repo: string, day: string): Promise<Spent> {
  const { rows } = await pool.query<{ ms: string; tokens: string; requests: string; money: string | null }>(
    'select milliseconds as ms, tokens, requests, money from corrigible.spent where repo = $1 and day = $2::date',
    [repo, day],
  );
  const [row] = rows;
  if (row === undefined) return nothingSpent;
  const { ms, tokens, requests, money } = row;
  const spent = { seconds: Number(ms) / 1000, tokens: Number(tokens), requests: Number(requests) };
  return money === null ? spent : { ...spent, money: Number(money) };
}

async function rowsOf(pool: Pool, rejections: readonly RejectionKey[]): Promise<readonly Row[]> {
  const { rows } = await pool.query<Row>(
    `select f.rejection, s.wrapped, ${FACT_COLUMNS} from corrigible.fact f
     left join corrigible.seal s on s.rejection = f.rejection and f.seq = 1
     where f.rejection = any($1) order by f.rejection, f.seq`,
    [rejections],
  );
  return rows;
}

function opened(dataKey: DataKey, rejection: RejectionKey, rows: readonly Row[]): readonly Recorded[] {
  const wrapped = rows[0]?.wrapped;
  const key = wrapped ? readyKey(dataKey.unwrap(rejection, wrapped)) : null;
  return readable(rows).map((link) => openFact(rejection, link, key));
}

/** An account is marked by its id and by its name: either is enough to be the same, whatever else is known of it. */
function pushesIn(pool: Pool, dataKey: DataKey): Pick<Ledger, 'notePush' | 'pushed'> {
  const marksOf = (repo: string, { id, login }: Person): readonly Buffer[] => {
    const names = [`pushed by ${login.toLowerCase()}`, ...(id === null ? [] : [`pushed by id ${id}`])];
    return names.map((name) => dataKey.fingerprint(repo, name));
  };
  return {
    notePush: async (repo, head, by) => {
      const text =
        'insert into corrigible.push (repo, head, by) select $1, $2, unnest($3::bytea[]) on conflict do nothing';
      await pool.query(text, [repo, head, marksOf(repo, by)]);
    },
    pushed: async (repo, head, by) => {
      const text = 'select bool_or(by = any($3)) as found from corrigible.push where repo = $1 and head = $2';
      const { rows } = await pool.query<{ found: boolean | null }>(text, [repo, head, marksOf(repo, by)]);
      return rows[0]?.found ?? null;
    },
  };
}

/** The parameters of `append`, but for the fence. */
function appended(
  dataKey: DataKey,
  rejection: RejectionKey,
  head: Head,
  at: Date,
  links: readonly StoredFact[],
  facts: readonly Fact[],
): unknown[] {
  const repo = repoOf(rejection);
  const last = links.at(-1) ?? head;
  const { moves, fingerprint, blobs, spent } = lookupsOf(facts);
  const shown = fingerprint === null ? null : dataKey.fingerprint(repo, fingerprint);
  const chained = [rejection, repo, last.seq, last.hash, moves, shown, head.seq, head.hash, blobs];
  return [...chained, ...spentColumns(at, spent), ...columnsOf(links)];
}

async function proposedIn(pool: Pool, repo: string, most: number): Promise<readonly RejectionKey[]> {
  const text = `select rejection from corrigible.fact where repo = $1 and pull_request is not null
    group by rejection order by max(at) desc limit $2`;
  return (await pool.query<{ rejection: string }>(text, [repo, most])).rows.map((row) => row.rejection);
}

/**
 * The ledger in Postgres: one append-only table of sealed facts, one hash chain per rejection. The wrapped key is read
 * with the facts each time, which costs microseconds, and so no process can read what another has had forgotten.
 */
export function openLedger(pool: Pool, dataKey: DataKey, now: () => Date = () => new Date()): SealedLedger {
  const writer =
    (fence: Fence | null): Ledger['append'] =>
    async (rejection, after, facts) => {
      const head = await headOf(pool, rejection);
      if (head.seq !== after) return refusedOr(fence);
      if (facts.length === 0) return true;
      const key = head.wrapped ? dataKey.unwrap(rejection, head.wrapped) : await makeKey(pool, dataKey, rejection);
      const at = now();
      const links = linked(
        rejection,
        head,
        facts.map((fact) => ({ at, fact })),
        key,
      );
      const values = appended(dataKey, rejection, head, at, links, facts);
      const fenced = fence === null ? [] : [fence.lane, fence.token];
      const { rowCount } = await pool.query(fence === null ? APPEND : APPEND_FENCED, [...values, ...fenced]);
      return rowCount === facts.length || refusedOr(fence);
    };
  const refusedOr = async (fence: Fence | null): Promise<false> => {
    if (fence !== null && !(await holds(pool, fence))) throw new Fenced(`${fence.rejection} is another worker's now`);
    return false;
  };
  const keysWhere = async (condition: string, values: readonly unknown[]): Promise<readonly RejectionKey[]> => {
    const text = `select rejection from corrigible.chain where ${condition} order by since desc`;
    return (await pool.query<{ rejection: string }>(text, [...values])).rows.map((row) => row.rejection);
  };
  const ledger: Ledger = {
    read: async (rejection) => opened(dataKey, rejection, await rowsOf(pool, [rejection])),
    readAll: async (rejections) => {
      const groups = Map.groupBy(await rowsOf(pool, rejections), (row) => row.rejection);
      return new Map([...groups].map(([rejection, rows]) => [rejection, opened(dataKey, rejection, rows)]));
    },
    append: writer(null),
    ofPullRequest: async (repo, pullRequest) => {
      const text = 'select rejection from corrigible.fact where repo = $1 and pull_request = $2 order by at limit 1';
      return (await pool.query<{ rejection: string }>(text, [repo, pullRequest])).rows[0]?.rejection;
    },
    proposedIn: (repo, most) => proposedIn(pool, repo, most),
    ofRepository: (repo) => keysWhere('repo = $1 and moving', [repo]),
    spentOn: (repo, day) => spentOn(pool, repo, day),
    ofFingerprint: (repo, fingerprint) =>
      keysWhere('repo = $1 and fingerprint = $2', [repo, dataKey.fingerprint(repo, fingerprint)]),
    ...pushesIn(pool, dataKey),
  };
  return {
    ...ledger,
    under: (fence) => ({ ...ledger, append: writer(fence) }),
    verifyChain: async (rejection) => {
      const chain = followChain(rejection);
      for (const row of await rowsOf(pool, [rejection])) chain.add(row);
      const { seq, hash } = await headOf(pool, rejection);
      return chain.broken(seq === 0 ? undefined : { seq, hash });
    },
  };
}
