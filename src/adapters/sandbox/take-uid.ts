import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

const POOL = 256;
const NOBODY = 65534;
/** Of this process, those that are being taken included. */
const taken = new Set<number>();

/** A uid that is nobody else's until it is given back. */
export interface TakenUid {
  readonly uid: number;
  release(): void;
}

/** Whether a pool of uids may begin here: never 0, no account of the system, never `nobody`. */
export const isPoolStart = (first: number): boolean =>
  Number.isInteger(first) && first >= 1000 && (first > NOBODY || first + POOL <= NOBODY);

/**
 * Says on the whole machine that a uid is in use; null where another process says so. The name of a socket without a file
 * is whose it is that took it first, and goes with its process, however that dies.
 */
async function hold(uid: number): Promise<{ close(): void } | null> {
  const server = createServer((stranger) => stranger.destroy()).unref();
  const listening = once(server, 'listening');
  server.listen(`\0corrigible-uid-${uid}`);
  return listening.then(
    () => server,
    () => null,
  );
}

async function take(uid: number): Promise<TakenUid | null> {
  taken.add(uid);
  const held = await hold(uid);
  if (held === null) {
    taken.delete(uid);
    return null;
  }
  return {
    uid,
    release: () => {
      held.close();
      taken.delete(uid);
    },
  };
}

/**
 * A uid of the 256 from `first` that no run on this machine has; null when all are taken. Each concurrent run has its own,
 * so that on the host one can neither signal nor read another, whichever process of the app started it. Drawn: the uid of a
 * run tells nothing of how many there were before it or run beside it.
 */
export async function takeUid(first: number): Promise<TakenUid | null> {
  const untried = Array.from({ length: POOL }, (_, i) => first + i);
  while (untried.length > 0) {
    const [uid = 0] = untried.splice(randomInt(untried.length), 1);
    const mine = taken.has(uid) ? null : await take(uid);
    if (mine !== null) return mine;
  }
  return null;
}
