import type { Pool } from 'pg';

/** A repository whose turn it is. */
export interface Due {
  readonly id: number;
  readonly ledgerName: string;
  readonly name: string;
  readonly installation: number;
  readonly swept: object;
}

export interface DueInstallation {
  readonly id: number;
  readonly listed: readonly object[];
}

export interface ErrandNote {
  readonly failures: number;
  readonly note: object;
}

/** Whose turn it is, over any number of workers: what is claimed is nobody else's for some minutes. */
export interface Sweeps {
  /** Claims the repository that is due longest; null when none is, or all is put off. */
  claim(): Promise<Due | null>;
  /** Stores what was seen, and sets the next time by the rule at `PERIOD`. */
  swept(due: Due, seen: { readonly swept: object; readonly calls: number; readonly open: number }): Promise<void>;
  /** Puts a repository off, keeping what was seen before. */
  putOff(id: number, ms: number): Promise<void>;
  /** Puts off an installation's repositories and its list, or, with null, all of them: longer each time, at least `ms`. */
  putAllOff(installation: number | null, ms: number): Promise<void>;
  /** Notes the installations that there are. Returns those that are no more. */
  installations(
    found: readonly { readonly id: number; readonly account: string; readonly suspended: boolean }[],
  ): Promise<readonly number[]>;
  claimInstallation(): Promise<DueInstallation | null>;
  listed(id: number, pages: readonly object[]): Promise<void>;
  /** Claims an errand when it is due; null otherwise. */
  claimErrand(name: 'installations' | 'redelivery'): Promise<ErrandNote | null>;
  endErrand(name: 'installations' | 'redelivery', everyMs: number, note?: object): Promise<void>;
  /** Makes everything due now: for whoever cannot wait. */
  hurry(): Promise<void>;
}

/** A claim whose holder died ends by itself. */
const CLAIM = "interval '10 minutes'";

/**
 * How long until a repository's next sweep: five minutes, and longer where the installation has so many that their calls,
 * were none of them answered 304, would be more than 500 an hour, a tenth of GitHub's smallest quota. One without an open
 * rejection waits six times as long. A tenth more or less, so that they do not all come at once.
 */
const PERIOD = `greatest(interval '5 minutes', interval '1 hour' * (
    select sum(case when open > 0 then calls else calls / 6.0 end) from corrigible.repository
    where installation = $2 and shut_because is null) / 500)
  * (case when $3::int > 0 then 1 else 6 end) * (0.9 + random() * 0.2)`;

/** A page of a hundred repositories is one call: at most 50 of those an hour. */
const LIST_PERIOD = "greatest(interval '5 minutes', interval '1 hour' * json_array_length($2::json) / 50)";

/** Doubling from half a minute to a quarter of an hour. */
const BACKOFF = "least(interval '15 minutes', interval '30 seconds' * 2 ^ least(failures, 10))";

const claimText = `update corrigible.repository set due_at = now() + ${CLAIM} where id = (
    select id from corrigible.repository
    where due_at <= now() and shut_because is null and name is not null
      and not exists (select from corrigible.errand where name = 'sweep' and due_at > now())
    order by due_at limit 1 for update skip locked)
  returning id, ledger_name, name, installation, swept`;

function openErrands(pool: Pool): Pick<Sweeps, 'claimErrand' | 'endErrand'> {
  return {
    claimErrand: async (name) => {
      const { rows } = await pool.query<ErrandNote>(
        `update corrigible.errand set due_at = now() + ${CLAIM} where name = $1 and due_at <= now()
           and not exists (select from corrigible.errand where name = 'sweep' and due_at > now())
         returning failures, note`,
        [name],
      );
      return rows[0] ?? null;
    },
    endErrand: async (name, everyMs, note) => {
      const text = `update corrigible.errand set due_at = now() + $2 * interval '1 ms', note = coalesce($3, note)
        where name = $1`;
      await pool.query(text, [name, everyMs, note === undefined ? null : JSON.stringify(note)]);
      // Whoever got through shows that GitHub answers.
      await pool.query("update corrigible.errand set failures = 0 where name = 'sweep' and failures > 0");
    },
  };
}

function openInstallations(pool: Pool): Pick<Sweeps, 'installations' | 'claimInstallation' | 'listed'> {
  return {
    installations: async (found) => {
      await pool.query(
        `insert into corrigible.installation as known (id, account, suspended)
         select * from unnest($1::bigint[], $2::text[], $3::boolean[])
         on conflict (id) do update set account = excluded.account, suspended = excluded.suspended,
           due_at = case when known.suspended and not excluded.suspended then now() else known.due_at end`,
        [found.map(({ id }) => id), found.map(({ account }) => account), found.map(({ suspended }) => suspended)],
      );
      const text = 'delete from corrigible.installation where id <> all($1) returning id';
      const { rows } = await pool.query<{ id: string }>(text, [found.map(({ id }) => id)]);
      return rows.map(({ id }) => Number(id));
    },
    claimInstallation: async () => {
      const { rows } = await pool.query<{ id: string; listed: readonly object[] }>(
        `update corrigible.installation set due_at = now() + ${CLAIM} where id = (
           select id from corrigible.installation
           where due_at <= now() and not suspended
             and not exists (select from corrigible.errand where name = 'sweep' and due_at > now())
           order by due_at limit 1 for update skip locked)
         returning id, listed`,
      );
      return rows[0] === undefined ? null : { id: Number(rows[0].id), listed: rows[0].listed };
    },
    listed: async (id, pages) => {
      await pool.query(
        `update corrigible.installation set listed = $2::json, due_at = now() + ${LIST_PERIOD} where id = $1`,
        [id, JSON.stringify(pages)],
      );
    },
  };
}

export function openSweeps(pool: Pool): Sweeps {
  return {
    claim: async () => {
      const { rows } = await pool.query(claimText);
      const row = rows[0];
      if (row === undefined) return null;
      const { ledger_name: ledgerName, name, swept } = row;
      return { id: Number(row.id), ledgerName, name, installation: Number(row.installation), swept };
    },
    swept: async ({ id, installation }, { swept, calls, open }) => {
      await pool.query('update corrigible.repository set swept = $2, calls = $3, open = $4 where id = $1', [
        id,
        JSON.stringify(swept),
        calls,
        open,
      ]);
      await pool.query(`update corrigible.repository set due_at = now() + ${PERIOD} where id = $1`, [
        id,
        installation,
        open,
      ]);
    },
    putOff: async (id, ms) => {
      const text = "update corrigible.repository set due_at = now() + $2 * interval '1 ms' where id = $1";
      await pool.query(text, [id, ms]);
    },
    putAllOff: async (installation, ms) => {
      const wait = "$1 * interval '1 ms'";
      if (installation === null) {
        await pool.query(
          `update corrigible.errand set failures = failures + 1, due_at = now() + greatest(${wait}, ${BACKOFF})
           where name = 'sweep'`,
          [ms],
        );
        return;
      }
      for (const [table, column] of [
        ['repository', 'installation'],
        ['installation', 'id'],
      ])
        await pool.query(
          `update corrigible.${table} set due_at = greatest(due_at, now() + ${wait}) where ${column} = $2`,
          [ms, installation],
        );
    },
    hurry: async () => {
      for (const table of ['repository', 'installation', 'errand'])
        await pool.query(`update corrigible.${table} set due_at = now()`);
    },
    ...openInstallations(pool),
    ...openErrands(pool),
  };
}
