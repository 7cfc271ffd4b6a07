import { randomInt } from 'node:crypto';

const POOL = 256;
const NOBODY = 65534;
const taken = new Set<number>();

/** Whether a pool of uids may begin here: never 0, no account of the system, never `nobody`. */
export const isPoolStart = (first: number): boolean =>
  Number.isInteger(first) && first >= 1000 && (first > NOBODY || first + POOL <= NOBODY);

/**
 * A uid of the 256 from `first` that no run of this process has, and how to give it back; null when all are taken. Each
 * concurrent run has its own, so that on the host one can neither signal nor read another. Drawn: the uid of a run tells
 * nothing of how many there were before it or run beside it.
 */
export function takeUid(first: number): { readonly uid: number; release(): void } | null {
  const free = Array.from({ length: POOL }, (_, i) => first + i).filter((uid) => !taken.has(uid));
  const uid = free[free.length === 0 ? 0 : randomInt(free.length)];
  if (uid === undefined) return null;
  taken.add(uid);
  return { uid, release: () => taken.delete(uid) };
}
