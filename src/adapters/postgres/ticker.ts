import type { Log } from '../../ports.ts';

/** Does things every so often, and at once when nudged. */
export interface Ticker {
  every(ms: number, what: string, work: () => Promise<unknown>): void;
  start(): void;
  /** Does now what is done most often. */
  nudge(): void;
  nudgeAfter(delayMs: number): void;
  stop(): void;
}

interface Task {
  readonly ms: number;
  readonly what: string;
  readonly work: () => Promise<unknown>;
}

const LONGEST_OWN_TIMER_MS = 60_000;

/** A failure is logged and the next tick tries again: the tables say what is still to do. */
export function openTicker(log: Log): Ticker {
  const tasks: Task[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let running = false;

  const attempt = ({ what, work }: Task): void => {
    if (!running) return;
    work().catch((error: unknown) => {
      if (running) log.warn(`${what} failed, trying again`, { error: String(error) });
    });
  };
  const nudge = (): void => {
    const often = Math.min(...tasks.map(({ ms }) => ms));
    for (const task of tasks) if (task.ms === often) attempt(task);
  };

  return {
    every: (ms, what, work) => void tasks.push({ ms, what, work }),
    start: () => {
      running = true;
      for (const task of tasks) timers.add(setInterval(() => attempt(task), task.ms).unref());
      nudge();
    },
    nudge,
    nudgeAfter: (delayMs) => {
      // Far ones are found by the tick; a near one should not wait for it.
      if (!running || delayMs > LONGEST_OWN_TIMER_MS) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        nudge();
      }, delayMs + 5);
      timers.add(timer.unref());
    },
    stop: () => {
      running = false;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
