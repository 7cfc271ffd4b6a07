import { createHash, randomUUID } from 'node:crypto';
import { lstat, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../../domain/rejection.ts';
import { makeFolders } from '../../make-folders.ts';
import type { KeptOutput, Results } from '../../ports.ts';

const MB = 1024 * 1024;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Files that were not used for so long go. */
const OLDEST_MS = 14 * DAY_MS;
/** Most bytes of one file. What would be larger is not kept. */
const MOST_OF_ONE = 16 * MB;

type Entries = Map<string, KeptOutput>;

/** What is not whole has another sum. */
const sumOf = (place: string, text: string): string =>
  createHash('sha256').update(`${place}\0${text}`).digest('hex').slice(0, 32);

function lineOf(place: string, name: string, { output, times }: KeptOutput): string {
  const text = JSON.stringify([name, times, output]);
  return `${sumOf(place, text)} ${text}\n`;
}

/** The entries of a file that are whole. */
function entriesOf(place: string, file: string): Entries {
  const entries: Entries = new Map();
  for (const line of file.split('\n')) {
    const text = line.slice(33);
    if (line.slice(0, 33) !== `${sumOf(place, text)} `) continue;
    const [name, times, output] = JSON.parse(text) as [string, number, Json];
    entries.set(name, { output, times });
  }
  return entries;
}

/** Whether the folder is this user's alone to write: whoever else could would decide what is green. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder);
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

async function readEntries(folder: string, place: string): Promise<Entries> {
  try {
    if (!(await isOurs(folder))) return new Map();
    const file = join(folder, place);
    const { size, mtimeMs } = await stat(file);
    if (size > MOST_OF_ONE) return new Map();
    const entries = entriesOf(place, await readFile(file, 'utf8'));
    const now = Date.now();
    if (now - mtimeMs > OLDEST_MS) return new Map();
    if (now - mtimeMs > DAY_MS) await utimes(file, now / 1000, now / 1000);
    return entries;
  } catch {
    return new Map();
  }
}

/** Whole, or not at all: of two processes the last counts, and what the other had put is run again. */
async function writeEntries(folder: string, place: string, entries: Entries): Promise<void> {
  const text = [...entries].map(([name, kept]) => lineOf(place, name, kept)).join('');
  if (text.length > MOST_OF_ONE) return;
  const half = join(folder, `.${place}.${randomUUID()}`);
  try {
    await writeFile(half, text, { mode: 0o600, flag: 'wx' });
    await rename(half, join(folder, place));
  } finally {
    await rm(half, { force: true });
  }
}

/** Removes what is old, what a killed process left half, and beyond `most` bytes what was used longest ago. */
async function prune(folder: string, most: number): Promise<void> {
  const names = await readdir(folder);
  const found = await Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(join(folder, name)).catch(() => ({ size: 0, mtimeMs: 0 }));
      return { name, size, age: Date.now() - mtimeMs };
    }),
  );
  let bytes = 0;
  for (const { name, size, age } of found.toSorted((a, b) => a.age - b.age)) {
    bytes += size;
    const isOver = age > OLDEST_MS || bytes > most || (name.startsWith('.') && age > HOUR_MS);
    if (isOver) await rm(join(folder, name), { force: true });
  }
}

/**
 * Results in a folder of this user's, one file for each place, at most about `most` bytes. What is damaged, and a folder
 * that others may write to, holds nothing. Any number of processes may use it at once.
 */
export function folderResults(folder: string, most = 256 * MB): Results {
  let pruned: Promise<void> | undefined;
  return {
    get: async (place, names) => {
      const entries = await readEntries(folder, place);
      const wanted = new Set(names);
      return new Map([...entries].filter(([name]) => wanted.has(name)));
    },
    put: async (place, outputs) => {
      try {
        makeFolders(folder, 0o700);
        if (!(await isOurs(folder))) return;
        const entries = await readEntries(folder, place);
        for (const [name, kept] of outputs) {
          if (kept === null) entries.delete(name);
          else entries.set(name, kept);
        }
        await writeEntries(folder, place, entries);
        pruned ??= prune(folder, most);
        await pruned;
      } catch {
        // A full disk, or a folder that cannot be made: it is run again.
      }
    },
  };
}
