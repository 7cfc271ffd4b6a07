import type { PoolClient } from 'pg';
import type { RejectionKey } from '../../domain/rejection.ts';
import type { DataKey } from './data-key.ts';
import { repoOf } from './ledger.ts';
import { sealedFacts } from './sealed-facts.ts';

/** A rejection that was split: its number, and those of it and its parts that hold the reporter's words besides one of them. */
export interface SplitWith {
  readonly whole: number;
  readonly others: readonly number[];
}

/** Which rejection each part of one belongs to. Of a whole that is forgotten its parts alone tell, once they are taken up. */
async function wholes(client: PoolClient, dataKey: DataKey, repo: string): Promise<ReadonlyMap<number, number>> {
  const wholeOf = new Map<number, number>();
  for (const { rejection, fact } of await sealedFacts(client, dataKey, repo, ['part-opened', 'rejection-accepted'])) {
    const own = Number(rejection.slice(repo.length + 1));
    if (fact?.kind === 'part-opened') wholeOf.set(fact.issue, own);
    else if (fact?.kind === 'rejection-accepted' && fact.partOf) wholeOf.set(own, fact.partOf.rejection);
  }
  return wholeOf;
}

/** The other rejections that one was split into, or split from together with; none that is forgotten. null: it was not split. */
export async function splitWith(
  client: PoolClient,
  dataKey: DataKey,
  rejection: RejectionKey,
): Promise<SplitWith | null> {
  const repo = repoOf(rejection);
  const own = Number(rejection.slice(repo.length + 1));
  const wholeOf = await wholes(client, dataKey, repo);
  const whole = wholeOf.get(own) ?? own;
  const parts = [...wholeOf].flatMap(([part, of]) => (of === whole ? [part] : []));
  if (parts.length === 0) return null;
  const { rows } = await client.query<{ rejection: RejectionKey }>(
    `select rejection from corrigible.chain c where repo = $1
       and not exists (select from corrigible.seal s where s.rejection = c.rejection)`,
    [repo],
  );
  const gone = new Set([rejection, ...rows.map((row) => row.rejection)]);
  const others = [whole, ...parts].filter((issue) => !gone.has(`${repo}#${issue}`)).sort((a, b) => a - b);
  return { whole, others };
}
