import { openLedger } from '../../src/adapters/postgres/ledger.ts';
import { openData } from '../../src/adapters/postgres/open-data.ts';
import type { Waiting } from './waiting.ts';

const AT_ONCE = 10;
/** GitHub's id of the repository `acme/r0`; the others follow. */
export const FIRST_ID = 1000;

/** The rejection that is loaded as number `n`, of one of so many repositories in turn. */
export const keyOf = (n: number, repositories: number): string =>
  `acme/r${n % repositories}#${Math.floor(n / repositories) + 1}`;

/** Kilobytes per table and its indexes, those of our own schema. */
export type Sizes = Readonly<Record<string, number>>;

/**
 * Fills a database with `count` rejections that wait, each with facts of its own in the real ledger and with its turns
 * worked off. Returns the size of each table.
 */
export async function preload(
  at: { readonly stateDir: string; readonly databaseUrl: string },
  waiting: Waiting,
  count: number,
  repositories: number,
): Promise<Sizes> {
  // A load that a power cut interrupts is begun again.
  const databaseUrl = `${at.databaseUrl}&options=${encodeURIComponent('-c synchronous_commit=off')}`;
  const data = await openData({ ...at, databaseUrl, log: { info: () => {}, warn: () => {}, error: () => {} } });
  try {
    const ledger = openLedger(data.pool, data.dataKey);
    let next = 0;
    const work = async () => {
      for (let n = next++; n < count; n = next++) await ledger.append(keyOf(n, repositories), 0, waiting.facts);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await data.pool.query(
      `insert into corrigible.rejection (key, installation, wake, done) select rejection, 1, 5, 5 from corrigible.chain
       on conflict (key) do nothing`,
    );
    // Known already, so that none of them is made ready at its first event, and not to be swept today.
    await data.pool.query(
      `insert into corrigible.repository (id, ledger_name, name, installation, due_at)
       select $1 + n, 'acme/r' || n, 'acme/r' || n, 1, now() + interval '1 day' from generate_series(0, $2 - 1) n`,
      [FIRST_ID, repositories],
    );
    await data.pool.query('analyze');
    const { rows } = await data.pool.query<{ name: string; kb: number }>(
      `select relname as name, pg_total_relation_size(oid) / 1024.0 as kb from pg_class
       where relnamespace = 'corrigible'::regnamespace and relkind = 'r'`,
    );
    return Object.fromEntries(rows.map(({ name, kb }) => [name, Number(kb)]));
  } finally {
    await data.close();
  }
}
