import type { Pool, PoolClient } from 'pg';
import type { RejectionKey } from '../../domain/rejection.ts';
import type { DataKey } from './data-key.ts';
import { newKey } from './seal.ts';

async function wrappedKeyOf(client: Pool | PoolClient, rejection: RejectionKey): Promise<Buffer | undefined> {
  const text = 'select wrapped from corrigible.seal where rejection = $1';
  return (await client.query<{ wrapped: Buffer }>(text, [rejection])).rows[0]?.wrapped;
}

/** The rejection's key. Of several processes that make its first one at once, all get the same. */
export async function keyFor(client: Pool | PoolClient, dataKey: DataKey, rejection: RejectionKey): Promise<Buffer> {
  let wrapped = await wrappedKeyOf(client, rejection);
  if (wrapped === undefined) {
    const text = 'insert into corrigible.seal (rejection, wrapped) values ($1, $2) on conflict do nothing';
    await client.query(text, [rejection, dataKey.wrap(rejection, newKey())]);
    wrapped = await wrappedKeyOf(client, rejection);
  }
  if (wrapped === undefined) throw new Error(`${rejection} was forgotten at this moment`);
  return dataKey.unwrap(rejection, wrapped);
}
