import type { Pool } from 'pg';
import type { Fact, Recorded } from '../../domain/fact.ts';
import { canonical, hashText } from '../../domain/hash.ts';
import type { RejectionKey } from '../../domain/rejection.ts';
import type { Ledger } from '../../ports.ts';

/** A ledger that can also prove that nobody changed it. */
export interface ChainedLedger extends Ledger {
  /** The first fact whose hash does not follow from it and from the fact before, or null when the chain holds. */
  verifyChain(rejection: RejectionKey): Promise<number | null>;
}

interface Row {
  readonly seq: number;
  readonly at: Date;
  readonly fact: Fact;
  readonly prev: string;
  readonly hash: string;
}

const START = '';
const DUPLICATE_KEY = '23505';

const repoOf = (rejection: RejectionKey): string => rejection.slice(0, rejection.lastIndexOf('#'));

function linkHash(rejection: RejectionKey, seq: number, at: string, fact: Fact, prev: string): string {
  return hashText(canonical({ rejection, seq, at, fact, prev }));
}

/** Rows of consecutive facts after `last`, each with the hash of the one before it. */
function chain(rejection: RejectionKey, after: number, last: string, facts: readonly Fact[], at: string) {
  let prev = last;
  return facts.map((fact, index) => {
    const seq = after + index + 1;
    const hash = linkHash(rejection, seq, at, fact, prev);
    const row = { seq, kind: fact.kind, json: canonical(fact), pullRequest: pullRequestOf(fact), prev, hash };
    prev = hash;
    return row;
  });
}

const pullRequestOf = (fact: Fact): number | null => (fact.kind === 'pull-request-opened' ? fact.pullRequest : null);

async function rowsOf(pool: Pool, rejection: RejectionKey): Promise<readonly Row[]> {
  const text = 'select seq, at, fact, prev, hash from corrigible.fact where rejection = $1 order by seq';
  return (await pool.query<Row>(text, [rejection])).rows;
}

async function lastOf(pool: Pool, rejection: RejectionKey): Promise<{ seq: number; hash: string }> {
  const text = 'select seq, hash from corrigible.fact where rejection = $1 order by seq desc limit 1';
  const { rows } = await pool.query<{ seq: number; hash: string }>(text, [rejection]);
  return rows[0] ?? { seq: 0, hash: START };
}

/** One statement, so all or nothing. Two writers after the same fact meet at the primary key; one of them gets false. */
async function insert(
  pool: Pool,
  rejection: RejectionKey,
  at: string,
  rows: ReturnType<typeof chain>,
): Promise<boolean> {
  const column = <T>(pick: (row: (typeof rows)[number]) => T): T[] => rows.map(pick);
  try {
    await pool.query(
      `insert into corrigible.fact (rejection, repo, at, seq, kind, pull_request, fact, prev, hash)
       select $1, $2, $3, * from unnest($4::int[], $5::text[], $6::int[], $7::json[], $8::text[], $9::text[])`,
      [
        rejection,
        repoOf(rejection),
        at,
        column((row) => row.seq),
        column((row) => row.kind),
        column((row) => row.pullRequest),
        column((row) => row.json),
        column((row) => row.prev),
        column((row) => row.hash),
      ],
    );
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === DUPLICATE_KEY) return false;
    throw error;
  }
}

function brokenAt(rejection: RejectionKey, rows: readonly Row[]): number | null {
  let prev = START;
  for (const [index, row] of rows.entries()) {
    const expected = linkHash(rejection, index + 1, row.at.toISOString(), row.fact, prev);
    if (row.seq !== index + 1 || row.prev !== prev || row.hash !== expected) return index + 1;
    prev = row.hash;
  }
  return null;
}

/** The ledger in Postgres: one append-only table, one hash chain per rejection. */
export function openLedger(pool: Pool, now: () => Date = () => new Date()): ChainedLedger {
  return {
    read: async (rejection) =>
      (await rowsOf(pool, rejection)).map(({ seq, at, fact }): Recorded => ({ seq, at: at.toISOString(), fact })),
    append: async (rejection, after, facts) => {
      const last = await lastOf(pool, rejection);
      if (last.seq !== after) return false;
      if (facts.length === 0) return true;
      const at = now().toISOString();
      return insert(pool, rejection, at, chain(rejection, after, last.hash, facts, at));
    },
    ofPullRequest: async (repo, pullRequest) => {
      const text = 'select rejection from corrigible.fact where repo = $1 and pull_request = $2 order by at limit 1';
      return (await pool.query<{ rejection: string }>(text, [repo, pullRequest])).rows[0]?.rejection;
    },
    ofRepository: async (repo) => {
      const text = 'select rejection from corrigible.fact where repo = $1 and seq = 1 order by at desc';
      return (await pool.query<{ rejection: string }>(text, [repo])).rows.map((row) => row.rejection);
    },
    verifyChain: async (rejection) => brokenAt(rejection, await rowsOf(pool, rejection)),
  };
}
