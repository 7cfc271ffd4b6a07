import { statfsSync } from 'node:fs';
import { hasMoreYounger } from './count-younger.ts';

const POLL_MS = 250;
/** Files that a disk may get meanwhile, whoever makes them: deleted ones that are still open are seen nowhere else. */
const FILES_OF_ALL = 500_000;

/** What a disk has room for: it also runs out of places for files. */
interface Room {
  readonly bytes: number;
  readonly files: number;
}

/** No room where it cannot be told. */
function roomAt(folder: string): Room {
  try {
    const { bavail, bsize, ffree } = statfsSync(folder);
    return { bytes: bavail * bsize, files: ffree };
  } catch {
    return { bytes: 0, files: 0 };
  }
}

/**
 * Calls `exceeded` when the disk of a folder has lost more than `limit.bytes`, or half of its room, since now, looking four
 * times a second; the whole disk, because what is deleted and still open is seen nowhere else, so others who fill it
 * meanwhile count too. And when the folder itself has more than `limit.files` new entries, which are counted once the disk
 * has that many more. Returns how to stop watching.
 */
export function watchDisk(folder: string, limit: Room, exceeded: () => void): () => void {
  const since = Date.now();
  const before = roomAt(folder);
  const most: Room = {
    bytes: Math.min(limit.bytes, before.bytes / 2),
    files: Math.min(FILES_OF_ALL, before.files / 2),
  };
  // From where new files are counted on, and whether somebody is counting.
  let counted = before.files;
  let counting = false;
  let stopped = false;
  const count = async (from: number): Promise<void> => {
    counting = true;
    // The run may be over by then.
    if ((await hasMoreYounger(folder, since, limit.files)) && !stopped) exceeded();
    counted = from;
    counting = false;
  };
  const timer = setInterval(() => {
    const now = roomAt(folder);
    if (before.bytes - now.bytes > most.bytes || before.files - now.files > most.files) exceeded();
    else if (!counting && counted - now.files > limit.files) void count(now.files);
  }, POLL_MS);
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
