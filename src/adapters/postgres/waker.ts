import { DBOSClient } from '@dbos-inc/dbos-sdk';
import type { Pool } from 'pg';
import type { Log } from '../../ports.ts';
import { quietLogger } from './dbos-internals.ts';
import { transaction } from './transaction.ts';
import { raise, takeAlarms, takeDue, type Waking } from './wakes.ts';
import { APPLICATION, queueRun } from './workflows.ts';

/** Raises wake numbers and queues runs. Needs no launched engine. */
export interface Waker {
  readonly client: DBOSClient;
  wake(waking: Waking): Promise<void>;
  /** Wakes whom an alarm is due for, and whose failed advance is due again. Returns how many tries are due. */
  wakeDue(): Promise<number>;
  enqueueRun(waking: Waking, run: string): Promise<'queued' | 'ended'>;
}

export async function openWaker(pool: Pool, url: string, log: Log): Promise<Waker> {
  const client = await DBOSClient.create({
    systemDatabaseUrl: url,
    systemDatabasePool: pool,
    applicationName: APPLICATION,
    logger: quietLogger(log),
  });
  return {
    client,
    wake: (waking) => raise(pool, [waking]),
    wakeDue: async () => {
      await transaction(pool, async (within) => raise(within, await takeAlarms(within)));
      return takeDue(pool);
    },
    enqueueRun: (waking, run) => queueRun(client, waking, run),
  };
}
