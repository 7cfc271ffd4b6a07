import type { Pool } from 'pg';
import type { RejectionKey } from '../../domain/rejection.ts';

/**
 * One turn of one worker with a rejection. The next turn in the lane has a higher token, and from then on whatever is
 * done under this one is refused with `Fenced`.
 */
export interface Fence {
  readonly rejection: RejectionKey;
  readonly lane: 'advance' | 'run';
  readonly token: number;
}

/** SQL that inserts turns for the rejections which `source` selects; `$1` is the executor. Returns rejection and token. */
export const nextTurns = (lane: Fence['lane'], source: string): string => `
  insert into corrigible.fence as f (rejection, lane, token, executor) select key, '${lane}', 1, $1 from ${source}
  on conflict (rejection, lane) do update set token = f.token + 1, executor = excluded.executor
  returning rejection, token`;

/** SQL condition: the turn that `$1` (rejection) and `$2` (token) name still is the last of the lane. */
export const stillHas = (lane: Fence['lane']): string =>
  `exists (select from corrigible.fence where rejection = $1 and lane = '${lane}' and token = $2 for share)`;

/** Begins the next turn of a run. Whoever had the last one is fenced off from here on. */
export async function takeRunFence(pool: Pool, executor: string, rejection: RejectionKey): Promise<Fence> {
  const { rows } = await pool.query<{ token: string }>(nextTurns('run', '(select $2::text as key) as one'), [
    executor,
    rejection,
  ]);
  return { rejection, lane: 'run', token: Number(rows[0]?.token) };
}

/** Asks for the end of the run that has the turn now, wherever it is at work. A later run is not meant. */
export async function askToStop(pool: Pool, rejection: RejectionKey): Promise<void> {
  await pool.query(
    `with asked as (
       update corrigible.fence set stopped = token where rejection = $1 and lane = 'run' returning rejection)
     select pg_notify('corrigible', 'stop') from asked`,
    [rejection],
  );
}

/** Why a run is to end: somebody asked for it, or somebody else has begun the next turn. */
export interface ToldToEnd {
  readonly fence: Fence;
  readonly why: 'stop-requested' | 'taken-over';
}

/** Those of these runs that are to end. */
export async function toldToEnd(pool: Pool, fences: readonly Fence[]): Promise<readonly ToldToEnd[]> {
  if (fences.length === 0) return [];
  const { rows } = await pool.query<{ rejection: string; token: string; stopped: string | null }>(
    `select rejection, token, stopped from corrigible.fence where lane = 'run' and rejection = any($1)`,
    [fences.map(({ rejection }) => rejection)],
  );
  const now = new Map(rows.map((row) => [row.rejection, row]));
  return fences.flatMap((fence): readonly ToldToEnd[] => {
    const row = now.get(fence.rejection);
    if (row?.stopped != null && Number(row.stopped) === fence.token) return [{ fence, why: 'stop-requested' }];
    return row !== undefined && Number(row.token) > fence.token ? [{ fence, why: 'taken-over' }] : [];
  });
}
