import type { PoolClient } from 'pg';
import type { Fact } from '../../domain/fact.ts';
import { canonical, hashText } from '../../domain/hash.ts';
import { lookupsOf } from '../../domain/lookups.ts';
import { plainChainBroken } from '../../domain/messages/store.ts';
import { type Head, START } from './chain.ts';
import type { DataKey } from './data-key.ts';
import { makeKey } from './keys.ts';
import { columnsOf, intoFact, linked, repoOf } from './ledger.ts';
import { readyKey } from './seal.ts';
import { StoreRefused } from './store-refused.ts';

interface PlainFact {
  readonly seq: number;
  readonly at: Date;
  readonly fact: Fact;
  readonly prev: string;
  readonly hash: string;
}

/** Facts at once: a rejection may have many, and each may be large. */
const BATCH = 100;

/** What the old chain must have said here. A change that it shows must not be sealed over. */
function checkLink(rejection: string, last: Head, { seq, at, fact, prev, hash }: PlainFact): Head {
  const expected = hashText(canonical({ rejection, seq, at: at.toISOString(), fact, prev }));
  if (seq !== last.seq + 1 || prev !== last.hash || hash !== expected)
    throw new StoreRefused(plainChainBroken(rejection, last.seq + 1));
  return { seq, hash };
}

async function sealRejection(client: PoolClient, dataKey: DataKey, rejection: string): Promise<void> {
  const key = readyKey(await makeKey(client, dataKey, rejection));
  let before: Head = { seq: 0, hash: START };
  let head: Head = before;
  let moving = true;
  let fingerprint: string | null = null;
  for (;;) {
    const { rows } = await client.query<PlainFact>(
      'select seq, at, fact, prev, hash from corrigible.plain_fact where rejection = $1 and seq > $2 order by seq limit $3',
      [rejection, before.seq, BATCH],
    );
    if (rows.length === 0) break;
    for (const row of rows) before = checkLink(rejection, before, row);
    const links = linked(rejection, head, rows, key);
    await client.query(intoFact(3), [rejection, repoOf(rejection), ...columnsOf(links)]);
    head = links.at(-1) ?? head;
    const lookups = lookupsOf(rows.map(({ fact }) => fact));
    moving = lookups.moves ?? moving;
    fingerprint = lookups.fingerprint ?? fingerprint;
  }
  const repo = repoOf(rejection);
  await client.query(
    `insert into corrigible.chain (rejection, repo, seq, hash, moving, fingerprint, since)
     select $1, $2, $3, $4, $5, $6, min(at) from corrigible.plain_fact where rejection = $1`,
    [
      rejection,
      repo,
      head.seq,
      head.hash,
      moving,
      fingerprint === null ? null : dataKey.fingerprint(repo, fingerprint),
    ],
  );
}

/**
 * Seals every fact that an earlier release kept in clear and chains it anew, then drops the table that held them. The
 * data key is asked for only when there is one.
 */
export async function sealPlainFacts(client: PoolClient, dataKeyOf: () => Promise<DataKey>): Promise<void> {
  for (let last = ''; ; ) {
    const { rows } = await client.query<{ rejection: string }>(
      'select rejection from corrigible.plain_fact where seq = 1 and rejection > $1 order by rejection limit $2',
      [last, BATCH],
    );
    for (const { rejection } of rows) await sealRejection(client, await dataKeyOf(), rejection);
    if (rows.length < BATCH) break;
    last = rows.at(-1)?.rejection ?? last;
  }
  const { rows } = await client.query<{ rejection: string; seq: number }>(
    `select p.rejection, min(p.seq) as seq from corrigible.plain_fact p
     where not exists (select from corrigible.fact f where f.rejection = p.rejection and f.seq = p.seq)
     group by p.rejection limit 1`,
  );
  if (rows[0] !== undefined) throw new StoreRefused(plainChainBroken(rows[0].rejection, rows[0].seq));
  await client.query('drop table corrigible.plain_fact');
}
