import type { Pool, PoolClient } from 'pg';
import type { ShutBecause } from '../../ports.ts';
import { LOCKS } from './locks.ts';
import { transaction } from './transaction.ts';

/** A repository as GitHub named it at one time. */
export interface SeenRepository {
  readonly id: number;
  readonly name: string;
  /** When the repository itself was last changed, ISO time; null when that was not told. */
  readonly asOf: string | null;
}

export interface RepositoryRow {
  readonly id: string;
  readonly ledger_name: string;
  readonly name: string | null;
  readonly installation: string;
  readonly as_of: Date | null;
  readonly shut_because: ShutBecause | null;
}

/** Never what the sweep keeps there: that may be large. */
export const ROW = 'select id, ledger_name, name, installation, as_of, shut_because from corrigible.repository';

/** How long an event of the same name and installation asks the database nothing. */
const CACHED_MS = 60_000;
const CACHED = 50_000;
const NAME_LENGTH = 100;

/**
 * The name that rejections carry: the first one seen. Where another repository had it before, GitHub's id tells the two
 * apart, in a form that no repository on GitHub can have (`….git`) and every reader of names takes.
 */
function ledgerNames({ id, name }: SeenRepository): readonly [string, string] {
  const end = `.${id}.git`;
  const [owner = '', own = ''] = name.split('/');
  return [name, `${owner}/${own.slice(0, NAME_LENGTH - end.length)}${end}`];
}

const rowOf = async (client: PoolClient, id: number): Promise<RepositoryRow | undefined> =>
  (await client.query<RepositoryRow>(`${ROW} where id = $1 for update`, [id])).rows[0];

/** Only one repository has a name. Whoever had it before is called otherwise now, or gone. */
async function freeName(client: PoolClient, { id, name }: SeenRepository): Promise<void> {
  await client.query('update corrigible.repository set name = null where lower(name) = lower($1) and id <> $2', [
    name,
    id,
  ]);
}

async function insert(client: PoolClient, repository: SeenRepository, installation: number): Promise<string> {
  const { id, name, asOf } = repository;
  for (const ledgerName of ledgerNames(repository)) {
    const { rowCount } = await client.query(
      `insert into corrigible.repository (id, ledger_name, name, installation, as_of) values ($1, $2, $3, $4, $5)
       on conflict do nothing`,
      [id, ledgerName, name, installation, asOf],
    );
    if (rowCount === 1) return ledgerName;
  }
  throw new Error(`repository ${id} is noted already`);
}

/** An event may come late: it must not bring an old name back. Installations' ids only grow. */
function isNewer(row: RepositoryRow, { asOf }: SeenRepository, installation: number): boolean {
  if (asOf === null) return installation > Number(row.installation);
  return row.as_of === null || Date.parse(asOf) >= row.as_of.getTime();
}

const SAME = { isNew: false, shut: false } as const;

async function note(
  client: PoolClient,
  repository: SeenRepository,
  installation: number,
  surely: boolean,
): Promise<Noted> {
  // One at a time takes a name: two repositories may change names with each other.
  await client.query(`select pg_advisory_xact_lock(${LOCKS.repositoryName})`);
  const row = await rowOf(client, repository.id);
  if (row === undefined) {
    await freeName(client, repository);
    return { ...SAME, ledgerName: await insert(client, repository, installation), isNew: true };
  }
  if (surely || isNewer(row, repository, installation)) {
    await freeName(client, repository);
    await client.query(
      'update corrigible.repository set name = $2, installation = $3, as_of = coalesce($4, as_of) where id = $1',
      [repository.id, repository.name, installation, repository.asOf],
    );
  } else {
    // GitHub is asked which of the two holds.
    await client.query('update corrigible.installation set due_at = now() where id = any($1)', [
      [installation, Number(row.installation)],
    ]);
  }
  return { ...SAME, ledgerName: row.ledger_name, shut: row.shut_because !== null };
}

export interface Noted {
  readonly ledgerName: string;
  readonly isNew: boolean;
  readonly shut: boolean;
}

/** Asks no more than it must: most events tell what is known. */
export function openNames(pool: Pool) {
  const cache = new Map<number, { name: string; installation: number; ledgerName: string; until: number }>();
  const find = async (repository: SeenRepository, installation: number, surely: boolean): Promise<Noted> => {
    const { rows } = await pool.query<RepositoryRow>(`${ROW} where id = $1`, [repository.id]);
    const row = rows[0];
    const same = row?.name === repository.name && Number(row.installation) === installation;
    if (row !== undefined && same) return { ...SAME, ledgerName: row.ledger_name, shut: row.shut_because !== null };
    return transaction(pool, (client) => note(client, repository, installation, surely));
  };
  /** `mayBeOld`: what this process knew a moment ago will do, whatever others have shut since. */
  const look = async (
    repository: SeenRepository,
    installation: number,
    { surely, mayBeOld }: { readonly surely: boolean; readonly mayBeOld: boolean },
  ): Promise<Noted> => {
    const known = cache.get(repository.id);
    const same = known?.name === repository.name && known.installation === installation;
    if (mayBeOld && known !== undefined && same && known.until > performance.now())
      return { ...SAME, ledgerName: known.ledgerName };
    const found = await find(repository, installation, surely);
    if (cache.size >= CACHED) cache.clear();
    const until = performance.now() + CACHED_MS;
    if (found.shut) cache.delete(repository.id);
    else cache.set(repository.id, { name: repository.name, installation, ledgerName: found.ledgerName, until });
    return found;
  };
  return { look, forget: () => cache.clear() };
}
