import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NewFile } from '../../ports.ts';
import type { ObjectReader } from './object-reader.ts';
import { entryAt } from './read-tree.ts';
import { anId, git, runProgram } from './run-git.ts';

/** Calls `use` with the path of an index that is its own and gone afterwards. */
export async function withIndex<T>(folder: string, use: (index: string) => Promise<T>): Promise<T> {
  const index = join(folder, `index-${process.pid}-${randomUUID()}`);
  try {
    return await use(index);
  } finally {
    await rm(index, { force: true });
  }
}

/** The line of `update-index --index-info -z` that takes a path out. */
export const removal = (path: string): string => `0 ${'0'.repeat(40)}\t${path}\0`;

/** Throws when a file, link or submodule stands where the path needs a folder: git would put the folder in its place. */
async function checkWay(reader: ObjectReader, tree: string, path: string): Promise<void> {
  const parts = path.split('/');
  for (let depth = 1; depth < parts.length; depth++) {
    const above = parts.slice(0, depth).join('/');
    const entry = await entryAt(reader, tree, above);
    if (entry === null) return;
    if (entry.mode !== '040000') throw new Error(`${JSON.stringify(above)} is not a folder`);
  }
}

// A path that it does not take, such as one into .git, is to git only worth a line on stderr.
const SET_FILES = `git read-tree "$1" &&
said=$(git update-index -z --index-info 2>&1) && [ -z "$said" ] || { echo "$said" >&2; exit 1; }
git write-tree`;

/** See `Repository.withFiles`. */
export async function treeWithFiles(
  { gitDir, reader, trees }: { readonly gitDir: string; readonly reader: ObjectReader; readonly trees: string },
  tree: string,
  files: Readonly<Record<string, NewFile>>,
): Promise<string> {
  anId(tree);
  const line = async ([path, file]: [string, NewFile]): Promise<string> => {
    if (path.includes('\0')) throw new Error('a path with a NUL');
    if (file === null) return removal(path);
    await checkWay(reader, tree, path);
    const there = await entryAt(reader, tree, path);
    const id =
      typeof file === 'string' ? await git(gitDir, ['hash-object', '-w', '--stdin'], { input: file }) : anId(file.id);
    return `${there?.mode === '100755' ? '100755' : '100644'} ${id}\t${path}\0`;
  };
  const lines = await Promise.all(Object.entries(files).map(line));
  if (lines.length === 0) return tree;
  const written = await withIndex(trees, (index) =>
    runProgram('/bin/sh', ['-c', SET_FILES, 'sh', tree], gitDir, {
      input: lines.join(''),
      env: { GIT_INDEX_FILE: index },
    }),
  );
  return anId(written.toString().trim());
}
