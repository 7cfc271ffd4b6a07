import { isCaseFileOf } from './domain/case-files.ts';
import type { Ports } from './ports.ts';

/** A merged fix: the commit on the base branch, and which fix of which rejection it is. */
export interface MergedFix {
  readonly sha: string;
  readonly issue: number;
  readonly again: number;
}

/** A merge that was made as a rebase is as many commits as its branch had, and people may have added some. */
const MOST_COMMITS = 50;

/** Paths of the cases that this commit brought for the fix. */
async function casesBrought({ repository }: Ports, fix: MergedFix, parent: string, commit: string) {
  const changes = await repository.changes(await repository.treeOf(parent), await repository.treeOf(commit));
  return changes.filter(({ path, status }) => status === 'added' && isCaseFileOf(path, fix.issue, fix.again));
}

/**
 * The commit that the fix was merged onto; null when it is not to be found. The first commit of a fix brings its cases:
 * where the merge made several of them, it was made onto the parent of that one.
 */
export async function mergedOnto(ports: Ports, fix: MergedFix): Promise<string | null> {
  const { repository } = ports;
  if (!(await repository.has(fix.sha))) return null;
  const [first] = await repository.parents(fix.sha);
  let commit = fix.sha;
  for (let seen = 0; seen < MOST_COMMITS; seen++) {
    const [parent] = await repository.parents(commit);
    if (parent === undefined) break;
    if ((await casesBrought(ports, fix, parent, commit)).length > 0) return parent;
    commit = parent;
  }
  return first ?? null;
}

export interface Undone {
  /** The tree of `on` without what the fix brought. */
  readonly tree: string;
  /** Files of cases that are taken out with it, with their ids as they were merged. */
  readonly cases: ReadonlyMap<string, string>;
}

/**
 * What the commit `on` becomes without the fix: a three-way merge of `on` and of what the fix was merged onto, with the
 * merge as their base. Null when the merge is not in the repository any more.
 */
export async function undoMerge(
  ports: Ports,
  fix: MergedFix,
  on: string,
): Promise<Undone | { readonly conflicts: readonly string[] } | null> {
  const { repository } = ports;
  const before = await mergedOnto(ports, fix);
  if (before === null) return null;
  const trees = await Promise.all([fix.sha, on, before].map((commit) => repository.treeOf(commit)));
  const [merged = '', now = '', then = ''] = trees;
  // Commits that nobody ever sees: git finds the base of a merge by their parents.
  const root = await repository.commit(merged, [], 'merged');
  const ours = await repository.commit(now, [root], 'now');
  const result = await repository.merge(ours, await repository.commit(then, [root], 'before'));
  if ('conflicts' in result) return result;
  const brought = await casesBrought(ports, fix, before, fix.sha);
  return { tree: result.tree, cases: new Map(brought.map(({ path, newId }) => [path, newId])) };
}
