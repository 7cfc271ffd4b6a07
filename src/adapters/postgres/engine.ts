import type { Pool } from 'pg';
import type { Figures } from '../../domain/figures.ts';
import { engineTrouble } from '../../domain/messages/engine.ts';
import type { RejectionKey } from '../../domain/rejection.ts';
import { type Log, type Observer, Weather } from '../../ports.ts';
import { type Delivery, openDeliveries, type SavedDelivery } from './deliveries.ts';
import { askToStop, type Fence } from './fence.ts';
import { figuresOf, type Health, healthOf } from './figures.ts';
import type { Because, GatePace } from './gate.ts';
import { pausedBy } from './pause.ts';
import { aroundWith } from './points.ts';
import { type Quota, takeQuota } from './quota.ts';
import { type Started, startWork, stopWork } from './started.ts';
import { openWaker } from './waker.ts';
import { nothingWaits, setAlarm, type Waking } from './wakes.ts';

export { ENGINE_POINTS } from './points.ts';
export type { Because, Delivery, Fence, Figures, GatePace, Health, Quota, SavedDelivery, Waking };

export interface EngineHandlers {
  /** Which rejections an arrived delivery concerns. Pure reading; throws only on weather. */
  concerns(delivery: SavedDelivery): Promise<readonly Waking[]>;
  /**
   * Does what is due for the rejection. One at a time per rejection; when it throws it is called again later, except for
   * `Fenced`: then another worker has it.
   */
  advance(waking: Waking, fence: Fence): Promise<void>;
  /**
   * One agent round or judging, long. `run` is chosen by the enqueuer, unique per piece of work. `signal` aborts with
   * the reason `stop-requested` (the work is over), `paused` (it is over, and to be queued anew later), `shutting-down` (throw, and another worker starts it again) or
   * `taken-over` (throw: another worker has started it already). `again`: a process ended in the middle of it, and not in
   * order.
   */
  run(waking: Waking, run: string, signal: AbortSignal, fence: Fence, again: boolean): Promise<void>;
  /**
   * Tells people that the rejection waits for GitHub, once per reason. Not while an advance is at work. GitHub may not
   * answer meanwhile, so this should need only the ledger; what it throws is logged.
   */
  delayed?(waking: Waking, fence: Fence, delay: { readonly until: Date; readonly because: Because }): Promise<void>;
}

/** The durable queues. What it has accepted is done at least once, whatever dies. */
export interface Engine {
  /** Takes over what dead processes left, and begins to work. Once per process at a time; again after `stop`. */
  start(handlers: EngineHandlers): Promise<void>;
  /** Resolves once the delivery is durable. It is drained right after, by any worker. Needs no start. */
  deliver(delivery: Delivery): Promise<'new' | 'known'>;
  /** Has the rejection advanced: now, or after a while. Durable once it resolves. Needs no start. */
  wake(waking: Waking, afterMs?: number): Promise<void>;
  /**
   * Queues a run; the same (rejection, run) twice is one run. Its end, also by a throw, wakes the rejection. `ended` when
   * it was queued before and is over.
   */
  enqueueRun(waking: Waking, run: string): Promise<'queued' | 'ended'>;
  /** Ends the run that the rejection has at work, wherever: here at once, elsewhere within two seconds. Durable. */
  cancelRun(rejection: RejectionKey): Promise<void>;
  /**
   * For how many milliseconds a write may last now, `callMs`. Throws `Weather` while everything is paused, when others may
   * take over before that, or when `creates` more comments, checks and so on are more than the installation may make now.
   */
  leaveToWrite(waking: Waking, creates: number): Promise<number>;
  /** Nothing undrained, queued, running, owed or due. An alarm in the future does not count. */
  idle(): Promise<boolean>;
  /** Never throws; answers within a second. */
  health(): Promise<Health>;
  figures(): Promise<Figures>;
  /**
   * Lets work end for at most `drainMs`, then aborts it and signs off. What was interrupted is started again at once by
   * another worker, or by the next process.
   */
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
  /** Advances at once in this process. Default 16. */
  readonly advancesAtOnce?: number;
  /** A failed advance waits 2^n units. Default 1000 ms. */
  readonly retryUnitMs?: number;
  /** How long after its last heartbeat a worker's work is taken over. Default 20 s. */
  readonly deadAfterMs?: number;
  /** Default a quarter of `deadAfterMs`. */
  readonly beatMs?: number;
  /** The longest write on GitHub. Default half of `deadAfterMs`, the most that a heartbeat leaves. */
  readonly callMs?: number;
  /** How often a run looks for a request to stop, besides being told. Default 2 s. */
  readonly heedMs?: number;
  /** Default none. GitHub's are 80 per minute and 500 per hour. */
  readonly quota?: Quota;
  /** Pauses while GitHub's limits are used up or it is down. */
  readonly gate?: Partial<GatePace>;
  /** From how long on people are told that a rejection waits. Default 60 s. */
  readonly longDelayMs?: number;
  readonly observer?: Observer;
  /** Called when something was forgotten, and when that may have been missed: what is only remembered here has to go. */
  readonly onForgotten?: () => void;
}

/** Options that whoever opens the store may set. */
export type EngineTuning = Omit<EngineOptions, 'pool' | 'url' | 'log'>;

/** Wraps a pool of migrated tables. Nothing is worked on before `start`; what is delivered until then is kept. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { pool, log, quota, deadAfterMs = 20_000 } = options;
  const around = aroundWith(options.observer);
  const waker = await openWaker(pool, options.url, log);
  const deliveries = openDeliveries(pool);
  let started: Started | undefined;
  let stopping = false;

  const leaveOf = (): number => {
    if (started === undefined) throw new Weather(engineTrouble.outOfTouch(), 1000);
    return started.lease.toWrite();
  };

  return {
    start: async (handlers) => {
      if (started !== undefined) throw new Error('the engine is started already');
      started = await startWork({ ...options, deadAfterMs }, { waker, deliveries, around, handlers });
    },
    stop: async (drainMs) => {
      if (started === undefined || stopping) return;
      stopping = true;
      await stopWork(started, drainMs, around);
      started = undefined;
      stopping = false;
    },
    deliver: (delivery) => around('engine.deliver', { what: delivery.event }, () => deliveries.saveDelivery(delivery)),
    wake: async (waking, afterMs = 0) => {
      const { rejection } = waking;
      if (afterMs <= 0) return around('engine.raise', { rejection }, () => waker.wake(waking));
      await around('engine.alarm', { rejection }, () => setAlarm(pool, waking, afterMs));
      started?.later(afterMs);
    },
    enqueueRun: (waking, run) =>
      around('engine.enqueue-run', { rejection: waking.rejection, what: run }, () => waker.enqueueRun(waking, run)),
    cancelRun: async (rejection) => {
      started?.runs.abort('stop-requested', rejection);
      await around('engine.stop-run', { rejection }, () => askToStop(pool, rejection));
    },
    leaveToWrite: async (waking, creates) => {
      leaveOf();
      if ((await pausedBy(pool)) !== null) throw new Weather(engineTrouble.pausedNow(), 1000, { scope: 'rejection' });
      if (quota !== undefined && creates > 0)
        await around('engine.grant', { rejection: waking.rejection }, () => takeQuota(pool, quota, waking, creates));
      return leaveOf();
    },
    idle: async () => (await nothingWaits(pool)) && (started?.atWork.count ?? 0) === 0,
    health: async () => ({ ...(await healthOf(pool, started?.lease)), started: started !== undefined, stopping }),
    figures: () => figuresOf(pool, deadAfterMs),
  };
}
