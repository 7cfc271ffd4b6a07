import type { PoolClient } from 'pg';
import { blobsOf } from '../../domain/lookups.ts';
import type { RejectionKey } from '../../domain/rejection.ts';
import type { DataKey } from './data-key.ts';
import { sealedFacts } from './sealed-facts.ts';

/**
 * Deletes every report on stored tickets of a repository: each holds tickets of all its rejections that were open. Their
 * facts stay. Returns how many went, and the rejections that reports were made for.
 */
export async function dropReports(
  client: PoolClient,
  dataKey: DataKey,
  repo: string,
): Promise<{ readonly reports: number; readonly of: readonly RejectionKey[] }> {
  const reported = await sealedFacts(client, dataKey, repo, ['reported']);
  const of = [...new Set(reported.map(({ rejection }) => rejection))];
  const { rowCount } = await client.query('delete from corrigible.blob where rejection = any($1) and name = any($2)', [
    of,
    reported.flatMap(({ fact }) => (fact === null ? [] : blobsOf(fact))),
  ]);
  return { reports: rowCount ?? 0, of };
}
