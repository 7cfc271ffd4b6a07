import { treeRefused } from '../../domain/messages/git.ts';
import { anId, GitFailure, git, gitBytes } from './run-git.ts';

/** Most bytes of a pack, and of what it unfolds to. */
const MOST = 100_000_000;

const isEmpty = (pack: Uint8Array): boolean => pack.subarray(8, 12).every((byte) => byte === 0);

/** Bytes of every object that belongs to the tree and not to base. Throws unless all of them are here. */
async function newBytes(gitDir: string, tree: string, base: string): Promise<number> {
  const args = ['rev-list', '--objects', '--no-object-names', anId(tree), '--not', anId(base)];
  const ids = await gitBytes(gitDir, args).catch((error: unknown) => {
    throw error instanceof GitFailure ? new Error(treeRefused.incomplete(tree), { cause: error }) : error;
  });
  const sizes = await git(gitDir, ['cat-file', '--batch-check=%(objecttype) %(objectsize)'], { input: ids });
  let sum = 0;
  for (const line of sizes.split('\n').filter((text) => text !== '')) {
    const [type, size = ''] = line.split(' ');
    if (!/^\d+$/.test(size) || type === 'commit') throw new Error(treeRefused.incomplete(tree));
    sum += Number(size);
  }
  return sum;
}

/** See `Repository.importTree`. */
export async function importPack(gitDir: string, pack: Uint8Array, tree: string, base: string): Promise<string> {
  if (pack.length > MOST) throw new Error(treeRefused.changedTooMuch(MOST));
  const args = ['index-pack', '--stdin', '--fix-thin', '--strict', `--max-input-size=${MOST}`];
  if (!isEmpty(pack)) await git(gitDir, args, { input: pack });
  const type = await git(gitDir, ['cat-file', '-t', anId(tree)]).catch(() => null);
  if (type !== 'tree') throw new Error(treeRefused.incomplete(tree));
  if ((await newBytes(gitDir, tree, base)) > MOST) throw new Error(treeRefused.changedTooMuch(MOST));
  return tree;
}
