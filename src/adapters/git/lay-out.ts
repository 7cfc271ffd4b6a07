import { randomUUID } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { globMatcher } from '../../domain/glob.ts';
import { gitTrouble, treeRefused } from '../../domain/messages/git.ts';
import { newest } from '../../domain/newest.ts';
import { removeFolder } from '../../own-folder.ts';
import { type Checkout, FileRefused, Weather } from '../../ports.ts';
import { checkTree, type TreeLimits } from './check-tree.ts';
import type { ObjectReader } from './object-reader.ts';
import { sizedEntries } from './read-tree.ts';
import { anId, GitFailure, pathText, runProgram } from './run-git.ts';
import { removal, withIndex } from './write-tree.ts';

/** A mirror, and the folder of this process in which its trees are laid out. */
export interface LayingOut {
  readonly gitDir: string;
  readonly reader: ObjectReader;
  readonly trees: string;
  readonly limits: TreeLimits;
}

/** Prints the tree without what is left out. */
const LEAVE_OUT = 'git read-tree "$1" && git update-index -z --index-info && git write-tree';
/** Others must be able to read the tree, whatever the umask of the app is. One process reads, writes and is done. */
const LAY_OUT = 'umask 022; export GIT_WORK_TREE="$2"; exec git read-tree --reset -u "$1"';
/** As many processes write as the machine has processors, where there are many files. */
const AT_ONCE = { 'checkout.workers': '0' };

/** How many trees are remembered as checked. */
const CHECKED = 64;

/** What git could not lay out, as what it is: the tree's fault, or the disk's. */
function troubleOf(error: unknown): unknown {
  if (!(error instanceof GitFailure)) return error;
  const [, path] = /^error: invalid path '(.*)'$/m.exec(error.stderr) ?? [];
  if (path !== undefined) return new FileRefused(path, 'path-impossible', treeRefused.path(path));
  return /No space left on device|Disk quota exceeded/.test(error.stderr) ? new Weather(gitTrouble.noSpace()) : error;
}

async function onIndex(
  { gitDir, trees }: LayingOut,
  script: string,
  args: readonly string[],
  input: string,
): Promise<string> {
  const run = (index: string) =>
    runProgram('/bin/sh', ['-c', script, 'sh', ...args], gitDir, {
      input: Buffer.from(input, 'latin1'),
      env: { GIT_INDEX_FILE: index },
      settings: AT_ONCE,
    });
  try {
    return (await withIndex(trees, run)).toString().trim();
  } catch (error) {
    throw troubleOf(error);
  }
}

/** Checks a tree, and gives it without the paths that match. */
async function checkedTree(place: LayingOut, tree: string, without: readonly string[]): Promise<string> {
  const entries = await sizedEntries(place.gitDir, tree, place.limits.files);
  await checkTree(place.reader, entries, place.limits);
  if (without.length === 0) return tree;
  const matches = globMatcher(without);
  const gone = entries.filter(({ path }) => matches(pathText(path))).map(({ path }) => removal(path));
  return gone.length === 0 ? tree : anId(await onIndex(place, LEAVE_OUT, [tree], gone.join('')));
}

/**
 * See `Repository.checkout`. The checkout's `tree` is the tree as it lies there, without what was left out. What is the
 * same again is not checked again.
 */
export function layingOut(place: LayingOut): (tree: string, without: readonly string[]) => Promise<Checkout> {
  const { gitDir, reader, trees } = place;
  const checked = newest<string>(CHECKED);
  const shownOf = async (tree: string, without: readonly string[]): Promise<string> => {
    const make = () => checkedTree(place, anId(tree), without);
    const known = await checked(JSON.stringify([tree, without]), make);
    // No commit holds it: a mirror that was tidied, or made anew, may have lost it.
    return (await reader.info(known)) === null ? make() : known;
  };
  return async (tree, without) => {
    const shown = await shownOf(tree, without);
    // A name that nobody can guess, in a folder that nobody can list.
    const dir = join(trees, randomUUID());
    const dispose = () => removeFolder(dir);
    await mkdir(dir);
    try {
      await chmod(dir, 0o755);
      await onIndex(place, LAY_OUT, [shown, dir], '');
      return { dir, gitDir, tree: shown, dispose };
    } catch (error) {
      await dispose();
      throw error;
    }
  };
}
