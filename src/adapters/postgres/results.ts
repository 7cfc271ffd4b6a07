import type { Pool } from 'pg';
import { resultsNotKept } from '../../domain/messages/store.ts';
import type { Json, RejectionKey } from '../../domain/rejection.ts';
import { lettingOthers } from '../../let-others.ts';
import type { KeptOutput, Log, Results } from '../../ports.ts';
import type { DataKey } from './data-key.ts';
import { keyFor, WAS_FORGOTTEN } from './keys.ts';
import { repoOf } from './ledger.ts';
import { derivedKey, keyedHash, seal, unseal } from './seal.ts';

type Entries = readonly (readonly [name: string, kept: KeptOutput | null])[];

/** Most that is kept of one call, in characters of JSON. What is larger is run again. */
const MOST = 16 * 1024 * 1024;
/** Rows of one place that are read, the newest, and what they may have together. Each call that ran something has put one. */
const MOST_ROWS = 100;
const MOST_BYTES = 2 * MOST;

const about = (repo: string, place: Buffer): readonly string[] => ['result', repo, place.toString('hex')];
const placeUnder = (key: Buffer, place: string): Buffer => keyedHash(derivedKey(key, 'places of results'), place);

const READ = `
  with found as (
    select id, sealed, used_at from (
      select id, sealed, used_at, sum(octet_length(sealed)) over (order by id desc) as so_far
      from corrigible.result where repo = $1 and place = $2 order by id desc limit ${MOST_ROWS}
    ) newest where so_far <= ${MOST_BYTES}
  ), used as (
    update corrigible.result r set used_at = now() from found f where r.id = f.id and f.used_at < now() - interval '1 day'
  )
  select sealed from found order by id desc`;

/** Under a lock on the repository's key: whoever forgets deletes that first, and then what was put until then. */
const PUT = `
  insert into corrigible.result (repo, place, sealed)
  select $2, $3, $4 from corrigible.seal where rejection = $2 and not ${WAS_FORGOTTEN} for key share`;

/** Held as text and parsed when somebody looks at it: many outputs together would not fit into memory. */
function later({ output, times }: KeptOutput): KeptOutput {
  const text = JSON.stringify(output);
  return {
    times,
    get output() {
      return JSON.parse(text) as Json;
    },
  };
}

/** JSON of all entries; null where that is too much. */
async function textOf(outputs: Iterable<Entries[number]>): Promise<string | null> {
  const letOthers = lettingOthers();
  const texts: string[] = [];
  let length = 0;
  for (const entry of outputs) {
    await letOthers();
    const text = JSON.stringify(entry);
    length += text.length;
    if (length > MOST) return null;
    texts.push(text);
  }
  return `[${texts.join(',')}]`;
}

/** The entries of one row; none where it is damaged, or sealed with a key that is gone. */
function opened(key: Buffer, repo: string, place: Buffer, sealed: Buffer): Entries {
  try {
    return JSON.parse(unseal(key, sealed, about(repo, place)).toString()) as Entries;
  } catch {
    return [];
  }
}

/**
 * Results in Postgres, which every worker shares, of the repository of the rejection that they are run for. Nothing is put
 * for a rejection that was forgotten. While the database does not answer there are none.
 */
export const openResults =
  (pool: Pool, dataKey: DataKey, log: Log) =>
  (rejection: RejectionKey): Results => {
    const repo = repoOf(rejection);
    const unlessItFails = async <T>(work: () => Promise<T>, otherwise: T): Promise<T> => {
      try {
        return await work();
      } catch (error) {
        log.warn(resultsNotKept, { rejection, error });
        return otherwise;
      }
    };
    const read = async (place: string, names: readonly string[]): Promise<ReadonlyMap<string, KeptOutput>> => {
      const key = await keyFor(pool, dataKey, repo);
      const where = placeUnder(key, place);
      const { rows } = await pool.query<{ sealed: Buffer }>(READ, [repo, where]);
      const open = new Set(names);
      const found = new Map<string, KeptOutput>();
      const letOthers = lettingOthers();
      for (const { sealed } of rows) {
        if (open.size === 0) break;
        await letOthers();
        for (const [name, kept] of opened(key, repo, where, sealed)) {
          // The newest counts, also where it only takes away.
          if (open.delete(name) && kept !== null) found.set(name, later(kept));
        }
      }
      return found;
    };
    const write = async (place: string, outputs: ReadonlyMap<string, KeptOutput | null>): Promise<void> => {
      const text = await textOf(outputs);
      if (text === null) return;
      const key = await keyFor(pool, dataKey, repo);
      const where = placeUnder(key, place);
      await pool.query(PUT, [rejection, repo, where, seal(key, Buffer.from(text), about(repo, where))]);
    };
    return {
      get: (place, names) => unlessItFails(() => read(place, names), new Map()),
      put: (place, outputs) => unlessItFails(() => write(place, outputs), undefined),
    };
  };
