import { DBOS } from '@dbos-inc/dbos-sdk';
import type { Pool } from 'pg';
import type { RejectionKey } from '../../domain/rejection.ts';
import type { Log } from '../../ports.ts';
import { quietLogger } from './dbos-internals.ts';
import { type Deliveries, type Delivery, openDeliveries, type SavedDelivery } from './deliveries.ts';
import { drainer } from './drain.ts';
import { openReaper, type Reaper } from './reaper.ts';
import { Session } from './session.ts';
import { openTicker, type Ticker } from './ticker.ts';
import { openWaker, type Waker } from './waker.ts';
import { nothingWaits, setAlarm, type Waking } from './wakes.ts';
import { APPLICATION, declareQueues, setWork, VERSION } from './workflows.ts';

export type { Delivery, SavedDelivery, Waking };

export interface EngineHandlers {
  /** Which rejections an arrived delivery concerns. Pure reading; throws only on weather. */
  concerns(delivery: SavedDelivery): Promise<readonly Waking[]>;
  /** Does what is due for the rejection. One at a time per rejection; when it throws it is called again later. */
  advance(waking: Waking): Promise<void>;
  /**
   * One agent round or judging, long. `run` is chosen by the enqueuer, unique per piece of work. `signal` aborts with
   * the reason `stop-requested` (the work is over) or `shutting-down` (throw, and it is started again by the next process).
   */
  run(waking: Waking, run: string, signal: AbortSignal): Promise<void>;
}

/** The durable queues. What it has accepted is done at least once, whatever dies. */
export interface Engine {
  /** Takes over what dead processes left, and begins to work. Once per process at a time; again after `stop`. */
  start(handlers: EngineHandlers): Promise<void>;
  /** Resolves once the delivery is durable. It is drained right after, or at the next start. */
  deliver(delivery: Delivery): Promise<'new' | 'known'>;
  /** Has the rejection advanced: now, or after a while. Durable once it resolves. */
  wake(waking: Waking, afterMs?: number): Promise<void>;
  /** Queues a run; the same (rejection, run) twice is one run. Its end, also by a throw, wakes the rejection. */
  enqueueRun(waking: Waking, run: string): Promise<void>;
  /** Aborts the signal of the rejection's runs in this process. */
  cancelRun(rejection: RejectionKey): void;
  /** Nothing undrained, queued, running, owed or due. An alarm in the future does not count. */
  idle(): Promise<boolean>;
  /** Lets work end for at most `drainMs`, then aborts it. What was interrupted is started again by the next process. */
  stop(drainMs: number): Promise<void>;
}

export interface EngineOptions {
  readonly pool: Pool;
  /** Address of the same database as the pool. */
  readonly url: string;
  readonly log: Log;
  /** Runs at once per repository, over all workers. Default 2. */
  readonly perRepository?: number;
  /** Runs at once in this process. Default 2. */
  readonly perWorker?: number;
  /** A failed advance waits 2^n units. Default 1000 ms. */
  readonly retryUnitMs?: number;
  /** When the heartbeat of a process on another machine counts as stopped. Default 20 s. */
  readonly deadAfterMs?: number;
}

const TICK_MS = 1000;
const BEAT_MS = 5000;
const DEAD_AFTER_MS = 20_000;
const RETRY_UNIT_MS = 1000;

/** Everything the engine has between its start and its stop. */
interface Started {
  readonly session: Session;
  readonly reaper: Reaper;
  readonly ticker: Ticker;
}

function configure({ pool, url, log }: EngineOptions, executor: string): void {
  DBOS.setConfig({
    name: APPLICATION,
    systemDatabaseUrl: url,
    systemDatabasePool: pool,
    executorID: executor,
    applicationVersion: VERSION,
    logger: quietLogger(log),
    // Done by `migrate`, under its lock.
    runMigrations: false,
    useListenNotify: false,
  });
}

/** The parts of a started engine, tied to one another. */
function assemble(options: EngineOptions, waker: Waker, deliveries: Deliveries, handlers: EngineHandlers): Started {
  const { pool, log } = options;
  const retryUnitMs = options.retryUnitMs ?? RETRY_UNIT_MS;
  const ticker = openTicker(log);
  const later = ticker.nudgeAfter;
  const reaper = openReaper(pool, options.url, options.deadAfterMs ?? DEAD_AFTER_MS);
  const session = new Session({ pool, waker, handlers, retryUnitMs, later, log });
  const concerns = (delivery: SavedDelivery) => handlers.concerns(delivery);
  const drain = drainer({ pool, deliveries, concerns, wakeAll: waker.wakeAll, retryUnitMs, later, log });
  ticker.every(TICK_MS, 'draining', drain);
  ticker.every(TICK_MS, 'waking what is due', waker.wakeDue);
  ticker.every(BEAT_MS, 'heartbeat', reaper.beat);
  return { session, reaper, ticker };
}

/** Wraps a pool of migrated tables. Nothing is worked on before `start`; what is delivered until then is kept. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { pool, log } = options;
  const waker = await openWaker(pool, options.url, log);
  const deliveries = openDeliveries(pool);
  let started: Started | undefined;

  const start = async (handlers: EngineHandlers): Promise<void> => {
    if (started !== undefined) throw new Error('the engine is started already');
    started = assemble(options, waker, deliveries, handlers);
    const { session, reaper, ticker } = started;
    setWork(session);
    await declareQueues(waker.client, { perRepository: options.perRepository ?? 2, perWorker: options.perWorker ?? 2 });
    await reaper.signOn();
    configure(options, reaper.me);
    await DBOS.launch();
    await reaper.beat();
    ticker.start();
  };

  const stop = async (drainMs: number): Promise<void> => {
    if (started === undefined) return;
    const { session, reaper, ticker } = started;
    ticker.stop();
    await session.drain(drainMs);
    // What has just ended still has its end written; what was abandoned would be waited for in vain.
    await DBOS.shutdown({ workflowCompletionTimeoutMS: session.abandoned ? 200 : 1000 });
    setWork(undefined);
    await reaper.leave();
    started = undefined;
  };

  return {
    start,
    stop,
    deliver: async (delivery) => {
      const found = await deliveries.saveDelivery(delivery);
      if (found === 'new') started?.ticker.nudge();
      return found;
    },
    wake: async (waking, afterMs = 0) => {
      if (afterMs <= 0) return waker.wake(waking);
      await setAlarm(pool, waking, afterMs);
      started?.ticker.nudgeAfter(afterMs);
    },
    enqueueRun: waker.enqueueRun,
    cancelRun: (rejection) => started?.session.abort('stop-requested', rejection),
    idle: async () => (started?.session.live ?? 0) === 0 && (await nothingWaits(pool)),
  };
}
