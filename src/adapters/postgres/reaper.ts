import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Log } from '../../ports.ts';
import { takeFrom } from './claims.ts';
import { recoverWorkOf } from './dbos-internals.ts';
import { machine, markOf } from './process-mark.ts';

/** What the workers tell one another: there is something to drain, to claim, to reap, to stop, to forget. */
export type Notice = 'delivery' | 'ready' | 'gone' | 'stop' | 'forgotten';

/** This process as an executor of work, and the watch over the others. */
export interface Reaper {
  /** Never used before and never again: two processes under one id would strand each other's work. */
  readonly me: string;
  /** Gives the first sign of life; before it, nothing may run under this id. */
  signOn(): Promise<void>;
  /** Renews the sign of life. False when the others had taken over already: what was begun before is no longer ours. */
  beat(): Promise<boolean>;
  /** Takes over the work of executors that are gone. Returns how much that was. */
  reap(): Promise<number>;
  /** Signs off: what is left at work here may be taken over at once. */
  leave(): Promise<void>;
}

export interface ReaperOptions {
  readonly pool: pg.Pool;
  readonly url: string;
  readonly deadAfterMs: number;
  readonly heard: (notice: Notice) => void;
  readonly log: Log;
}

/** A connection that has gone silent fails nothing by itself, and would hold up the heartbeat for ever. */
const QUERY_MS = 5000;

// Advisory locks are per database, so the text needs no more than our own name.
const lockOf = (executor: string): string =>
  `hashtextextended('corrigible-executor:' || ${pg.escapeLiteral(executor)}, 0)`;

interface Suspect {
  readonly id: string;
  readonly machine: string | null;
  readonly pid: number | null;
  readonly mark: string | null;
  readonly late: boolean;
}

/** Its process is on this machine and has ended. One elsewhere is only known by its heartbeat. */
const ended = ({ machine: where, pid, mark }: Suspect): boolean =>
  pid !== null && where === machine() && markOf(pid) !== mark;

/** A connection of this executor's own: it holds the executor's lock, and hears what the others tell. */
function openSession({ url, heard, log }: ReaperOptions, me: string) {
  let session: pg.Client | undefined;
  let connecting: Promise<pg.Client> | undefined;
  let left = false;
  // Not waited for: the server at the other end of a silent connection never says good-bye.
  const drop = (client: pg.Client) => void client.end().catch(() => {});
  const open = async (): Promise<pg.Client> => {
    const times = { connectionTimeoutMillis: 5000, query_timeout: QUERY_MS };
    const client = new pg.Client({ connectionString: url, keepAlive: true, ...times });
    const lost = () => {
      if (session !== client) return;
      session = undefined;
      if (!left) log.info('connection to the other workers lost, the next heartbeat connects again');
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ payload }) => heard(payload as Notice));
    await client.connect();
    try {
      // A server may hold on to a connection that is lost here, and to its lock: waiting for that could last hours.
      await client.query(`listen corrigible; select pg_try_advisory_lock(${lockOf(me)})`);
    } catch (error) {
      drop(client);
      throw error;
    }
    session = client;
    // While nobody listened, it may have been told.
    heard('forgotten');
    return client;
  };
  // One at a time: the heartbeat and the look for the dead both ask, and the lock is for one connection only.
  const connect = async (): Promise<pg.Client> => {
    if (session !== undefined) return session;
    connecting ??= open().finally(() => {
      connecting = undefined;
    });
    return connecting;
  };
  /** Works on the connection. When that fails, the next one to ask connects anew. */
  const on = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = await connect();
    try {
      return await work(client);
    } catch (error) {
      if (session === client) session = undefined;
      drop(client);
      throw error;
    }
  };
  const end = async () => {
    left = true;
    await session?.end().catch(() => {});
  };
  return { connect, on, end };
}

/**
 * An executor is dead when its last heartbeat is older than `deadAfterMs`; and at once when it has signed off, or when
 * its process on this machine has ended and the lock that its connection held is free. The lock alone tells nothing: a
 * restart of Postgres frees all of them, and a frozen process keeps its own.
 */
export function openReaper(options: ReaperOptions): Reaper {
  const { pool, deadAfterMs } = options;
  const me = randomUUID();
  const session = openSession(options, me);

  const suspects = async (): Promise<readonly Suspect[]> => {
    const { rows } = await pool.query<Suspect>(
      `with busy as (
         select distinct executor_id as id from dbos.workflow_status where status = 'PENDING' and queue_name = 'run'
         union select distinct worker from corrigible.rejection where worker is not null
         union select id from corrigible.executor)
       select b.id, e.machine, e.pid, e.mark, coalesce(e.seen < now() - $2 * interval '1 ms', true) as late
       from busy b left join corrigible.executor e on e.id = b.id where b.id <> $1`,
      [me, deadAfterMs],
    );
    return rows.filter((one) => one.late || ended(one));
  };

  const lockIsFree = (id: string): Promise<boolean> =>
    session.on(async (holder) => {
      const { rows } = await holder.query<{ ok: boolean }>(`select pg_try_advisory_lock(${lockOf(id)}) as ok`);
      if (!rows[0]?.ok) return false;
      await holder.query(`select pg_advisory_unlock(${lockOf(id)})`);
      return true;
    });

  const takeOver = async ({ id, late }: Suspect): Promise<number> => {
    // Its row goes first: should it come to life in between, its next heartbeat finds that it is no longer counted on.
    const { rowCount } = await pool.query(
      `with gone as (
         delete from corrigible.executor where id = $1 and (not $2 or seen < now() - $3 * interval '1 ms') returning 1)
       select where exists (select from gone) or not exists (select from corrigible.executor where id = $1)`,
      [id, late, deadAfterMs],
    );
    return rowCount === 0 ? 0 : (await takeFrom(pool, id)) + (await recoverWorkOf(id));
  };

  const signOn = async (): Promise<void> => {
    await session.connect();
    await pool.query(
      `insert into corrigible.executor (id, machine, pid, mark) values ($1, $2, $3, $4)
       on conflict (id) do update set seen = now()`,
      [me, machine(), process.pid, markOf(process.pid) ?? ''],
    );
  };

  return {
    me,
    signOn,
    beat: async () => {
      // On the connection of its own: the pool may be busy.
      const text = 'update corrigible.executor set seen = now() where id = $1';
      const { rowCount } = await session.on((own) => own.query(text, [me]));
      if (rowCount === 0) await signOn();
      return rowCount === 1;
    },
    reap: async () => {
      await session.connect();
      let taken = 0;
      for (const one of await suspects()) if (one.late || (await lockIsFree(one.id))) taken += await takeOver(one);
      return taken;
    },
    leave: async () => {
      try {
        await takeFrom(pool, me);
        await pool.query(
          `with gone as (delete from corrigible.executor where id = $1 returning 1)
          select pg_notify('corrigible', 'gone') from gone`,
          [me],
        );
      } catch {
        // Without a database nobody can be told; the others find out by the heartbeat.
      }
      await session.end();
    },
  };
}
