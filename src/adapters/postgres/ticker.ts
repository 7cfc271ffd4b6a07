import type { Log } from '../../ports.ts';

/** Something that is done every so often, and at once when asked for. */
export interface Task {
  /** Now; while it is being done, once more afterwards. */
  nudge(): void;
  after(delayMs: number): void;
}

export interface Ticker {
  /** `atStart`: also right away, which is the default. */
  every(ms: number, what: string, work: () => Promise<unknown>, atStart?: boolean): Task;
  start(): void;
  stop(): void;
}

const LONGEST_OWN_TIMER_MS = 60_000;

/** A failure is logged and the next tick tries again: the tables say what is still to do. */
export function openTicker(log: Log): Ticker {
  const tasks: { readonly ms: number; readonly nudge: () => void; readonly atStart: boolean }[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let running = false;

  /** No task is done twice at once, however slow it is and however often it is asked for. */
  const coalesced = (what: string, work: () => Promise<unknown>) => {
    let again = false;
    let busy = false;
    return async (): Promise<void> => {
      again = true;
      if (busy) return;
      busy = true;
      while (again && running) {
        again = false;
        await work().catch((error: unknown) => {
          if (running) log.warn(`${what} failed, trying again`, { error });
        });
      }
      busy = false;
    };
  };

  return {
    every: (ms, what, work, atStart = true) => {
      const attempt = coalesced(what, work);
      const nudge = () => void (running && attempt());
      tasks.push({ ms, nudge, atStart });
      const after = (delayMs: number) => {
        // Far ones are found by the tick; a near one should not wait for it.
        if (!running || delayMs > LONGEST_OWN_TIMER_MS) return;
        const timer = setTimeout(() => {
          timers.delete(timer);
          nudge();
        }, delayMs + 5);
        timers.add(timer.unref());
      };
      return { nudge, after };
    },
    start: () => {
      running = true;
      for (const { ms, nudge, atStart } of tasks) {
        timers.add(setInterval(nudge, ms).unref());
        if (atStart) nudge();
      }
    },
    stop: () => {
      running = false;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
