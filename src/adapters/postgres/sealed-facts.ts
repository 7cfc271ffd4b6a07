import type { PoolClient } from 'pg';
import type { Fact } from '../../domain/fact.ts';
import type { RejectionKey } from '../../domain/rejection.ts';
import { FACT_COLUMNS, openFact, type StoredFact } from './chain.ts';
import type { DataKey } from './data-key.ts';
import { readyKey } from './seal.ts';

type Row = StoredFact & { readonly rejection: RejectionKey; readonly wrapped: Buffer };

function opened(row: Row, dataKey: DataKey): Fact | null {
  try {
    return openFact(row.rejection, row, readyKey(dataKey.unwrap(row.rejection, row.wrapped))).fact;
  } catch {
    return null;
  }
}

/** The facts of these kinds of all rejections of a repository that are not forgotten; `fact` null: it does not open. */
export async function sealedFacts(
  client: PoolClient,
  dataKey: DataKey,
  repo: string,
  kinds: readonly Fact['kind'][],
): Promise<readonly { readonly rejection: RejectionKey; readonly fact: Fact | null }[]> {
  const { rows } = await client.query<Row>(
    `select f.rejection, s.wrapped, ${FACT_COLUMNS} from corrigible.fact f join corrigible.seal s using (rejection)
     where f.repo = $1 and f.kind = any($2) and f.sealed is not null`,
    [repo, kinds],
  );
  return rows.map((row) => ({ rejection: row.rejection, fact: opened(row, dataKey) }));
}
