import type { PoolClient } from 'pg';
import { blobsOf } from '../../domain/lookups.ts';
import type { RejectionKey } from '../../domain/rejection.ts';
import { FACT_COLUMNS, openFact, type StoredFact } from './chain.ts';
import type { DataKey } from './data-key.ts';
import { readyKey } from './seal.ts';

type Row = StoredFact & { readonly rejection: RejectionKey; readonly wrapped: Buffer };

/** Names of the blobs of one fact; none where it does not open. */
function blobsIn(row: Row, dataKey: DataKey): readonly string[] {
  try {
    return blobsOf(openFact(row.rejection, row, readyKey(dataKey.unwrap(row.rejection, row.wrapped))).fact);
  } catch {
    return [];
  }
}

/**
 * Deletes every report on stored tickets of a repository: each holds tickets of all its rejections that were open. Their
 * facts stay. Returns how many went, and the rejections that reports were made for.
 */
export async function dropReports(
  client: PoolClient,
  dataKey: DataKey,
  repo: string,
): Promise<{ readonly reports: number; readonly of: readonly RejectionKey[] }> {
  const { rows } = await client.query<Row>(
    `select f.rejection, s.wrapped, ${FACT_COLUMNS} from corrigible.fact f join corrigible.seal s using (rejection)
     where f.repo = $1 and f.kind = 'reported' and f.sealed is not null`,
    [repo],
  );
  const of = [...new Set(rows.map(({ rejection }) => rejection))];
  const { rowCount } = await client.query('delete from corrigible.blob where rejection = any($1) and name = any($2)', [
    of,
    rows.flatMap((row) => blobsIn(row, dataKey)),
  ]);
  return { reports: rowCount ?? 0, of };
}
