import { setTimeout as sleep } from 'node:timers/promises';

/** Longest wait for anything that a story waits for: limits that GitHub gives again and again are waited for ever longer. */
const PATIENCE_MS = 180_000;

/** Waits until `probe` gives something, and returns it. Throws with `what` and what `why` tells when it never does. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | null | undefined | false>,
  { patienceMs = PATIENCE_MS, why = async () => '' } = {},
): Promise<T> {
  for (const end = performance.now() + patienceMs; performance.now() < end; ) {
    const found = await probe();
    if (found !== null && found !== undefined && found !== false) return found;
    await sleep(25);
  }
  throw new Error(`waited in vain: ${what}\n${await why()}`);
}
