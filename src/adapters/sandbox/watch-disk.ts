import { statfsSync } from 'node:fs';

const POLL_MS = 250;
/** Most files that a run may leave: a disk also runs out of places for them. */
const FILES = 500_000;

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
 * Calls `exceeded` when the disk of a folder has lost more than `limitBytes`, half of its room or too many files since
 * now, looking four times a second. The whole disk, not the folder: what is deleted and still open is seen nowhere else.
 * So others who fill it meanwhile count too. Returns how to stop watching.
 */
export function watchDisk(folder: string, limitBytes: number, exceeded: () => void): () => void {
  const before = roomAt(folder);
  const most: Room = { bytes: Math.min(limitBytes, before.bytes / 2), files: Math.min(FILES, before.files / 2) };
  const timer = setInterval(() => {
    const now = roomAt(folder);
    if (before.bytes - now.bytes > most.bytes || before.files - now.files > most.files) exceeded();
  }, POLL_MS);
  return () => clearInterval(timer);
}
