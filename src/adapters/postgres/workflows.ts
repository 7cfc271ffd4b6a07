import { DBOS, type DBOSClient } from '@dbos-inc/dbos-sdk';
import type { PoolClient } from 'pg';
import type { Wake, Waking } from './wakes.ts';

/** The name under which the tables of DBOS know us, and the one version that all our releases share. */
export const APPLICATION = 'corrigible';
export const VERSION = '1';

/** What the two workflows do. Set while an engine is started in this process. */
export interface Work {
  advance(waking: Waking): Promise<void>;
  run(waking: Waking, run: string): Promise<void>;
}

let work: Work | undefined;

/** Work that this process will not finish. It stays as running under this executor, and the next one takes it over. */
export const abandoned = (): Promise<never> => new Promise(() => {});

/** DBOS is one per process, and so is what its workflows do. */
export function setWork(next: Work | undefined): void {
  work = next;
}

// By default a workflow that was interrupted 100 times is given up; a restart is no fault of the work.
const options = { maxRecoveryAttempts: 1_000_000 };

// Neither has steps: both may run twice by design, and what they did is in the ledger.
DBOS.registerWorkflow((waking: Waking) => work?.advance(waking) ?? abandoned(), { name: 'advance', ...options });
DBOS.registerWorkflow((waking: Waking, run: string) => work?.run(waking, run) ?? abandoned(), {
  name: 'run',
  ...options,
});

export interface QueueLimits {
  /** Runs at once in one repository, over all workers. */
  readonly perRepository: number;
  /** Runs at once in this process. */
  readonly perWorker: number;
}

/** Declares the two queues. Before launch, so that the first poll knows them. */
export async function declareQueues(client: DBOSClient, { perRepository, perWorker }: QueueLimits): Promise<void> {
  // A poll is four small statements; every 40 ms they cost about 2 % of a core and are felt by nobody who waits.
  await client.registerQueue('advance', { partitionConcurrency: 1, minPollingIntervalMs: 40 });
  await client.registerQueue('run', {
    partitionConcurrency: perRepository,
    workerConcurrency: perWorker,
    minPollingIntervalMs: 100,
  });
}

/** Queues the advance of a wake in the transaction that raised it. */
export async function queueAdvance(client: DBOSClient, transaction: PoolClient, wake: Wake): Promise<void> {
  const { installation, rejection, number } = wake;
  await client.enqueueInTransaction(
    transaction,
    {
      queueName: 'advance',
      workflowName: 'advance',
      workflowID: `advance:${rejection}:${number}`,
      queuePartitionKey: rejection,
      appVersion: VERSION,
    },
    { installation, rejection },
  );
}

/** Queues one long piece of work, once per (rejection, run). */
export async function queueRun(client: DBOSClient, waking: Waking, run: string): Promise<void> {
  await client.enqueue(
    {
      queueName: 'run',
      workflowName: 'run',
      workflowID: `run:${waking.rejection}:${run}`,
      queuePartitionKey: waking.rejection.slice(0, waking.rejection.lastIndexOf('#')),
      appVersion: VERSION,
    },
    waking,
    run,
  );
}
