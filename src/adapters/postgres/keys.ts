import type { Pool, PoolClient } from 'pg';
import type { RejectionKey } from '../../domain/rejection.ts';
import { Fenced } from '../../ports.ts';
import type { DataKey } from './data-key.ts';
import { newKey } from './seal.ts';

async function wrappedKeyOf(client: Pool | PoolClient, rejection: RejectionKey): Promise<Buffer | undefined> {
  const text = 'select wrapped from corrigible.seal where rejection = $1';
  return (await client.query<{ wrapped: Buffer }>(text, [rejection])).rows[0]?.wrapped;
}

/** Whether the rejection, the first parameter, was forgotten: it takes nothing in any more. */
export const WAS_FORGOTTEN = "exists (select from corrigible.fact where rejection = $1 and kind = 'forgotten')";

/**
 * Makes the rejection's key. Of several processes that do it at once, all get the same. Throws `Fenced` when the
 * rejection was forgotten.
 */
export async function makeKey(client: Pool | PoolClient, dataKey: DataKey, rejection: RejectionKey): Promise<Buffer> {
  const { rows } = await client.query<{ wrapped: Buffer }>(
    `insert into corrigible.seal (rejection, wrapped) select $1, $2 where not ${WAS_FORGOTTEN}
     on conflict do nothing returning wrapped`,
    [rejection, dataKey.wrap(rejection, newKey())],
  );
  const wrapped = rows[0]?.wrapped ?? (await wrappedKeyOf(client, rejection));
  if (wrapped === undefined) throw new Fenced(`${rejection} was forgotten`);
  return dataKey.unwrap(rejection, wrapped);
}

/** The rejection's key, made where there is none. Throws `Fenced` when the rejection was forgotten. */
export async function keyFor(client: Pool | PoolClient, dataKey: DataKey, rejection: RejectionKey): Promise<Buffer> {
  const wrapped = await wrappedKeyOf(client, rejection);
  return wrapped === undefined ? makeKey(client, dataKey, rejection) : dataKey.unwrap(rejection, wrapped);
}
