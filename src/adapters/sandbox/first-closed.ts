import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';

const OTHERS_ENTER = 0o001;
const OTHERS_READ = 0o004;

function foldersAbove(file: string): string[] {
  const folders: string[] = [];
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    folders.unshift(folder);
    if (folder === path.dirname(folder)) return folders;
  }
}

/** The first folder above `file` that strangers cannot enter, or null. Throws when `file` does not exist. */
export async function firstClosedAbove(file: string): Promise<string | null> {
  for (const folder of foldersAbove(await realpath(file))) {
    if (((await stat(folder)).mode & OTHERS_ENTER) === 0) return folder;
  }
  return null;
}

/** The first thing on the way to `file`, itself included, that strangers cannot enter or read, or null. */
export async function firstClosed(file: string): Promise<string | null> {
  const above = await firstClosedAbove(file);
  if (above !== null) return above;
  const entry = await stat(file);
  const wanted = entry.isDirectory() ? OTHERS_READ | OTHERS_ENTER : OTHERS_READ;
  return (entry.mode & wanted) === wanted ? null : file;
}
