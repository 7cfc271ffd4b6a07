/**
 * The doors of DBOS 5.3.0 that are not its public API, and its types where we need less than they say. The version
 * is pinned; test/postgres/dbos-contract.test.ts fails when an upgrade closes a door.
 */
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { ensureSystemDatabase } from '@dbos-inc/dbos-sdk/internal/system_database';
import { GlobalLogger } from '@dbos-inc/dbos-sdk/internal/telemetry/logs';
import { wfQueueRunner } from '@dbos-inc/dbos-sdk/internal/wfqueue';
import type { Pool } from 'pg';
import type { Log } from '../../ports.ts';

/** DBOS tells at length what it does; only its complaints are worth a line, and its retries only when debugging. */
export function quietLogger(log: Log) {
  const nothing = () => {};
  return {
    info: nothing,
    debug: nothing,
    warn: (entry: unknown) => log.info('engine', { note: String(entry) }),
    error: (entry: unknown) => log.warn('engine', { note: entry instanceof Error ? entry.message : String(entry) }),
  };
}

/** Creates or migrates the tables of DBOS. Like `DBOS.migrate`, which cannot be told to be quiet. */
export async function migrateEngineTables(pool: Pool, url: string, log: Log): Promise<void> {
  const logger = new GlobalLogger(undefined, { logger: quietLogger(log) });
  await ensureSystemDatabase(url, logger, pool, 'dbos', false);
}

/**
 * Queues again, in one statement, what is still running under a dead executor, each in its own queue and partition.
 * Work that was cancelled or has ended stays so. DBOS itself recovers only its own executor id.
 */
export async function recoverWorkOf(executor: string): Promise<number> {
  const found = await DBOSExecutor.globalInstance?.recoverPendingWorkflows([executor]);
  return found?.length ?? 0;
}

/**
 * Looks at the queues again from now on. DBOS sleeps until a time on the wall clock: set back by an hour, it would look
 * at no queue for an hour. Work that is under way goes on. Its own `initEventReceivers` would begin a second loop over
 * timeouts that nothing ends. Nothing begins once `over` says so.
 */
export async function restartQueues(over: () => boolean): Promise<void> {
  const executor = DBOSExecutor.globalInstance;
  if (executor === undefined) return;
  await executor.deactivateEventReceivers();
  if (over()) return;
  // Ended by the executor's own shutdown.
  void wfQueueRunner.dispatchLoop(executor, null, executor.config.maxConcurrentQueueDispatches).catch(() => {});
}
