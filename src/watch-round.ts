import type { AgentEvent, Intervention } from './domain/agent-event.ts';
import { watchedEnd } from './domain/messages/watch.ts';
import { nudgeFor } from './domain/prompts/nudge.ts';
import { keyOf } from './domain/rejection.ts';
import { type WatchRules, watchAgent, watching } from './domain/watch-agent.ts';
import type { Ports } from './ports.ts';
import { recordAfterwards } from './write-once.ts';

/** A round that is followed. */
export interface FollowedRound extends WatchRules {
  readonly round: number;
}

/** Follows one round of an agent, and holds it up in nothing. */
export interface Follower {
  /** Called for each event in order. */
  on(event: AgentEvent): Intervention | null;
  /** The round is over, however it ended: resolves once all that is to be kept of it is kept. */
  end(): Promise<void>;
}

/** Nudges the agent once, then stops it. Each nudge is a fact, and shown in the status. */
function watcher(ports: Ports, { round, paths, oracle }: FollowedRound): Follower {
  const watch = watchAgent({ paths, oracle });
  let state = watching;
  let recorded = Promise.resolve();
  const record = async (reason: Parameters<typeof nudgeFor>[0]): Promise<void> => {
    await recordAfterwards(ports, [{ kind: 'nudged', round, reason }]);
    await ports.queue.wakeAfter(ports.ref, 0);
  };
  return {
    on: (event) => {
      const { state: next, does } = watch(state, event);
      state = next;
      if (does === null) return null;
      const { reason } = does;
      if (does.do === 'stop') return { do: 'stop', because: watchedEnd(reason) };
      // A fact that is lost with its database takes no work with it: whatever comes next fails for the same reason.
      recorded = record(reason).catch((error: unknown) =>
        ports.log.warn('a nudge could not be recorded', { rejection: keyOf(ports.ref), error }),
      );
      return { do: 'nudge', text: nudgeFor(reason) };
    },
    end: () => recorded,
  };
}

/** Everybody who follows a round. */
const followersOf = (ports: Ports, round: FollowedRound): readonly Follower[] => [watcher(ports, round)];

/** An end goes before words. */
const strongest = (wanted: readonly (Intervention | null)[]): Intervention | null =>
  wanted.find((one) => one?.do === 'stop') ?? wanted.find((one) => one !== null) ?? null;

/** Lets a round be followed while it works. Throws what `work` throws. */
export async function followRound<T>(
  ports: Ports,
  round: FollowedRound,
  work: (on: Follower['on']) => Promise<T>,
): Promise<T> {
  const followers = followersOf(ports, round);
  const ends = () => followers.map((one) => one.end());
  let done: T;
  try {
    done = await work((event) => strongest(followers.map((one) => one.on(event))));
  } catch (error) {
    await Promise.allSettled(ends());
    throw error;
  }
  await Promise.all(ends());
  return done;
}
