import { readdirSync, statSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { attempt } from './processes.ts';

/** Asked of the system at once. */
const AT_ONCE = 256;
/** Unit of the count of blocks that Linux tells, whatever the disk's own is. */
const BLOCK = 512;

/** What a disk has room for, or what is used of it: it also runs out of places for files. */
export interface Space {
  readonly bytes: number;
  readonly files: number;
}

/** What one entry was given since then: a file that was there and was written to counts whole. */
const usedBy = (file: string, since: number): Promise<Space> =>
  lstat(file).then(
    ({ birthtimeMs, ctimeMs, blocks }) => ({
      bytes: ctimeMs > since ? blocks * BLOCK : 0,
      files: birthtimeMs > since ? 1 : 0,
    }),
    () => ({ bytes: 0, files: 0 }),
  );

/**
 * Whether more of the disk than `most` was used below a folder after `since` (ms of the clock), beside `hidden` bytes that
 * no entry shows. Commands may be at work in it meanwhile; no link is followed.
 */
export async function hasUsedMore(folder: string, since: number, most: Space, hidden = 0): Promise<boolean> {
  const rest = [folder];
  const seen = { bytes: hidden, files: 0 };
  const over = (): boolean => seen.bytes > most.bytes || seen.files > most.files;
  for (let next = rest.pop(); next !== undefined && !over(); next = rest.pop()) {
    const entries = await readdir(next, { withFileTypes: true }).catch(() => []);
    for (let at = 0; at < entries.length && !over(); at += AT_ONCE) {
      const some = entries.slice(at, at + AT_ONCE);
      for (const { bytes, files } of await Promise.all(some.map(({ name }) => usedBy(path.join(next, name), since)))) {
        seen.bytes += bytes;
        seen.files += files;
      }
    }
    rest.push(...entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(next, name)));
  }
  return over();
}

/**
 * Bytes of files on the disk of `folder` that were deleted and that these processes still have open. Not seen: what they
 * only have mapped, or sent to each other and not received yet.
 */
export function deletedBytes(folder: string, pids: readonly string[]): number {
  const disk = attempt(() => statSync(folder).dev, -1);
  const files = new Map<number, number>();
  for (const pid of pids)
    for (const fd of attempt(() => readdirSync(`/proc/${pid}/fd`), [])) {
      const file = attempt(() => statSync(`/proc/${pid}/fd/${fd}`), null);
      if (file?.isFile() && file.nlink === 0 && file.dev === disk) files.set(file.ino, file.blocks * BLOCK);
    }
  return [...files.values()].reduce((sum, bytes) => sum + bytes, 0);
}
