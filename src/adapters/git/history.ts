import { compareTrees } from './compare-trees.ts';
import type { ObjectReader } from './object-reader.ts';
import { anId, GitFailure, git, gitBytes, pathText, splitNul } from './run-git.ts';

const BOT = { name: 'corrigible', email: 'corrigible@users.noreply.invalid' };
const SIGNATURE = {
  GIT_AUTHOR_NAME: BOT.name,
  GIT_AUTHOR_EMAIL: BOT.email,
  GIT_COMMITTER_NAME: BOT.name,
  GIT_COMMITTER_EMAIL: BOT.email,
};

/** See `Repository.treeOf`. */
export async function treeOf(reader: ObjectReader, commit: string): Promise<string> {
  const tree = await reader.info(`${anId(commit)}^{tree}`);
  if (tree === null) throw new Error(`commit ${commit} is not in the mirror`);
  return tree.id;
}

/** See `Repository.parents`. */
export async function parentsOf(reader: ObjectReader, commit: string): Promise<string[]> {
  const object = await reader.contents(anId(commit));
  if (object?.type !== 'commit') throw new Error(`commit ${commit} is not in the mirror`);
  const [header = ''] = object.bytes.toString('latin1').split('\n\n', 1);
  return header.split('\n').flatMap((line) => (line.startsWith('parent ') ? [anId(line.slice(7))] : []));
}

const endedWith = (error: unknown, code: number): error is GitFailure =>
  error instanceof GitFailure && error.code === code;

/** See `Repository.mergeBase`. */
export async function mergeBase(gitDir: string, a: string, b: string): Promise<string | null> {
  try {
    return anId(await git(gitDir, ['merge-base', anId(a), anId(b)]));
  } catch (error) {
    if (endedWith(error, 1)) return null;
    throw error;
  }
}

/** The full name of a branch. Throws on one that git could take for something else. */
export function branchRef(name: string): string {
  if (!/^[^\s~^:?*[\\\x00-\x1f\x7f]+$/.test(name) || /\.\.|@\{|\/\/|\.lock$/.test(name))
    throw new Error(`not a branch name: ${name.slice(0, 100)}`);
  return `refs/heads/${name}`;
}

/** See `Repository.merge`. */
export async function mergeTrees(
  gitDir: string,
  ours: string,
  theirs: string,
): Promise<{ tree: string } | { conflicts: string[] }> {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', anId(ours), anId(theirs)];
  try {
    const [tree = ''] = splitNul(await compareTrees(gitDir, args));
    return { tree: anId(tree) };
  } catch (error) {
    if (!endedWith(error, 1)) throw error;
    return { conflicts: splitNul(error.stdout).slice(1).map(pathText) };
  }
}

/** See `Repository.messages`. */
export async function messagesBetween(
  gitDir: string,
  from: string,
  to: string,
  most: number,
): Promise<{ commit: string; message: string }[]> {
  const args = ['log', '-z', '--encoding=UTF-8', '--format=%H%n%B', `--max-count=${most}`, anId(to), `^${anId(from)}`];
  return (await gitBytes(gitDir, args))
    .toString('utf8')
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => ({ commit: anId(entry.slice(0, 40)), message: entry.slice(41) }));
}

/** See `Repository.commit`. */
export async function commitTree(
  gitDir: string,
  tree: string,
  parents: readonly string[],
  message: string,
): Promise<string> {
  const args = ['commit-tree', anId(tree), ...parents.flatMap((parent) => ['-p', anId(parent)]), '-F', '-'];
  return anId(await git(gitDir, args, { input: `${message.trimEnd()}\n`, env: SIGNATURE }));
}
