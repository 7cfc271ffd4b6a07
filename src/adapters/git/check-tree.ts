import { treeRefused } from '../../domain/messages/git.ts';
import { FileRefused } from '../../ports.ts';
import { checkLinks } from './check-links.ts';
import type { ObjectReader } from './object-reader.ts';
import { MOST_FILES, type SizedEntry } from './read-tree.ts';
import { pathText } from './run-git.ts';

/** How much is laid out of one tree. */
export interface TreeLimits {
  readonly files: number;
  readonly bytes: number;
}

export const TREE_LIMITS: TreeLimits = { files: MOST_FILES, bytes: 2_000_000_000 };

/** What Linux takes for a name, and for a path below a folder of ours. */
const NAME_BYTES = 255;
const PATH_BYTES = 3_500;

/** Throws for the largest file where all together are too large: a blob counts wherever it lies. */
function checkBytes(entries: readonly SizedEntry[], most: number): void {
  let bytes = 0;
  let largest: SizedEntry | undefined;
  for (const entry of entries) {
    bytes += entry.size;
    if (entry.size > (largest?.size ?? -1)) largest = entry;
  }
  if (largest === undefined || bytes <= most) return;
  throw new FileRefused(pathText(largest.path), 'tree-too-large', treeRefused.tooLarge(bytes, most));
}

function checkLengths(entries: readonly SizedEntry[]): void {
  for (const { path } of entries) {
    if (path.length <= NAME_BYTES) continue;
    if (path.length <= PATH_BYTES && path.split('/').every((name) => name.length <= NAME_BYTES)) continue;
    const shown = pathText(path.slice(0, NAME_BYTES));
    throw new FileRefused(shown, 'path-impossible', treeRefused.path(shown));
  }
}

const above = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** A path that stands twice, as a file or as a file and a folder, which only a tree that was made by hand has. */
function standingTwice(entries: readonly SizedEntry[]): string | undefined {
  const files = new Set<string>();
  for (const { path } of entries) {
    if (files.has(path)) return path;
    files.add(path);
  }
  let last = '';
  for (const { path } of entries) {
    const inside = above(path);
    if (inside === last) continue;
    last = inside;
    for (let folder = inside; folder !== ''; folder = above(folder)) if (files.has(folder)) return folder;
  }
  return undefined;
}

/** Throws `FileRefused` for a tree that cannot be laid out as it is, or that is too much. */
export async function checkTree(
  reader: ObjectReader,
  entries: readonly SizedEntry[],
  { bytes }: TreeLimits,
): Promise<void> {
  checkBytes(entries, bytes);
  checkLengths(entries);
  const twice = standingTwice(entries);
  if (twice !== undefined) throw new FileRefused(pathText(twice), 'path-twice', treeRefused.twice(pathText(twice)));
  await checkLinks(reader, entries);
}
