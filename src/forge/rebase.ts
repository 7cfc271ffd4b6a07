import { readCommits } from './git-read.ts';
import { commitTree, mergeTree, type Person } from './git-repository.ts';

/**
 * Copies each commit of `head` that `base` has not onto it, merges left out, with its author and message. Returns the
 * last copy, or null on a conflict.
 */
export async function rebase(directory: string, base: string, head: string, committer: Person): Promise<string | null> {
  const commits = await readCommits(directory, ['--reverse', '--topo-order', '--no-merges', `${base}..${head}`]);
  let [tip] = await readCommits(directory, ['-1', base]);
  for (const { tree, parents, author, message } of commits) {
    const [parent] = await readCommits(directory, ['-1', parents[0]!]);
    const moved = await pick(directory, parent!.tree, tip!.tree, tree, committer);
    if (!moved) return null;
    const sha = await commitTree(directory, moved, [tip!.sha], message, author, committer);
    [tip] = await readCommits(directory, ['-1', sha]);
  }
  return tip!.sha;
}

/** The tree of a three-way merge of trees. This git takes its base from history alone, so it is given one. */
async function pick(directory: string, from: string, ours: string, theirs: string, by: Person): Promise<string | null> {
  const root = await commitTree(directory, from, [], 'from', by);
  const side = (tree: string) => commitTree(directory, tree, [root], 'side', by);
  return mergeTree(directory, await side(ours), await side(theirs));
}
