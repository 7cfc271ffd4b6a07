import { statfsSync } from 'node:fs';

const POLL_MS = 250;
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
 * Calls `exceeded` when the disk of a folder has lost more than `limit`, or half of its room, since now, looking four
 * times a second. The whole disk, not the folder: what is deleted and still open is seen nowhere else.
 * So others who fill it meanwhile count too. Returns how to stop watching.
 */
export function watchDisk(folder: string, limit: Room, exceeded: () => void): () => void {
  const before = roomAt(folder);
  const most: Room = {
    bytes: Math.min(limit.bytes, before.bytes / 2),
    files: Math.min(limit.files, before.files / 2),
  };
  const timer = setInterval(() => {
    const now = roomAt(folder);
    if (before.bytes - now.bytes > most.bytes || before.files - now.files > most.files) exceeded();
  }, POLL_MS);
  return () => clearInterval(timer);
}
