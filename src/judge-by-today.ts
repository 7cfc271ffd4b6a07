import { oracleChanges, type Pair } from './oracle-paths.ts';
import type { Ports } from './ports.ts';

/** The merge of a head into base, against base; null where the two conflict. */
async function mergePair({ repository }: Ports, head: string, now: string): Promise<Pair | null> {
  const merged = await repository.merge(now, head);
  return 'conflicts' in merged ? null : { from: now, head: await repository.commit(merged.tree, [now, head], '') };
}

/** What was judged in place of a head, and what came of it; or why that cannot be judged: head and base conflict. */
export type ByToday<T> = { readonly pair: Pair; readonly judged: T } | { readonly behind: 'behind' | 'redBehind' };

/**
 * A head against the commit of base that it stands on. Nobody chooses an older one to be judged by less: where base, which
 * is at `now`, is judged by other files since then, and where something is forgiven because it is red on that older
 * commit, the head's merge into base is judged against base instead. `judge` may be called twice; the last one counts.
 */
export async function judgeByToday<T>(
  ports: Ports,
  head: string,
  now: string,
  judge: (pair: Pair, onForgiven: () => void) => Promise<T>,
): Promise<ByToday<T>> {
  let forgives = false;
  const judgeOne = async (pair: Pair) => ({
    pair,
    judged: await judge(pair, () => {
      forgives = true;
    }),
  });
  const from = (await ports.repository.mergeBase(now, head)) ?? now;
  if (from === now) return judgeOne({ from, head });
  if ((await oracleChanges(ports, { from, head: now })).length === 0) {
    const judged = await judgeOne({ from, head });
    if (!forgives) return judged;
  }
  const merged = await mergePair(ports, head, now);
  return merged === null ? { behind: forgives ? 'redBehind' : 'behind' } : judgeOne(merged);
}
