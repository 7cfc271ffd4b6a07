import type { Pool, PoolClient } from 'pg';
import type { Fact } from '../../domain/fact.ts';
import { blobsOf } from '../../domain/lookups.ts';
import type { RejectionKey } from '../../domain/rejection.ts';
import { openBlob } from './blobs.ts';
import { FACT_COLUMNS, followChain, openFact, type StoredFact } from './chain.ts';
import type { DataKey } from './data-key.ts';
import { type Key, readyKey } from './seal.ts';
import { transaction } from './transaction.ts';

/** One thing that is not as it was written. */
export interface Broken {
  readonly rejection: RejectionKey;
  readonly what: 'chain' | 'key' | 'fact' | 'blob-missing' | 'blob-damaged';
  /** Place of the fact; 0 where it is about the whole rejection. */
  readonly seq: number;
}

export interface Checked {
  readonly rejections: number;
  readonly forgotten: number;
  readonly facts: number;
  readonly blobs: number;
  readonly broken: readonly Broken[];
}

interface Row extends StoredFact {
  readonly rejection: RejectionKey;
  readonly wrapped: Buffer | null;
  readonly head: number | null;
  readonly head_hash: string | null;
}

const ROWS_AT_ONCE = 200;

/** Rows of a query, a few at a time. Within a transaction. */
async function* rowsOf<R extends object>(client: PoolClient, query: string): AsyncGenerator<R> {
  await client.query(`declare checked no scroll cursor for ${query}`);
  for (;;) {
    const { rows } = await client.query<R>(`fetch ${ROWS_AT_ONCE} from checked`);
    if (rows.length === 0) break;
    yield* rows;
  }
  await client.query('close checked');
}

function unwrapped(dataKey: DataKey, { rejection, wrapped }: Row): Key | null {
  try {
    return wrapped && readyKey(dataKey.unwrap(rejection, wrapped));
  } catch {
    return null;
  }
}

/** Reports go whenever a rejection of their repository is forgotten. */
const isReport = ({ kind }: Fact): boolean => kind === 'reported';

/** What one rejection comes to, fact by fact: only numbers and names of blobs are kept. */
class Inspection {
  readonly #first: Row;
  readonly #chain: ReturnType<typeof followChain>;
  readonly #key: Key | null;
  #unopened: number | null = null;
  readonly #blobs = new Map<string, { readonly seq: number; readonly mayBeGone: boolean }>();
  forgotten = false;
  facts = 0;

  constructor(first: Row, dataKey: DataKey) {
    this.#first = first;
    this.#chain = followChain(first.rejection);
    this.#key = unwrapped(dataKey, first);
  }

  get rejection(): RejectionKey {
    return this.#first.rejection;
  }

  add(row: Row): void {
    this.#chain.add(row);
    this.facts += 1;
    if (row.clear !== null) {
      // What was sealed before is lost on purpose.
      this.forgotten = true;
      this.#unopened = null;
      this.#blobs.clear();
      return;
    }
    try {
      const { fact } = openFact(row.rejection, row, this.#key);
      for (const name of blobsOf(fact)) this.#blobs.set(name, { seq: row.seq, mayBeGone: isReport(fact) });
    } catch {
      this.#unopened ??= row.seq;
    }
  }

  async end(client: PoolClient): Promise<{ blobs: number; broken: readonly Broken[] }> {
    const { rejection, head, head_hash: hash } = this.#first;
    const at = this.#chain.broken(head === null || hash === null ? undefined : { seq: head, hash });
    const broken: Broken[] = at === null ? [] : [{ rejection, what: 'chain', seq: at }];
    if (this.#unopened !== null)
      broken.push(
        this.#key === null ? { rejection, what: 'key', seq: 0 } : { rejection, what: 'fact', seq: this.#unopened },
      );
    for (const [name, { seq, mayBeGone }] of this.#blobs) {
      const what = await this.#wrongWith(client, name);
      if (what !== null && !(mayBeGone && what === 'blob-missing')) broken.push({ rejection, what, seq });
    }
    return { blobs: this.#blobs.size, broken };
  }

  async #wrongWith(client: PoolClient, name: string): Promise<'blob-missing' | 'blob-damaged' | null> {
    const text = 'select sealed from corrigible.blob where rejection = $1 and name = $2';
    const { rows } = await client.query<{ sealed: Buffer }>(text, [this.rejection, name]);
    if (rows[0] === undefined || this.#key === null) return 'blob-missing';
    try {
      openBlob(this.#key, this.rejection, name, rows[0].sealed);
      return null;
    } catch {
      return 'blob-damaged';
    }
  }
}

/** Verifies everything within the caller's transaction, rejection by rejection. Memory does not grow with the store. */
export async function checkWithin(client: PoolClient, dataKey: DataKey): Promise<Checked> {
  const sum = { rejections: 0, forgotten: 0, facts: 0, blobs: 0 };
  const broken: Broken[] = [];
  let now: Inspection | undefined;
  const end = async () => {
    if (now === undefined) return;
    const ended = await now.end(client);
    sum.rejections += 1;
    sum.forgotten += now.forgotten ? 1 : 0;
    sum.facts += now.facts;
    sum.blobs += ended.blobs;
    broken.push(...ended.broken);
  };
  const query = `
    select f.rejection, s.wrapped, c.seq as head, c.hash as head_hash, ${FACT_COLUMNS} from corrigible.fact f
    left join corrigible.seal s using (rejection) left join corrigible.chain c using (rejection)
    order by f.rejection, f.seq`;
  for await (const row of rowsOf<Row>(client, query)) {
    if (now?.rejection !== row.rejection) {
      await end();
      now = new Inspection(row, dataKey);
    }
    now.add(row);
  }
  await end();
  const empty =
    'select rejection from corrigible.chain c where not exists (select from corrigible.fact f where f.rejection = c.rejection)';
  for await (const { rejection } of rowsOf<{ rejection: string }>(client, empty))
    broken.push({ rejection, what: 'chain', seq: 1 });
  return { ...sum, broken };
}

/** Verifies every chain, key, fact and blob as they are at one moment. Others may go on writing. */
export const checkStore = (pool: Pool, dataKey: DataKey): Promise<Checked> =>
  transaction(pool, async (client) => {
    await client.query('set transaction isolation level repeatable read, read only');
    return checkWithin(client, dataKey);
  });
