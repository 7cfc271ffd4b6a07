import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { recoverWorkOf } from './dbos-internals.ts';
import { machine, markOf } from './process-mark.ts';

/** This process as an executor of workflows, and the watch over the others. */
export interface Reaper {
  /** Never used before and never again: two processes under one id would strand each other's work. */
  readonly me: string;
  /** Gives the first sign of life; before it, nothing may run under this id. */
  signOn(): Promise<void>;
  /** Renews the sign of life, then queues again the work of executors that are gone. Returns how much that was. */
  beat(): Promise<number>;
  /** Signs off: what is left running here may be taken over at once. */
  leave(): Promise<void>;
}

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

/** A process on this machine can be asked for; one elsewhere is only known by its heartbeat. */
function seemsGone({ machine: where, pid, mark, late }: Suspect): boolean {
  if (pid === null || late) return true;
  return where === machine() && markOf(pid) !== mark;
}

/**
 * An executor is dead when the session lock that its connection holds is free, and either its process is gone or its
 * last heartbeat is older than `deadAfterMs`. The lock alone is not enough: a restart of Postgres frees all of them.
 */
export function openReaper(pool: pg.Pool, url: string, deadAfterMs: number): Reaper {
  const me = randomUUID();
  let session: pg.Client | undefined;

  const connect = async (): Promise<pg.Client> => {
    if (session !== undefined) return session;
    const client = new pg.Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 5000 });
    const lost = () => {
      if (session === client) session = undefined;
    };
    client.on('error', lost);
    client.on('end', lost);
    await client.connect();
    await client.query(`select pg_advisory_lock(${lockOf(me)})`);
    session = client;
    return client;
  };

  const suspects = async (): Promise<readonly Suspect[]> => {
    const { rows } = await pool.query<Suspect>(
      `select distinct w.executor_id as id, e.machine, e.pid, e.mark, e.seen < now() - $2 * interval '1 ms' as late
       from dbos.workflow_status w left join corrigible.executor e on e.id = w.executor_id
       where w.status = 'PENDING' and w.executor_id <> $1`,
      [me, deadAfterMs],
    );
    return rows.filter(seemsGone);
  };

  const reap = async (holder: pg.Client, id: string): Promise<number> => {
    const { rows } = await holder.query<{ ok: boolean }>(`select pg_try_advisory_lock(${lockOf(id)}) as ok`);
    if (!rows[0]?.ok) return 0;
    try {
      const recovered = await recoverWorkOf(id);
      await pool.query('delete from corrigible.executor where id = $1', [id]);
      return recovered;
    } finally {
      await holder.query(`select pg_advisory_unlock(${lockOf(id)})`);
    }
  };

  const signOn = async (): Promise<pg.Client> => {
    const holder = await connect();
    await pool.query(
      `insert into corrigible.executor (id, machine, pid, mark) values ($1, $2, $3, $4)
       on conflict (id) do update set seen = now()`,
      [me, machine(), process.pid, markOf(process.pid) ?? ''],
    );
    return holder;
  };

  return {
    me,
    signOn: async () => void (await signOn()),
    beat: async () => {
      const holder = await signOn();
      let recovered = 0;
      for (const { id } of await suspects()) recovered += await reap(holder, id);
      return recovered;
    },
    leave: async () => {
      await pool.query('delete from corrigible.executor where id = $1', [me]).catch(() => {});
      await session?.end().catch(() => {});
    },
  };
}
