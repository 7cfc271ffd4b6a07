import { DBOS, type DBOSClient } from '@dbos-inc/dbos-sdk';
import type { Waking } from './wakes.ts';

/** The name under which the tables of DBOS know us, and the one version that all our releases share. */
export const APPLICATION = 'corrigible';
export const VERSION = '1';

/** What the workflow does. Set while an engine is started in this process. */
export interface Work {
  run(waking: Waking, run: string): Promise<void>;
}

let work: Work | undefined;

/** Work that this process will not finish. It stays as running under this executor, and the next one takes it over. */
export const abandoned = (): Promise<never> => new Promise(() => {});

/** DBOS is one per process, and so is what its workflow does. */
export function setWork(next: Work | undefined): void {
  work = next;
}

// By default a workflow that was interrupted 100 times is given up, without a word: `work` gives up earlier, and says so.
const options = { maxRecoveryAttempts: 1_000_000 };

// It has no steps: it may run twice by design, and what it did is in the ledger.
DBOS.registerWorkflow((waking: Waking, run: string) => work?.run(waking, run) ?? abandoned(), {
  name: 'run',
  ...options,
});

const UNDER_WAY: ReadonlySet<string> = new Set(['ENQUEUED', 'DELAYED', 'PENDING']);

export interface QueueLimits {
  /** Runs at once in one repository, over all workers. */
  readonly perRepository: number;
  /** Runs at once in this process. */
  readonly perWorker: number;
}

/** Declares the queue. Before launch, so that the first poll knows it. */
export async function declareQueue(client: DBOSClient, { perRepository, perWorker }: QueueLimits): Promise<void> {
  await client.registerQueue('run', {
    partitionConcurrency: perRepository,
    workerConcurrency: perWorker,
    minPollingIntervalMs: 100,
  });
}

/** Under which name DBOS knows a run. */
export const workflowOf = ({ rejection }: Waking, run: string): string => `run:${rejection}:${run}`;

/** Queues one long piece of work, once per (rejection, run), and tells whether it is over. */
export async function queueRun(client: DBOSClient, waking: Waking, run: string): Promise<'queued' | 'ended'> {
  const queued = await client.enqueue(
    {
      queueName: 'run',
      workflowName: 'run',
      workflowID: workflowOf(waking, run),
      queuePartitionKey: waking.rejection.slice(0, waking.rejection.lastIndexOf('#')),
      appVersion: VERSION,
    },
    waking,
    run,
  );
  const status = (await queued.getStatus())?.status;
  return status === undefined || UNDER_WAY.has(status) ? 'queued' : 'ended';
}
