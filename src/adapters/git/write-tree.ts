import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
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

/** See `Repository.withFiles`. */
export async function treeWithFiles(
  gitDir: string,
  reader: ObjectReader,
  tree: string,
  files: Readonly<Record<string, string | null>>,
): Promise<string> {
  anId(tree);
  const line = async ([path, text]: [string, string | null]): Promise<string> => {
    if (path.includes('\0')) throw new Error('a path with a NUL');
    if (text === null) return removal(path);
    const id = git(gitDir, ['hash-object', '-w', '--stdin'], { input: text });
    const there = await entryAt(reader, tree, path);
    return `${there?.mode === '100755' ? '100755' : '100644'} ${await id}\t${path}\0`;
  };
  const lines = await Promise.all(Object.entries(files).map(line));
  if (lines.length === 0) return tree;
  const script = 'git read-tree "$1" && git update-index -z --index-info && git write-tree';
  const written = await withIndex(gitDir, (index) =>
    runProgram('/bin/sh', ['-c', script, 'sh', tree], gitDir, {
      input: lines.join(''),
      env: { GIT_INDEX_FILE: index },
    }),
  );
  return anId(written.toString().trim());
}
