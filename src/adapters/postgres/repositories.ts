import type { Pool, PoolClient } from 'pg';
import type { RejectionKey } from '../../domain/rejection.ts';
import type { ShutBecause } from '../../ports.ts';
import { transaction } from './transaction.ts';
import type { Waking } from './wakes.ts';

/** A repository as GitHub named it at one time. */
export interface SeenRepository {
  readonly id: number;
  readonly name: string;
  /** When the repository itself was last changed, ISO time; null when that was not told. */
  readonly asOf: string | null;
}

/** What an event says of repositories, as the events of the GitHub adapter do. */
export interface Heard {
  readonly installation: number;
  readonly what: string;
  readonly action: string;
  readonly repository: SeenRepository | null;
  readonly repositories: readonly SeenRepository[];
}

/** Repositories by GitHub's id, whatever they are called. */
export interface Repositories {
  /**
   * Notes what an event says of repositories: new ones, names, owners, what is shut and what is open again. Returns the
   * ledger's name of the event's repository, and the rejections to wake. To be called for each event; cheap.
   */
  heard(event: Heard): Promise<{ readonly ledgerName: string | null; readonly wakings: readonly Waking[] }>;
  /**
   * Notes that the installation reaches a repository of this name. `surely`: read from GitHub now, so it counts whatever
   * was told before. `isNew` once per repository.
   */
  seen(repository: SeenRepository, installation: number, surely?: boolean): Promise<Noted>;
  /**
   * What the repository is called now, and by whom it is reached. Null while that is not known: another repository has
   * its name. A ledger name that was never seen is the name; the installation is null then.
   */
  nameOf(ledgerName: string): Promise<Place | null>;
  /** Stops the sweeps there, and parks the rejection until `reopen`. */
  shut(ledgerName: string, because: ShutBecause, rejection?: RejectionKey): Promise<void>;
  /** The same for every repository of an installation, or, with null, for all. */
  shutAll(installation: number | null, because: ShutBecause): Promise<void>;
  /** Ends what `shut` began, and returns whom to wake: everything parked, and the repository itself. */
  reopen(ledgerName: string): Promise<readonly Waking[]>;
  /**
   * Notes which repositories an installation reaches, as GitHub lists them now: archived ones and those that are missing
   * are shut, the others open. Returns whom to wake.
   */
  listed(installation: number, open: readonly number[], archived: readonly number[]): Promise<readonly Waking[]>;
  /** The same for what was shut for this reason in one installation, or, with null, in all. */
  reopenAll(installation: number | null, because: ShutBecause): Promise<readonly Waking[]>;
}

export interface Place {
  readonly name: string;
  readonly installation: number | null;
  readonly shut: ShutBecause | null;
}

interface Row {
  readonly id: string;
  readonly ledger_name: string;
  readonly name: string | null;
  readonly installation: string;
  readonly as_of: Date | null;
  readonly shut_because: ShutBecause | null;
}

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

