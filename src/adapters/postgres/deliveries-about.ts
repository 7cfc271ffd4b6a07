import type { PoolClient } from 'pg';
import type { RejectionKey } from '../../domain/rejection.ts';
import { repoOf } from './ledger.ts';
import type { Needles } from './needles.ts';

interface Body {
  readonly seq: string;
  readonly payload: Buffer;
  readonly drained: boolean;
}

/** What of GitHub's payloads tells whom they are about. */
interface Payload {
  readonly repository?: { readonly full_name?: unknown };
  readonly issue?: { readonly number?: unknown };
  readonly pull_request?: { readonly number?: unknown };
}

const ROWS_AT_ONCE = 50;

function parsed(payload: Buffer): Payload {
  try {
    return JSON.parse(payload.toString()) ?? {};
  } catch {
    return {};
  }
}

/** What GitHub has called the repository at first, and what it calls it now, in lower case. */
async function namesOf(client: PoolClient, repo: string): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string | null }>(
    'select name from corrigible.repository where ledger_name = $1',
    [repo],
  );
  return new Set([repo, rows[0]?.name ?? repo].map((name) => name.toLowerCase()));
}

/**
 * Deletes the bodies of webhooks about the rejection, its pull requests and its branches, and those that were drained
 * already and hold one of the texts. An undrained one about it counts as drained: nothing is to be done any more.
 * Returns how many.
 */
export async function deliveriesAbout(client: PoolClient, rejection: RejectionKey, texts: Needles): Promise<number> {
  const repo = repoOf(rejection);
  const issue = Number(rejection.slice(repo.length + 1));
  const opened = await client.query<{ number: number }>(
    'select pull_request as number from corrigible.fact where rejection = $1 and pull_request is not null',
    [rejection],
  );
  const numbers = new Set<unknown>([issue, ...opened.rows.map(({ number }) => number)]);
  const names = await namesOf(client, repo);
  const about = ({ payload }: Body): boolean => {
    const { repository, issue: told, pull_request: pull } = parsed(payload);
    if (!names.has(String(repository?.full_name).toLowerCase())) return false;
    return numbers.has(told?.number) || numbers.has(pull?.number) || payload.includes(`corrigible/${issue}-`);
  };
  const found: string[] = [];
  await client.query(`declare bodies no scroll cursor for
    select seq, payload, drained_at is not null as drained from corrigible.delivery where payload is not null`);
  for (;;) {
    const { rows } = await client.query<Body>(`fetch ${ROWS_AT_ONCE} from bodies`);
    if (rows.length === 0) break;
    for (const row of rows) if (about(row) || (row.drained && texts.within(row.payload))) found.push(row.seq);
  }
  await client.query('close bodies');
  await client.query(
    'update corrigible.delivery set payload = null, drained_at = coalesce(drained_at, now()) where seq = any($1)',
    [found],
  );
  return found.length;
}
