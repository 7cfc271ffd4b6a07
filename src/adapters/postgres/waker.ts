import { DBOSClient } from '@dbos-inc/dbos-sdk';
import type { Pool, PoolClient } from 'pg';
import type { Log } from '../../ports.ts';
import { quietLogger } from './dbos-internals.ts';
import { transaction } from './transaction.ts';
import { raise, takeAlarms, takeOrphans, type Waking } from './wakes.ts';
import { APPLICATION, queueAdvance, queueRun } from './workflows.ts';

/** Raises wake numbers and queues work, each time in one transaction. Needs no launched engine. */
export interface Waker {
  readonly client: DBOSClient;
  /** Wakes each within the caller's transaction. */
  wakeAll(transaction: PoolClient, wakings: readonly Waking[]): Promise<void>;
  wake(waking: Waking): Promise<void>;
  /** Wakes whom an alarm is due for, whose failed advance is due again, and whose advance was lost. */
  wakeDue(): Promise<void>;
  enqueueRun(waking: Waking, run: string): Promise<void>;
}

export async function openWaker(pool: Pool, url: string, log: Log): Promise<Waker> {
  const client = await DBOSClient.create({
    systemDatabaseUrl: url,
    systemDatabasePool: pool,
    applicationName: APPLICATION,
    logger: quietLogger(log),
  });
  const wakeAll = async (within: PoolClient, wakings: readonly Waking[]): Promise<void> => {
    // In one order for everybody: two transactions that wake the same rejections must not wait for each other.
    for (const waking of wakings.toSorted((a, b) => (a.rejection < b.rejection ? -1 : 1))) {
      const wake = await raise(within, waking);
      if (wake !== null) await queueAdvance(client, within, wake);
    }
  };
  return {
    client,
    wakeAll,
    wake: (waking) => transaction(pool, (within) => wakeAll(within, [waking])),
    wakeDue: () =>
      transaction(pool, async (within) => {
        await wakeAll(within, await takeAlarms(within));
        for (const wake of await takeOrphans(within)) await queueAdvance(client, within, wake);
      }),
    enqueueRun: (waking, run) => queueRun(client, waking, run),
  };
}
