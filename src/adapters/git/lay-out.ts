import { randomUUID } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { globMatcher } from '../../domain/glob.ts';
import { removeFolder } from '../../own-folder.ts';
import type { Checkout } from '../../ports.ts';
import { checkLinks } from './check-links.ts';
import type { ObjectReader } from './object-reader.ts';
import { allEntries, type Entry } from './read-tree.ts';
import { anId, pathText, runProgram } from './run-git.ts';
import { removal, withIndex } from './write-tree.ts';

/** Others must be able to read the tree, whatever the umask of the app is. Prints the tree without what is left out. */
const LAY_OUT = `umask 022
git read-tree "$1" && git update-index -z --index-info && git write-tree &&
GIT_WORK_TREE="$2" git checkout-index -a -q`;

function leftOut(entries: readonly Entry[], without: readonly string[]): readonly string[] {
  if (without.length === 0) return [];
  const matches = globMatcher(without);
  return entries.filter(({ path }) => matches(pathText(path))).map(({ path }) => path);
}

/**
 * See `Repository.checkout`. The checkout's `tree` is the tree as it lies there, without what was left out. Throws on a
 * symbolic link that leads out, and on names that git refuses.
 */
export async function layOut(
  gitDir: string,
  reader: ObjectReader,
  folder: string,
  tree: string,
  without: readonly string[],
): Promise<Checkout> {
  const entries = await allEntries(gitDir, anId(tree));
  await checkLinks(reader, entries);
  const gone = leftOut(entries, without).map((path) => removal(path));
  // A name that nobody can guess, in a folder that nobody can list.
  const dir = join(folder, randomUUID());
  const dispose = () => removeFolder(dir);
  await mkdir(dir);
  try {
    await chmod(dir, 0o755);
    const printed = await withIndex(gitDir, (index) =>
      runProgram('/bin/sh', ['-c', LAY_OUT, 'sh', tree, dir], gitDir, {
        input: Buffer.from(gone.join(''), 'latin1'),
        env: { GIT_INDEX_FILE: index },
      }),
    );
    return { dir, gitDir, tree: anId(printed.toString().trim()), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
