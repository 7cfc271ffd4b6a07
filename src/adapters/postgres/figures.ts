import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Figures } from '../../domain/figures.ts';
import type { Lease } from './lease.ts';
import { type PausedBy, pausedBy } from './pause.ts';

export async function figuresOf(pool: Pool, deadAfterMs: number): Promise<Figures> {
  const { rows } = await pool.query<Figures>(
    `select *, (select count(*)::int from corrigible.paused) as paused, (select count(*)::int from corrigible.gate) as "gatesShut",
       (select count(*)::int from corrigible.executor where seen > now() - $1 * interval '1 ms') as executors
     from (select count(*)::int as undrained,
             coalesce(extract(epoch from now() - min(received_at)) * 1000, 0)::float8 as "oldestUndrainedMs"
           from corrigible.delivery where drained_at is null) d,
          (select count(*)::int as owed, coalesce(extract(epoch from now() - min(since)) * 1000, 0)::float8 as "oldestOwedMs"
           from corrigible.rejection where wake > done) o,
          (select count(*) filter (where status = 'ENQUEUED')::int as "runsQueued",
             count(*) filter (where status = 'PENDING')::int as "runsRunning"
           from dbos.workflow_status where queue_name = 'run' and status in ('ENQUEUED', 'PENDING')) r`,
    [deadAfterMs],
  );
  return rows[0] as Figures;
}

export interface Health {
  /** Whether the database answers within a second. */
  readonly database: boolean;
  readonly started: boolean;
  /** Since the last heartbeat that succeeded; null where none has. */
  readonly lastBeatMsAgo: number | null;
  readonly stopping: boolean;
  /** Null while nothing is paused, and where the database does not tell. */
  readonly paused: PausedBy | null;
}

const HEALTH_MS = 1000;
const nothing = { database: false, paused: null };

export async function healthOf(
  pool: Pool,
  lease: Lease | undefined,
): Promise<Pick<Health, 'database' | 'lastBeatMsAgo' | 'paused'>> {
  const asked = pausedBy(pool).then(
    (paused) => ({ database: true, paused }),
    () => nothing,
  );
  const told = await Promise.race([asked, sleep(HEALTH_MS, nothing, { ref: false })]);
  const age = lease?.age() ?? null;
  return { ...told, lastBeatMsAgo: age === null ? null : Math.round(age) };
}
