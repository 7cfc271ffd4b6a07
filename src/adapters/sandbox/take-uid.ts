const POOL = 256;
const NOBODY = 65534;
const taken = new Set<number>();

/** Whether a pool of uids may begin here: never 0, no account of the system, never `nobody`. */
export const isPoolStart = (first: number): boolean =>
  Number.isInteger(first) && first >= 1000 && (first > NOBODY || first + POOL <= NOBODY);

/**
 * The smallest uid from `first` that no run of this process has, and how to give it back; null when all are taken. Each
 * concurrent run has its own, so that on the host one can neither signal nor read another.
 */
export function takeUid(first: number): { readonly uid: number; release(): void } | null {
  for (let uid = first; uid < first + POOL; uid++) {
    if (taken.has(uid)) continue;
    taken.add(uid);
    return { uid, release: () => taken.delete(uid) };
  }
  return null;
}
