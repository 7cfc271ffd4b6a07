import { setTimeout as sleep } from 'node:timers/promises';
import { DBOS, DBOSClient } from '@dbos-inc/dbos-sdk';
import type { Pool, PoolClient } from 'pg';
import type { RejectionKey } from '../../domain/rejection.ts';
import { type Log, Weather } from '../../ports.ts';
import { quietLogger } from './dbos-internals.ts';
import { type Delivery, openDeliveries, type SavedDelivery } from './deliveries.ts';
import { drainer } from './drain.ts';
import { insist } from './insist.ts';
import { openReaper } from './reaper.ts';
import { transaction } from './transaction.ts';
import type { Waking } from './wakes.ts';
import * as wakes from './wakes.ts';
import { APPLICATION, abandoned, declareQueues, queueAdvance, queueRun, setWork, VERSION } from './workflows.ts';

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
const ABORT_GRACE_MS = 2000;

/** Everything an engine has while it is started. */
interface Session {
  readonly client: DBOSClient;
  readonly tick: () => Promise<void>;
  readonly timers: Set<NodeJS.Timeout>;
  readonly runs: Map<RejectionKey, Set<AbortController>>;
  readonly live: Set<Promise<void>>;
  readonly leave: () => Promise<void>;
  stopping: boolean;
}

/** A failure is tried again no sooner than the world asked for. */
const askedDelay = (error: unknown): number =>
  error instanceof Weather ? Math.min(error.retryAfterMs ?? 0, 3_600_000) : 0;

