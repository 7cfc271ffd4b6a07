import type { Pool, PoolClient } from 'pg';
import type { RejectionKey } from '../../domain/rejection.ts';
import type { DataKey } from './data-key.ts';
import { newKey } from './seal.ts';

async function wrappedKeyOf(client: Pool | PoolClient, rejection: RejectionKey): Promise<Buffer | undefined> {
  const text = 'select wrapped from corrigible.seal where rejection = $1';
  return (await client.query<{ wrapped: Buffer }>(text, [rejection])).rows[0]?.wrapped;
}

/** Makes the rejection's key. Of several processes that do it at once, all get the same. */
export async function makeKey(client: Pool | PoolClient, dataKey: DataKey, rejection: RejectionKey): Promise<Buffer> {
  const { rows } = await client.query<{ wrapped: Buffer }>(
    'insert into corrigible.seal (rejection, wrapped) values ($1, $2) on conflict do nothing returning wrapped',
    [rejection, dataKey.wrap(rejection, newKey())],
  );
  const wrapped = rows[0]?.wrapped ?? (await wrappedKeyOf(client, rejection));
  if (wrapped === undefined) throw new Error(`${rejection} was forgotten at this moment`);
  return dataKey.unwrap(rejection, wrapped);
}

/** The rejection's key, made where there is none. */
export async function keyFor(client: Pool | PoolClient, dataKey: DataKey, rejection: RejectionKey): Promise<Buffer> {
  const wrapped = await wrappedKeyOf(client, rejection);
  return wrapped === undefined ? makeKey(client, dataKey, rejection) : dataKey.unwrap(rejection, wrapped);
}
