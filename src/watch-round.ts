import type { AgentEvent, Intervention } from './domain/agent-event.ts';
import type { Reason } from './domain/fact.ts';
import { watchedEnd } from './domain/messages/watch.ts';
import { nudgeFor } from './domain/prompts/nudge.ts';
import { keyOf } from './domain/rejection.ts';
import { type WatchRules, watchAgent, watching } from './domain/watch-agent.ts';
import type { Ports } from './ports.ts';
import { recordAfterwards } from './write-once.ts';

/** A round that is watched. */
export interface WatchedRound extends WatchRules {
  readonly round: number;
}

/**
 * Lets a round be watched while it works, and held up in nothing: the agent is nudged once, then stopped. Each nudge is a
 * fact, recorded by the end of the round, and shown in the status. Throws what `work` throws.
 */
export async function watchRound<T>(
  ports: Ports,
  { round, paths, oracle }: WatchedRound,
  work: (on: (event: AgentEvent) => Intervention | null) => Promise<T>,
): Promise<T> {
  const watch = watchAgent({ paths, oracle });
  let state = watching;
  let recorded = Promise.resolve();
  const record = async (reason: Reason): Promise<void> => {
    try {
      await recordAfterwards(ports, [{ kind: 'nudged', round, reason }]);
      await ports.queue.wakeAfter(ports.ref, 0);
    } catch (error) {
      // Whatever lost it is met by the round's own facts, too.
      ports.log.warn('a nudge could not be recorded', { rejection: keyOf(ports.ref), error });
    }
  };
  const on = (event: AgentEvent): Intervention | null => {
    const { state: next, does } = watch(state, event);
    state = next;
    if (does === null) return null;
    const { reason } = does;
    if (does.do === 'stop') return { do: 'stop', because: watchedEnd(reason) };
    recorded = record(reason);
    return { do: 'nudge', text: nudgeFor(reason) };
  };
  try {
    return await work(on);
  } finally {
    await recorded;
  }
}
