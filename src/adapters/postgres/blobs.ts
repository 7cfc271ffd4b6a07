import type { Pool } from 'pg';
import { type Blobs, Fenced } from '../../ports.ts';
import type { DataKey } from './data-key.ts';
import { keyFor, WAS_FORGOTTEN } from './keys.ts';
import { derivedKey, type Key, keyedHash, seal, unseal } from './seal.ts';

const aboutBlob = (rejection: string, name: string): readonly string[] => ['blob', rejection, name];

/** Opens one blob as it lies in the database. Throws when a bit of it, or its place, is another. */
export const openBlob = (key: Key, rejection: string, name: string, sealed: Uint8Array): Uint8Array =>
  unseal(key, sealed, aboutBlob(rejection, name));

/** Blobs in Postgres, so that every worker has them, sealed with the key of their rejection. `put` throws `Fenced` once it was forgotten. */
export function openBlobs(pool: Pool, dataKey: DataKey): Blobs {
  return {
    put: async (rejection, bytes) => {
      const key = await keyFor(pool, dataKey, rejection);
      const name = keyedHash(derivedKey(key, 'blob names'), bytes).toString('hex');
      // Written anew where it is there already: a damaged one is healed, and a loose one counts as young again.
      const { rowCount } = await pool.query(
        `insert into corrigible.blob (rejection, name, sealed)
         select $1, $2, $3 from corrigible.seal where rejection = $1 and not ${WAS_FORGOTTEN} for key share
         on conflict (rejection, name) do update set sealed = excluded.sealed, put_at = now()`,
        [rejection, name, seal(key, bytes, aboutBlob(rejection, name))],
      );
      if (rowCount !== 1) throw new Fenced(`${rejection} was forgotten`);
      return name;
    },
    get: async (rejection, name) => {
      const { rows } = await pool.query<{ sealed: Buffer; wrapped: Buffer }>(
        'select b.sealed, s.wrapped from corrigible.blob b join corrigible.seal s using (rejection) where rejection = $1 and name = $2',
        [rejection, name],
      );
      const [found] = rows;
      if (found === undefined) return undefined;
      return openBlob(dataKey.unwrap(rejection, found.wrapped), rejection, name, found.sealed);
    },
  };
}
