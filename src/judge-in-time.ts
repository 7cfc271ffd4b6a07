import { guard as say } from './domain/messages/guard.ts';
import type { Verdict } from './domain/verdict.ts';

/** What ends the runs of a judgement, where something does. */
export interface Time {
  /** All of them. */
  readonly signal?: AbortSignal | undefined;
  /** Those that are made again, to tell noise from a break: without them it is not known, and that is a verdict, too. */
  readonly again?: AbortSignal | undefined;
}

/**
 * Judges for so many minutes at most, of which runs that are made again have the first half. What is not over by then is
 * neither good nor bad, whatever was found: a person has to say what to do. `stop` ends it at once, with its reason: what
 * runs that were cut off come to is no verdict.
 */
export async function judgeInTime(
  minutes: number,
  stop: AbortSignal | undefined,
  judge: (time: Time) => Promise<Verdict>,
): Promise<Verdict> {
  const limit = AbortSignal.timeout(minutes * 60_000);
  const signal = AbortSignal.any(stop === undefined ? [limit] : [limit, stop]);
  const verdict = await judge({ signal, again: AbortSignal.any([signal, AbortSignal.timeout(minutes * 30_000)]) });
  stop?.throwIfAborted();
  if (!limit.aborted) return verdict;
  return { name: 'gate', passed: false, held: 'waits', because: say.tooLong(minutes) };
}
