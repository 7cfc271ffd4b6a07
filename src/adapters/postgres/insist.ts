import { setTimeout as sleep } from 'node:timers/promises';
import { Fenced } from '../../ports.ts';

/** SQLSTATE classes of a server that is away, busy, shutting down, or lost a race: trying again may help. */
const PASSING = /^(08|40|53|57)/;

/** Whether the database failed for now, rather than refused the statement. */
function passing(error: unknown): boolean {
  if (error instanceof Fenced) return false;
  const { code, errno } = (error ?? {}) as { code?: unknown; errno?: unknown };
  // EPIPE and its like have the form of an SQLSTATE, but are the system's.
  if (errno !== undefined) return true;
  return typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || PASSING.test(code);
}

/** Repeats `work` until it succeeds, fails for good, or `over` says that nobody waits for it any more. */
export async function insist<T>(work: () => Promise<T>, over: () => boolean): Promise<T> {
  for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 1000)) {
    try {
      return await work();
    } catch (error) {
      if (!passing(error) || over()) throw error;
      await sleep(waitMs);
    }
  }
}
