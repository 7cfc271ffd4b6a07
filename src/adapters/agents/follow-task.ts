import type { Task } from '../../ports.ts';
import type { ThreadEvent } from './thread.ts';

/** A round as it goes on: what whoever watches it wants, what it cost, and why it has to end. */
export interface Following {
  /** Aborted when the round has to end, for whatever reason. */
  readonly signal: AbortSignal;
  readonly late: AbortSignal;
  readonly idle: AbortSignal;
  readonly idleMs: number;
  /** Why whoever watches has stopped it; null while nobody has. */
  readonly stopped: string | null;
  readonly spent: { readonly tokens: number; readonly requests: number };
  /** Tells whoever watches what the agent is told. */
  tell(text: string): void;
  /** For `Thread.turn`. */
  readonly on: (event: ThreadEvent) => 'go-on' | 'hand-back';
  /** The words that wait for the agent, once; null for none. Of several the last: it was said with the most in view. */
  takeNudge(): string | null;
  end(): void;
}

const IDLE_MS = 600_000;

/** Leads the events of a round to whoever watches it, and heeds what comes back. */
export function follow(task: Task, idleMs = IDLE_MS): Following {
  const idle = new AbortController();
  const stop = new AbortController();
  const late = AbortSignal.timeout(task.brief.limits.minutes * 60_000);
  const timer = setTimeout(() => idle.abort(new Error('idle')), idleMs);
  const spent = { tokens: 0, requests: 0 };
  let nudge: string | null = null;
  let stopped: string | null = null;

  const tell: Task['on'] = (event) => {
    const wanted = task.on(event);
    if (wanted?.do === 'nudge') nudge = wanted.text;
    if (wanted?.do === 'stop' && stopped === null) {
      stopped = wanted.because;
      stop.abort(new Error(stopped));
    }
    return wanted;
  };

  return {
    signal: AbortSignal.any([task.signal, late, idle.signal, stop.signal]),
    late,
    idle: idle.signal,
    idleMs,
    get stopped() {
      return stopped;
    },
    spent,
    tell: (text) => void tell({ is: 'told', text }),
    on(event) {
      timer.refresh();
      if (event.is === 'spent') {
        spent.tokens += event.tokens;
        spent.requests++;
      }
      tell(event);
      return nudge === null ? 'go-on' : 'hand-back';
    },
    takeNudge() {
      const words = nudge;
      nudge = null;
      return words;
    },
    end: () => clearTimeout(timer),
  };
}
