import { DBOS } from '@dbos-inc/dbos-sdk';
import { Advances } from './advances.ts';
import { AtWork } from './at-work.ts';
import { quietLogger, restartQueues } from './dbos-internals.ts';
import type { Deliveries, SavedDelivery } from './deliveries.ts';
import { drain } from './drain.ts';
import type { EngineHandlers, EngineOptions } from './engine.ts';
import { PACE } from './gate.ts';
import { type Lease, openLease } from './lease.ts';
import type { Around } from './points.ts';
import { tidyQuota } from './quota.ts';
import { type Notice, openReaper, type Reaper } from './reaper.ts';
import { tidy } from './retention.ts';
import { Runs } from './runs.ts';
import { openTicker, type Task, type Ticker } from './ticker.ts';
import type { Waker } from './waker.ts';
import { watchClock } from './wall-clock.ts';
import { APPLICATION, declareQueue, setWork, VERSION } from './workflows.ts';

const TICK_MS = 1000;
const HEED_MS = 2000;
/** Less only makes one look at the queues come that much later. */
const CLOCK_STEP_MS = 2000;
const TIDY_MS = 3_600_000;
const ADVANCES = 16;
const RETRY_UNIT_MS = 1000;
const LONG_DELAY_MS = 60_000;
/** For handlers that were told to end. */
const ABORT_GRACE_MS = 2000;

export type StartOptions = EngineOptions & { readonly deadAfterMs: number };

/** What is there before the start, and what work is handed to. */
export interface Parts {
  readonly waker: Waker;
  readonly deliveries: Deliveries;
  readonly around: Around;
  readonly handlers: EngineHandlers;
}

/** Everything the engine has between its start and its stop. */
export interface Started {
  readonly atWork: AtWork;
  readonly advances: Advances;
  readonly runs: Runs;
  readonly lease: Lease;
  readonly reaper: Reaper;
  readonly ticker: Ticker;
  /** Looks for what is due after so many milliseconds. */
  later(delayMs: number): void;
}

function configure({ pool, url, log }: StartOptions, executor: string): void {
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
function assemble(options: StartOptions, parts: Parts): Started {
  const { pool, url, log, deadAfterMs, retryUnitMs = RETRY_UNIT_MS } = options;
  const { around, handlers } = parts;
  const tasks: Partial<Record<Notice, Task>> = {};
  const heard = (notice: Notice) => (notice === 'forgotten' ? options.onForgotten?.() : tasks[notice]?.nudge());
  const reaper = openReaper({ pool, url, deadAfterMs, log, heard });
  const lease = openLease({ deadAfterMs, callMs: options.callMs ?? deadAfterMs / 2 });
  const atWork = new AtWork();
  const executor = reaper.me;
  const runs = new Runs({ pool, executor, handlers, atWork, around, log });
  const later = (delayMs: number) => due.after(delayMs);
  const advances = new Advances({
    ...{ pool, executor, deadAfterMs, handlers, atWork, around, retryUnitMs, later, log },
    slots: options.advancesAtOnce ?? ADVANCES,
    pace: { ...PACE, ...options.gate },
    longMs: options.longDelayMs ?? LONG_DELAY_MS,
  });
  const ticker = openTicker(log);
  const due = ticker.every(TICK_MS, 'waking what is due', () => wakeDue(parts, advances));
  tasks.ready = ticker.every(TICK_MS, 'claiming advances', () => advances.pump());
  const concerns = (delivery: SavedDelivery) => handlers.concerns(delivery);
  const drainAll = () =>
    drain({ pool, deliveries: parts.deliveries, concerns, retryUnitMs, later: drainLater, log, around });
  tasks.delivery = ticker.every(TICK_MS, 'draining', drainAll);
  const drainLater = (delayMs: number) => tasks.delivery?.after(delayMs);
  tasks.stop = ticker.every(options.heedMs ?? HEED_MS, 'reading requests to stop', () => runs.heed());
  const wasSetBack = watchClock(CLOCK_STEP_MS);
  const lookAtClock = async () => {
    if (wasSetBack()) await restartQueues(() => atWork.stopping);
  };
  ticker.every(TICK_MS, 'looking at the clock', lookAtClock);
  const beatMs = options.beatMs ?? deadAfterMs / 4;
  ticker.every(beatMs, 'heartbeat', () => around('engine.beat', {}, () => lease.renew(() => reaper.beat())));
  tasks.gone = ticker.every(beatMs, 'looking for dead workers', () => around('engine.reap', {}, () => reaper.reap()));
  ticker.every(beatMs, 'looking for lost claims', () => advances.freeLost());
  const clear = async () => {
    await tidyQuota(pool);
    await tidy(pool);
  };
  // Not at once: after days of standing still, what waits is worked off before anything goes by its age.
  ticker.every(TIDY_MS, 'tidying', clear, false);
  return { atWork, advances, runs, lease, reaper, ticker, later };
}

async function wakeDue({ waker, around }: Parts, advances: Advances): Promise<void> {
  if ((await around('engine.wake-due', {}, () => waker.wakeDue())) > 0) await advances.pump();
  await advances.lineUp();
  await advances.probe();
  await advances.tellDelays();
}

/** Signs on, takes over what dead workers left, and begins to work. */
export async function startWork(options: StartOptions, parts: Parts): Promise<Started> {
  const started = assemble(options, parts);
  const { reaper, lease, ticker, runs } = started;
  const { perRepository = 2, perWorker = 2 } = options;
  setWork(runs);
  await declareQueue(parts.waker.client, { perRepository, perWorker });
  await lease.renew(async () => {
    await reaper.signOn();
    return true;
  });
  configure(options, reaper.me);
  await DBOS.launch();
  // Reaps at once, and again with each heartbeat.
  ticker.start();
  return started;
}

/** Lets work end, then ends it, and gives the rest back. The heartbeat goes on until then: the work is still ours. */
export async function stopWork(started: Started, drainMs: number, around: Around): Promise<void> {
  const { atWork, advances, runs, reaper, ticker, lease } = started;
  atWork.stop();
  if (drainMs > 0) await atWork.settled(drainMs);
  runs.abort('shutting-down');
  await atWork.settled(ABORT_GRACE_MS);
  await advances.quiet();
  ticker.stop();
  lease.end();
  // What has just ended still has its end written; what was abandoned would be waited for in vain.
  await DBOS.shutdown({ workflowCompletionTimeoutMS: runs.abandoned ? 200 : 1000 });
  setWork(undefined);
  await around('engine.sign-off', {}, () => reaper.leave());
}
