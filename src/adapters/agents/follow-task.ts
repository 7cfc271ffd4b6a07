import type { Gateway, GatewayRun, Task } from '../../ports.ts';
import type { ThreadEvent } from './thread.ts';

/** A round as it goes on: what whoever watches it wants, what it cost, and why it has to end. */
export interface Following {
  /** Its one way to its model. */
  readonly gateway: Gateway;
  /** Aborted when the round has to end, for whatever reason. */
  readonly signal: AbortSignal;
  readonly late: AbortSignal;
  readonly idle: AbortSignal;
  readonly idleMs: number;
  /** Why whoever watches has stopped it; null while nobody has. */
  readonly stopped: string | null;
  /** Tells whoever watches what the agent is told. */
  tell(text: string): void;
  /** For `Thread.turn`. */
  readonly on: (event: ThreadEvent) => 'go-on' | 'hand-back';
  /** The words that wait for the agent, once; null for none. Of several the last: it was said with the most in view. */
  takeNudge(): string | null;
  /** Nothing more is counted or told. */
  end(): Promise<void>;
}

export interface FollowOptions {
  readonly door: (run: Omit<GatewayRun, 'model'>) => Gateway;
  /** Longest time without any event. Default 10 minutes. */
  readonly idleMs?: number | undefined;
}

const IDLE_MS = 600_000;
/** Far more than any round takes that comes to something. */
const MOST_REQUESTS = 500;

/** What whoever watches wants of the agent, of what was said so far. */
function heeded(task: Task, stop: AbortController) {
  let nudge: string | null = null;
  let stopped: string | null = null;
  const tell = (event: Parameters<Task['on']>[0]): void => {
    const wanted = task.on(event);
    if (wanted?.do === 'nudge') nudge = wanted.text;
    if (wanted?.do !== 'stop' || stopped !== null) return;
    stopped = wanted.because;
    stop.abort(new Error(stopped));
  };
  const take = (): string | null => {
    const words = nudge;
    nudge = null;
    return words;
  };
  return { tell, take, nudged: () => nudge !== null, stopped: () => stopped };
}

/**
 * Leads the events of a round to whoever watches it, heeds what comes back, and counts at the one door what it costs.
 * Throws `ModelRefused` where the door cannot be opened.
 */
export function follow(task: Task, { door, idleMs = IDLE_MS }: FollowOptions): Following {
  const { minutes, tokens, money } = task.brief.limits;
  const idle = new AbortController();
  const stop = new AbortController();
  const late = AbortSignal.timeout(minutes * 60_000);
  const heed = heeded(task, stop);
  const ended = AbortSignal.any([task.signal, late, idle.signal, stop.signal]);
  const gateway = door({
    budget: { tokens, requests: MOST_REQUESTS, money },
    signal: ended,
    onEntry: (entry) => {
      timer.refresh();
      task.onEntry?.(entry);
      if (entry.is === 'answered') heed.tell({ is: 'spent', tokens: entry.tokens });
    },
  });
  const timer = setTimeout(() => idle.abort(new Error('idle')), idleMs);
  return {
    gateway,
    signal: AbortSignal.any([ended, gateway.cut]),
    late,
    idle: idle.signal,
    idleMs,
    get stopped() {
      return heed.stopped();
    },
    tell: (text) => heed.tell({ is: 'told', text }),
    on(event) {
      timer.refresh();
      heed.tell(event);
      return heed.nudged() ? 'hand-back' : 'go-on';
    },
    takeNudge: heed.take,
    async end() {
      clearTimeout(timer);
      await gateway.close();
    },
  };
}
