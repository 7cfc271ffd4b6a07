import { statfsSync } from 'node:fs';
import { deletedBytes, hasUsedMore, type Space } from './used-disk.ts';

const POLL_MS = 250;
/** After what part of the limit it is counted anew: so much more than the limit may be used before it is seen. */
const STEP = 1 / 4;

/** No room where it cannot be told. */
function roomAt(folder: string): Space {
  try {
    const { bavail, bsize, ffree } = statfsSync(folder);
    return { bytes: bavail * bsize, files: ffree };
  } catch {
    return { bytes: 0, files: 0 };
  }
}

const lost = (before: Space, now: Space): Space => ({
  bytes: before.bytes - now.bytes,
  files: before.files - now.files,
});

const part = ({ bytes, files }: Space, of: number): Space => ({ bytes: bytes * of, files: files * of });

const isMore = (one: Space, other: Space): boolean => one.bytes > other.bytes || one.files > other.files;

/**
 * Calls `exceeded` when a run has used more than `limit` of the disk of its folder, looking four times a second: what it
 * wrote there is counted, and what it deleted and still has open, once the disk has lost a part of that, whoever took it. And
 * when half of the disk's room is gone, whoever took that: some of what is deleted is seen nowhere else. Returns how to
 * stop watching.
 */
export function watchDisk(
  folder: string,
  limit: Space,
  processes: () => readonly string[],
  exceeded: () => void,
): () => void {
  const since = Date.now();
  const before = roomAt(folder);
  let counted = before;
  let counting = false;
  let stopped = false;
  const count = async (from: Space): Promise<void> => {
    counting = true;
    const over = await hasUsedMore(folder, since, limit, deletedBytes(folder, processes()));
    // The run may be over by then.
    if (over && !stopped) exceeded();
    counted = from;
    counting = false;
  };
  const timer = setInterval(() => {
    const now = roomAt(folder);
    // What others give back meanwhile hides nothing of what is taken from then on.
    counted = { bytes: Math.max(counted.bytes, now.bytes), files: Math.max(counted.files, now.files) };
    if (isMore(lost(before, now), part(before, 1 / 2))) exceeded();
    else if (!counting && isMore(lost(counted, now), part(limit, STEP))) void count(now);
  }, POLL_MS);
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
