import type { Pool } from 'pg';
import type { RejectionKey } from '../../domain/rejection.ts';
import type { ShutBecause } from '../../ports.ts';
import { type Noted, openNames, type RepositoryRow, ROW, type SeenRepository } from './repository-names.ts';
import { transaction } from './transaction.ts';
import type { Waking } from './wakes.ts';

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

function makeHeard(pool: Pool, { look, forget }: ReturnType<typeof openNames>): Repositories['heard'] {
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
    // These tell what is open again, perhaps of what another worker shut.
    const mayBeOld = event.what !== 'repository' && event.what !== 'installation';
    let ledgerName: string | null = null;
    for (const repository of event.repositories) {
      const found = await look(repository, installation, { surely: false, mayBeOld });
      if (repository.id === event.repository?.id) ledgerName = found.ledgerName;
      if (because !== undefined) await shut('id = $2', because, [repository.id]);
      else if (found.shut) wakings.push(...(await open(pool, 'ledger_name = $1', [found.ledgerName])));
      // An event of an installation may be read again after it was noted: its repositories are made ready all the same.
      else if (found.isNew || event.what === 'installation')
        wakings.push({ installation, rejection: `${found.ledgerName}#0` });
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
  const { rows } = await pool.query<RepositoryRow>(`${ROW} where ledger_name = $1`, [ledgerName]);
  const row = rows[0];
  if (row === undefined) return { name: ledgerName, installation: null, shut: null };
  if (row.name === null) return null;
  return { name: row.name, installation: Number(row.installation), shut: row.shut_because };
}

export function openRepositories(pool: Pool): Repositories {
  const looking = openNames(pool);
  const shut = shutter(pool);
  return {
    heard: makeHeard(pool, looking),
    seen: (repository, installation, surely = false) =>
      looking.look(repository, installation, { surely, mayBeOld: !surely }),
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
