import { treeRefused } from '../../domain/messages/git.ts';
import { FileRefused } from '../../ports.ts';
import { GitFailure, type GitOptions, gitBytes } from './run-git.ts';

/** A pair of paths takes some 300 bytes, and a file that is compared all of its own. */
const MEMORY_MB = 256;

/**
 * Runs a command of git's that compares trees. It holds all that differs before it prints the first word, and a tree of a
 * few objects can stand for more files than there are disks for. Throws `FileRefused` where that is too much.
 */
export async function compareTrees(
  gitDir: string,
  args: readonly string[],
  options: Pick<GitOptions, 'most'> = {},
): Promise<Buffer> {
  try {
    return await gitBytes(gitDir, args, { ...options, memoryMb: MEMORY_MB });
  } catch (error) {
    if (!(error instanceof GitFailure) || !/out of memory|cannot allocate memory/i.test(error.stderr)) throw error;
    throw new FileRefused('.', 'not-compared', treeRefused.notCompared());
  }
}
