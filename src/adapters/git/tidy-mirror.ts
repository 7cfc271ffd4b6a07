import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, ownName } from '../../own-folder.ts';
import { isPartial } from './partial.ts';
import { PARTIAL } from './remote.ts';
import { git, runProgram } from './run-git.ts';

export interface TidyLimits {
  /** Objects that no branch or pull request holds are kept for so many days, and so are what judging made of trees. */
  readonly looseDays: number;
  /** What was fetched or made since the last time is packed after so long, */
  readonly everyMs: number;
  /** or when it comes to so many packs, */
  readonly packs: number;
  /** or to about so many single files. */
  readonly files: number;
}

const HOUR_MS = 3_600_000;
export const TIDY: TidyLimits = { looseDays: 30, everyMs: 7 * 24 * HOUR_MS, packs: 25, files: 4000 };

/** No command works for so long without writing: older pieces of packs were left by a killed one. */
const LEFT_MS = 3 * HOUR_MS;
const LONGEST_MS = 2 * HOUR_MS;

/** Beside the work, not before it: one processor at most, and that when nobody else wants it. */
const QUIET = {
  'pack.threads': '1',
  'repack.writeBitmaps': 'false',
  'pack.windowMemory': '256m',
};

const entriesOf = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

/** About how many objects lie in files of their own, by one of the 256 folders they are spread over. */
const looseFiles = async (gitDir: string): Promise<number> =>
  256 * (await entriesOf(join(gitDir, 'objects/17'))).length;

async function isDue(gitDir: string, { everyMs, packs, files }: TidyLimits): Promise<boolean> {
  const packed = (await entriesOf(join(gitDir, 'objects/pack'))).filter((name) => name.endsWith('.pack')).length;
  const loose = await looseFiles(gitDir);
  if (packed > packs || loose > files) return true;
  const tidied = await stat(join(gitDir, 'info/tidied')).catch(() => stat(join(gitDir, 'HEAD')));
  return Date.now() - tidied.mtimeMs > everyMs && (packed > 1 || loose > 0);
}

/** Pieces of packs and indexes, and packs that a fetch holds on to which was killed. */
async function removeLeft(gitDir: string): Promise<void> {
  const packs = (await entriesOf(join(gitDir, 'objects/pack'))).filter((name) => /^\.?tmp[-_]|\.keep$/.test(name));
  const indexes = (await entriesOf(gitDir)).filter((name) => /^index-\d/.test(name));
  for (const file of [
    ...packs.map((name) => join(gitDir, 'objects/pack', name)),
    ...indexes.map((name) => join(gitDir, name)),
  ]) {
    const made = await stat(file).catch(() => null);
    if (made !== null && Date.now() - made.mtimeMs > LEFT_MS) await rm(file, { force: true });
  }
}

/** Calls `work` unless a living process does so here already. Two at once would do no harm, only the work twice. */
async function alone(gitDir: string, work: () => Promise<void>): Promise<boolean> {
  const file = join(gitDir, 'info/tidying');
  const holder = await readFile(file, 'utf8').catch(() => null);
  if (holder !== null && (await isAlive(holder))) return false;
  await rm(file, { force: true });
  const taken = await writeFile(file, await ownName(), { flag: 'wx' }).then(
    () => true,
    () => false,
  );
  if (!taken) return false;
  try {
    await work();
  } finally {
    await rm(file, { force: true });
  }
  return true;
}

/**
 * Packs a mirror where it is due, and lets go what no branch has held for long. Git's own order makes it safe beside
 * everything that reads and writes there, and at any point at which it is killed: a pack is whole before what is in it
 * goes, and what is younger than `looseDays` does not go. Returns whether it did.
 */
export async function tidyMirror(gitDir: string, limits: TidyLimits, signal: AbortSignal): Promise<boolean> {
  await removeLeft(gitDir);
  if (!(await isDue(gitDir, limits))) return false;
  const expire = limits.looseDays === 0 ? 'now' : `${limits.looseDays}.days.ago`;
  const settings = { ...QUIET, ...((await isPartial(gitDir)) && PARTIAL) };
  const quietly = (...args: readonly string[]) =>
    runProgram('nice', ['-n', '19', 'git', ...args], gitDir, { settings, signal, timeoutMs: LONGEST_MS });
  return alone(gitDir, async () => {
    await git(gitDir, ['pack-refs', '--all']);
    await quietly('repack', '-d', '-q', '-n', '--cruft', `--cruft-expiration=${expire}`);
    await quietly('prune', `--expire=${expire}`);
    await writeFile(join(gitDir, 'info/tidied'), '');
  });
}
