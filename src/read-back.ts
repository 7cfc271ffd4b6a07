import type { At } from './domain/stage.ts';
import { judgeTree } from './judge-tree.ts';
import { Fenced, type Ports, Shut, Weather } from './ports.ts';
import { readBase } from './read-base.ts';

async function readBack(ports: Ports, stage: At<'proposed'>, sha: string): Promise<boolean> {
  await ports.repository.fetch(await ports.forge.gitAccess(false));
  const tree = await ports.repository.treeOf(sha);
  if (stage.judgements.some((judged) => judged.tree === tree && judged.verdict.passed)) return true;
  const [parent] = await ports.repository.parents(sha);
  const read = parent === undefined ? null : await readBase(ports, parent);
  if (read === null || 'problems' in read) return false;
  return (await judgeTree(ports, read.base, stage.approved, tree)).passed;
}

/**
 * Whether what a merge made is what was judged: base may move between judging and merging, and GitHub compares the head
 * alone. True when its tree is one that was green, or is green when judged now against what it was merged into; what
 * cannot be read is not. Throws what passes by itself, to be asked again.
 */
export async function isAsJudged(ports: Ports, stage: At<'proposed'>, sha: string): Promise<boolean> {
  try {
    return await readBack(ports, stage, sha);
  } catch (error) {
    if (error instanceof Weather || error instanceof Fenced || error instanceof Shut) throw error;
    return false;
  }
}