/** Wraps a pool of migrated tables. Nothing is worked on before `start`; what is delivered until then is kept. */
export function openEngine(options: EngineOptions): Engine {
  const { pool, log } = options;
  const retryUnitMs = options.retryUnitMs ?? 1000;
  const deliveries = openDeliveries(pool);
  let session: Session | undefined;

  // Needs no launched engine: a process that only receives webhooks, or a command, can wake and enqueue too.
  const writer = DBOSClient.create({
    systemDatabaseUrl: options.url,
    systemDatabasePool: pool,
    applicationName: APPLICATION,
    logger: quietLogger(log),
  });

  const later = (delayMs: number): void => {
    const at = session;
    if (at === undefined || at.stopping || delayMs > 60_000) return;
    const timer = setTimeout(() => {
      at.timers.delete(timer);
      void at.tick();
    }, delayMs + 5);
    timer.unref();
    at.timers.add(timer);
  };

  const wakeAll = async (client: PoolClient, wakings: readonly Waking[]): Promise<void> => {
    // In one order for everybody: two transactions that wake the same rejections must not wait for each other.
    for (const waking of wakings.toSorted((a, b) => (a.rejection < b.rejection ? -1 : 1))) {
      const wake = await wakes.raise(client, waking);
      if (wake !== null) await queueAdvance(await writer, client, wake);
    }
  };

  const wakeNow = (waking: Waking): Promise<void> => transaction(pool, (client) => wakeAll(client, [waking]));

  const wakeDue = (): Promise<void> =>
    transaction(pool, async (client) => {
      await wakeAll(client, await wakes.takeAlarms(client));
      for (const wake of await wakes.takeOrphans(client)) await queueAdvance(await writer, client, wake);
    });

  const advance = async (at: Session, handlers: EngineHandlers, waking: Waking): Promise<void> => {
    const over = () => at.stopping;
    for (;;) {
      const number = await insist(() => wakes.owed(pool, waking.rejection), over);
      if (number === null || at.stopping) return;
      try {
        await handlers.advance(waking);
      } catch (error) {
        const least = askedDelay(error);
        const next = await insist(() => wakes.putOff(pool, waking.rejection, retryUnitMs, least), over);
        log.warn('advance failed, trying again', { rejection: waking.rejection, ...next, error: String(error) });
        return later(next.delayMs);
      }
      // An event at any moment of the advance has raised the number, and is worked off by going on.
      if (await insist(() => wakes.settle(pool, waking.rejection, number), over)) return;
    }
  };

  const run = async (at: Session, handlers: EngineHandlers, waking: Waking, id: string): Promise<void> => {
    const controller = new AbortController();
    const own = at.runs.get(waking.rejection) ?? new Set();
    at.runs.set(waking.rejection, own.add(controller));
    try {
      await handlers.run(waking, id, controller.signal);
    } catch (error) {
      if (at.stopping) return abandoned();
      log.warn('run failed', { rejection: waking.rejection, run: id, error: String(error) });
    } finally {
      own.delete(controller);
      if (own.size === 0) at.runs.delete(waking.rejection);
    }
    // Without this wake nobody would learn that the run is over: if it cannot be written, the run counts as not ended.
    await insist(
      () => wakeNow(waking),
      () => at.stopping,
    ).catch(() => abandoned());
  };

  /** Keeps count of the handlers at work, so that `stop` can wait for them. */
  const counted = (at: Session, work: () => Promise<void>): Promise<void> => {
    if (at.stopping) return abandoned();
    const done = work();
    const entry = done.catch(() => {}).finally(() => at.live.delete(entry));
    at.live.add(entry);
    return done;
  };

  const start = async (handlers: EngineHandlers): Promise<void> => {
    if (session !== undefined) throw new Error('the engine is started already');
    const reaper = openReaper(pool, options.url, options.deadAfterMs ?? 20_000);
    const client = await writer;
    const drain = drainer({
      pool,
      deliveries,
      concerns: (d) => handlers.concerns(d),
      wakeAll,
      retryUnitMs,
      later,
      log,
    });
    const attempt = async (what: string, work: () => Promise<unknown>) => {
      try {
        await work();
      } catch (error) {
        log.warn(`${what} failed, trying again`, { error: String(error) });
      }
    };
    const tick = async () => {
      if (at.stopping) return;
      await attempt('waking what is due', wakeDue);
      await attempt('draining', drain);
    };
    const beat = () => attempt('heartbeat', reaper.beat);
    const at: Session = {
      client,
      tick,
      timers: new Set(),
      runs: new Map(),
      live: new Set(),
      leave: reaper.leave,
      stopping: false,
    };
    session = at;
    setWork({
      advance: (waking) => counted(at, () => advance(at, handlers, waking)),
      run: (waking, id) => counted(at, () => run(at, handlers, waking, id)),
    });
    await declareQueues(client, { perRepository: options.perRepository ?? 2, perWorker: options.perWorker ?? 2 });
    await reaper.beat().catch(() => 0);
    DBOS.setConfig({
      name: APPLICATION,
      systemDatabaseUrl: options.url,
      systemDatabasePool: pool,
      executorID: reaper.me,
      applicationVersion: VERSION,
      logger: quietLogger(log),
      runMigrations: false,
      useListenNotify: false,
    });
    await DBOS.launch();
    await reaper.beat();
    for (const timer of [setInterval(() => void tick(), TICK_MS), setInterval(() => void beat(), BEAT_MS)]) {
      timer.unref();
      at.timers.add(timer);
    }
    void tick();
  };

  const settled = (at: Session, withinMs: number): Promise<unknown> =>
    Promise.race([Promise.all(at.live), sleep(withinMs, undefined, { ref: false })]);

  const stop = async (drainMs: number): Promise<void> => {
    const at = session;
    if (at === undefined) return;
    at.stopping = true;
    for (const timer of at.timers) clearTimeout(timer);
    if (drainMs > 0) await settled(at, drainMs);
    for (const own of at.runs.values()) for (const controller of own) controller.abort('shutting-down');
    await settled(at, ABORT_GRACE_MS);
    // What has just ended still has its end written; what was abandoned would be waited for in vain.
    await DBOS.shutdown({ workflowCompletionTimeoutMS: at.live.size === 0 ? 1000 : 200 });
    setWork(undefined);
    await at.leave();
    session = undefined;
  };

  return {
    start,
    deliver: async (delivery) => {
      const found = await deliveries.saveDelivery(delivery);
      if (found === 'new') void session?.tick();
      return found;
    },
    wake: async (waking, afterMs = 0) => {
      if (afterMs <= 0) return wakeNow(waking);
      await wakes.setAlarm(pool, waking, afterMs);
      later(afterMs);
    },
    enqueueRun: async (waking, id) => queueRun(await writer, waking, id),
    cancelRun: (rejection) => {
      for (const controller of session?.runs.get(rejection) ?? []) controller.abort('stop-requested');
    },
    idle: async () => (session?.live.size ?? 0) === 0 && (await wakes.nothingWaits(pool)),
    stop,
  };
}