const rowOf = async (client: PoolClient, id: number): Promise<Row | undefined> =>
  (await client.query<Row>('select * from corrigible.repository where id = $1 for update', [id])).rows[0];

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
function isNewer(row: Row, { asOf }: SeenRepository, installation: number): boolean {
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
  await client.query('select pg_advisory_xact_lock(7220115)');
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
function makeLook(pool: Pool) {
  const cache = new Map<number, { name: string; installation: number; ledgerName: string; until: number }>();
  const find = async (repository: SeenRepository, installation: number, surely: boolean): Promise<Noted> => {
    const { rows } = await pool.query<Row>('select * from corrigible.repository where id = $1', [repository.id]);
    const row = rows[0];
    const same = row?.name === repository.name && Number(row.installation) === installation;
    if (row !== undefined && same) return { ...SAME, ledgerName: row.ledger_name, shut: row.shut_because !== null };
    return transaction(pool, (client) => note(client, repository, installation, surely));
  };
  const look = async (repository: SeenRepository, installation: number, surely: boolean): Promise<Noted> => {
    const known = cache.get(repository.id);
    const same = known?.name === repository.name && known.installation === installation;
    if (!surely && known !== undefined && same && known.until > performance.now())
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

interface Reopened {
  readonly ledger_name: string;
  readonly installation: string;
  readonly parked: readonly string[];
}

/** Opens the repositories that fit, and takes what was parked for them, in one statement. */
async function open(pool: Pool, where: string, values: readonly unknown[]): Promise<readonly Waking[]> {
  const { rows } = await pool.query<Reopened>(
    `with opened as (
       update corrigible.repository set shut_because = null, shut_at = null, due_at = now()
       where shut_because is not null and ${where} returning id, ledger_name, installation),
     taken as (delete from corrigible.parked where repository in (select id from opened) returning rejection, repository)
     select ledger_name, installation,
       array(select rejection from taken where repository = opened.id order by rejection) as parked from opened`,
    [...values],
  );
  return rows.flatMap(({ ledger_name, installation, parked }) =>
    [`${ledger_name}#0`, ...parked.filter((key) => key !== `${ledger_name}#0`)].map((rejection) => ({
      installation: Number(installation),
      rejection,
    })),
  );
}

type Shutter = (where: string, because: ShutBecause, values: readonly unknown[]) => Promise<void>;

const shutter =
  (pool: Pool): Shutter =>
  async (where, because, values) => {
    await pool.query(
      `update corrigible.repository set shut_because = $1, shut_at = now()
       where shut_because is distinct from $1 and ${where}`,
      [because, ...values],
    );
  };

/** What an event about a repository itself says of it. */
const shutBy: Readonly<Record<string, ShutBecause>> = {
  archived: 'repository-archived',
  deleted: 'repository-gone',
};

/** What an event about an installation says of all that it reaches. */
const endedBy: Readonly<Record<string, ShutBecause>> = {
  suspend: 'installation-suspended',
  deleted: 'installation-gone',
};

function makeHeard(pool: Pool, { look, forget }: ReturnType<typeof makeLook>): Repositories['heard'] {
  const shut = shutter(pool);
  const ended = async (event: Heard): Promise<boolean> => {
    const all = endedBy[event.action];
    if (event.what !== 'installation' || (all === undefined && event.action !== 'removed')) return false;
    const ids = event.repositories.map(({ id }) => id);
    if (all !== undefined) await shut('installation = $2', all, [event.installation]);
    // One that went to another installation by now is that one's.
    else await shut('id = any($2) and installation = $3', 'repository-gone', [ids, event.installation]);
    forget();
    return true;
  };
  return async (event) => {
    if (await ended(event)) return { ledgerName: null, wakings: [] };
    const { installation } = event;
    const because = event.what === 'repository' ? shutBy[event.action] : undefined;
    const wakings: Waking[] = [];
    let ledgerName: string | null = null;
    for (const repository of event.repositories) {
      const found = await look(repository, installation, false);
      if (repository.id === event.repository?.id) ledgerName = found.ledgerName;
      if (because !== undefined) await shut('id = $2', because, [repository.id]);
      else if (found.shut) wakings.push(...(await open(pool, 'ledger_name = $1', [found.ledgerName])));
      else if (found.isNew) wakings.push({ installation, rejection: `${found.ledgerName}#0` });
    }
    if (because !== undefined) forget();
    return { ledgerName, wakings };
  };
}

async function park(pool: Pool, ledgerName: string, because: ShutBecause, rejection?: RejectionKey): Promise<void> {
  await transaction(pool, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `update corrigible.repository set shut_because = $2, shut_at = coalesce(shut_at, now())
       where ledger_name = $1 returning id`,
      [ledgerName, because],
    );
    const id = rows[0]?.id;
    if (rejection === undefined || id === undefined) return;
    const text = 'insert into corrigible.parked (rejection, repository) values ($1, $2) on conflict do nothing';
    await client.query(text, [rejection, id]);
  });
}

async function placeOf(pool: Pool, ledgerName: string): Promise<Place | null> {
  const { rows } = await pool.query<Row>('select * from corrigible.repository where ledger_name = $1', [ledgerName]);
  const row = rows[0];
  if (row === undefined) return { name: ledgerName, installation: null, shut: null };
  if (row.name === null) return null;
  return { name: row.name, installation: Number(row.installation), shut: row.shut_because };
}

export function openRepositories(pool: Pool): Repositories {
  const looking = makeLook(pool);
  const shut = shutter(pool);
  return {
    heard: makeHeard(pool, looking),
    seen: (repository, installation, surely = false) => looking.look(repository, installation, surely),
    nameOf: (ledgerName) => placeOf(pool, ledgerName),
    shut: async (ledgerName, because, rejection) => {
      await park(pool, ledgerName, because, rejection);
      looking.forget();
    },
    shutAll: async (installation, because) => {
      await shut('($2::bigint is null or installation = $2)', because, [installation]);
      looking.forget();
    },
    listed: async (installation, there, archived) => {
      await shut('id = any($2)', 'repository-archived', [archived]);
      const missing = 'installation = $2 and shut_because is null and id <> all($3)';
      await shut(missing, 'repository-gone', [installation, [...there, ...archived]]);
      looking.forget();
      return open(pool, 'id = any($1) and installation = $2', [there, installation]);
    },
    reopen: (ledgerName) => open(pool, 'ledger_name = $1', [ledgerName]),
    reopenAll: (installation, because) =>
      open(pool, 'shut_because = $1 and ($2::bigint is null or installation = $2)', [because, installation]),
  };
}
