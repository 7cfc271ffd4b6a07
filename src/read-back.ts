import type { FactOf } from './domain/fact.ts';
import type { At } from './domain/stage.ts';
import { judgeTree } from './judge-tree.ts';
import { Fenced, type Ports, Shut, Weather } from './ports.ts';
import { readBase } from './read-base.ts';

/** What stands on base after a merge: what was judged green or not; `red`: judged now for the first time, and why not. */
export type ReadMerge = Pick<FactOf<'merged'>, 'asJudged' | 'red'>;

async function readBack(ports: Ports, stage: At<'proposed'>, sha: string): Promise<ReadMerge> {
  await ports.repository.fetch(await ports.forge.gitAccess(false));
  const tree = await ports.repository.treeOf(sha);
  const known = stage.judgements.filter((judged) => judged.tree === tree);
  if (known.some(({ verdict }) => verdict.passed)) return { asJudged: true };
  // Somebody merged by hand what they could see to be red.
  if (known.length > 0) return { asJudged: false };
  const [parent] = await ports.repository.parents(sha);
  const read = parent === undefined ? null : await readBase(ports, parent);
  if (read === null || 'problems' in read) return { asJudged: false };
  const { passed, held, because } = await judgeTree(ports, read.base, stage.approved, tree);
  if (passed) return { asJudged: true };
  // What people have to decide takes nothing back.
  return held === undefined ? { asJudged: false, red: because } : { asJudged: false };
}

/**
 * Whether what a merge made is what was judged: base may move between judging and merging, and GitHub compares the head
 * alone. It is when its tree is one that was green, or is green when judged now against what it was merged into; what
 * cannot be read is not. Throws what passes by itself, to be asked again.
 */
export async function readMerge(ports: Ports, stage: At<'proposed'>, sha: string): Promise<ReadMerge> {
  try {
    return await readBack(ports, stage, sha);
  } catch (error) {
    if (error instanceof Weather || error instanceof Fenced || error instanceof Shut) throw error;
    return { asJudged: false };
  }
}
