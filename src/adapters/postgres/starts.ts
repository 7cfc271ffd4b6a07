import type { Pool } from 'pg';
import type { Waking } from './wakes.ts';
import { workflowOf } from './workflows.ts';

/** How often a run was begun since it was queued, or last left in order: DBOS counts each claim. */
export async function startsOf(pool: Pool, waking: Waking, run: string): Promise<number> {
  const { rows } = await pool.query<{ starts: string }>(
    'select recovery_attempts as starts from dbos.workflow_status where workflow_uuid = $1',
    [workflowOf(waking, run)],
  );
  return Number(rows[0]?.starts ?? 1);
}

/** A run that is left unfinished by a process that ends in order: whoever takes it up begins to count anew. */
export async function leftInOrder(pool: Pool, waking: Waking, run: string): Promise<void> {
  await pool.query('update dbos.workflow_status set recovery_attempts = 0 where workflow_uuid = $1', [
    workflowOf(waking, run),
  ]);
}
