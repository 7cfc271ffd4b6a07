import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gitTrouble } from '../../domain/messages/git.ts';
import { newest } from '../../domain/newest.ts';
import { type GitAccess, type Repository, Weather } from '../../ports.ts';
import type { ObjectReader } from './object-reader.ts';
import { fetchObjects, fetchRefs } from './remote.ts';
import { anId, gitBytes } from './run-git.ts';

/** A history that is larger is fetched in part: commits and folders, and of the files those that are needed. */
export const PARTIAL_OVER = 300_000_000;

const LOOK_MS = 500;
/** How many trees are remembered as whole. */
const WHOLE = 256;
/** Most of the list of a tree's objects that is read. */
const LISTED_BYTES = 32_000_000;

const marker = (gitDir: string): string => join(gitDir, 'info', 'partial');

/** Whether the mirror lacks files. Git itself is told for single commands only, and so never fetches unasked. */
export const isPartial = (gitDir: string): Promise<boolean> =>
  stat(marker(gitDir)).then(
    () => true,
    () => false,
  );

/** Packs that are just coming in. */
async function comingIn(gitDir: string): Promise<readonly string[]> {
  const packs = join(gitDir, 'objects/pack');
  const names = await readdir(packs).catch(() => []);
  return names.filter((name) => name.startsWith('tmp_pack_')).map((name) => join(packs, name));
}

/** Calls `exceeded` when a pack that comes in is over so many bytes. Returns how to stop watching. */
function watchSize(gitDir: string, most: number, exceeded: () => void): () => void {
  const look = async () => {
    for (const file of await comingIn(gitDir)) {
      const { size } = await stat(file).catch(() => ({ size: 0 }));
      if (size > most) exceeded();
    }
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  return () => clearInterval(timer);
}

/**
 * Whether all of it came, and was not over so many bytes. A server does not tell how large a history is, so it is
 * measured as it comes; what came of one that is too large is thrown away.
 */
async function fetchedWhole(gitDir: string, access: GitAccess, over: number): Promise<boolean> {
  if (over === 0) return false;
  const before = new Set(await comingIn(gitDir));
  const tooLarge = new AbortController();
  // What lies on a disk of this machine comes faster whole than in part.
  const isNear = access.url.startsWith('file:');
  const stop = isNear ? () => {} : watchSize(gitDir, over, () => tooLarge.abort());
  try {
    await fetchRefs(gitDir, access, { signal: tooLarge.signal });
    return true;
  } catch (error) {
    if (!tooLarge.signal.aborted) throw error;
  } finally {
    stop();
  }
  for (const file of await comingIn(gitDir)) if (!before.has(file)) await rm(file, { force: true });
  return false;
}

/**
 * Fetches every branch and pull request head: of a large history, which is found out when there is nothing yet, only in
 * part. A server that cannot do that sends all. Throws `Weather`.
 */
export async function fetchAll(gitDir: string, access: GitAccess, isFirst: boolean, over: number): Promise<void> {
  const partial = await isPartial(gitDir);
  if (!partial && (!isFirst || (await fetchedWhole(gitDir, access, over)))) {
    if (!isFirst) await fetchRefs(gitDir, access);
    return;
  }
  // First: a fetch that was killed is not begun as a whole one again.
  if (!partial) await writeFile(marker(gitDir), '');
  await fetchRefs(gitDir, access, { partial: true });
}

/** Objects of a tree that are not here, by id. */
async function missingIn(gitDir: string, tree: string): Promise<readonly string[]> {
  const args = ['rev-list', '--objects', '--no-object-names', '--missing=print', tree];
  const printed = await gitBytes(gitDir, args, { most: LISTED_BYTES });
  // A tree of so many objects is refused for that wherever it is used.
  if (printed.length >= LISTED_BYTES) return [];
  const lines = printed.toString('latin1').split('\n');
  return lines.filter((line) => line.startsWith('?')).map((line) => anId(line.slice(1)));
}

interface Completing {
  readonly gitDir: string;
  readonly reader: ObjectReader;
  /** By what was fetched last. It is in this process' memory only, and is good for an hour or so. */
  readonly access: () => GitAccess | undefined;
}

/** Fetches what is missing of trees before they are used. Throws `Weather`. */
function completing({ gitDir, reader, access }: Completing): (...treeishes: readonly string[]) => Promise<void> {
  const whole = newest<void>(WHOLE);
  const complete = async (tree: string): Promise<void> => {
    const missing = await missingIn(gitDir, tree);
    if (missing.length === 0) return;
    const by = access();
    if (by === undefined) throw new Weather(gitTrouble.inPart(), 1000);
    await fetchObjects(gitDir, by, missing);
  };
  return async (...treeishes) => {
    if (!(await isPartial(gitDir))) return;
    for (const treeish of treeishes) {
      const tree = await reader.info(`${anId(treeish)}^{tree}`);
      if (tree !== null) await whole(tree.id, () => complete(tree.id));
    }
  };
}

/** The same mirror, where some files may not be here: all of a tree is, once somebody reads, compares or lays it out. */
export function asWhole(repository: Repository, of: Completing): Repository {
  const complete = completing(of);
  return {
    ...repository,
    read: async (treeish, ...rest) => {
      await complete(treeish);
      return repository.read(treeish, ...rest);
    },
    changes: async (from, to) => {
      await complete(from, to);
      return repository.changes(from, to);
    },
    diff: async (from, to, maxBytes) => {
      await complete(from, to);
      return repository.diff(from, to, maxBytes);
    },
    withFiles: async (tree, files) => {
      await complete(tree);
      return repository.withFiles(tree, files);
    },
    merge: async (ours, theirs) => {
      const base = (await isPartial(of.gitDir)) ? await repository.mergeBase(ours, theirs) : null;
      await complete(ours, theirs, ...(base === null ? [] : [base]));
      return repository.merge(ours, theirs);
    },
    checkout: async (tree, without) => {
      await complete(tree);
      return repository.checkout(tree, without);
    },
    importTree: async (pack, tree, base) => {
      await complete(base);
      return repository.importTree(pack, tree, base);
    },
  };
}
