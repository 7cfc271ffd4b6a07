import type { FactOf } from './domain/fact.ts';
import type { At } from './domain/stage.ts';
import { judgeTree } from './judge-tree.ts';
import { Fenced, type Ports, Shut, Weather } from './ports.ts';
import { readBase } from './read-base.ts';
import { mergedOnto } from './undo-merge.ts';

/** What stands on base after a merge: what was judged green or not; `red`: judged now for the first time, and why not. */
export type ReadMerge = Pick<FactOf<'merged'>, 'asJudged' | 'red'>;

async function readBack(ports: Ports, stage: At<'proposed'>, sha: string): Promise<ReadMerge> {
  await ports.repository.fetch(await ports.forge.gitAccess(false));
  const tree = await ports.repository.treeOf(sha);
  const known = stage.judgements.filter((judged) => judged.tree === tree);
  if (known.some(({ verdict }) => verdict.passed)) return { asJudged: true };
  const { proposal, approved, judgements } = stage;
  const own = judgements.findLast(({ head, merge }) => head === proposal.head && !merge);
  // Somebody merged by hand what they could see to be red.
  if (known.length > 0 || own?.verdict.passed === false) return { asJudged: false };
  const onto = await mergedOnto(ports, { sha, issue: ports.ref.issue, again: approved.again });
  const read = onto === null ? null : await readBase(ports, onto);
  if (read === null || 'problems' in read) return { asJudged: false };
  const { passed, held, because } = await judgeTree(ports, read.base, approved, tree);
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
