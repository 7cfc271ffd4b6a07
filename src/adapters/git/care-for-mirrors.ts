import { readdir, rename, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ownFolder, removeFolder } from '../../own-folder.ts';
import type { Log } from '../../ports.ts';
import { isLeft, lastUsed, nameBeside } from './mirror-folder.ts';
import { TIDY, type TidyLimits, tidyMirror } from './tidy-mirror.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface CareLimits extends TidyLimits {
  /** Mirrors that were not used for so long go. */
  readonly oldestMs: number;
  /** Most bytes of all mirrors; the one that was not used for the longest goes first. */
  readonly bytes: number;
  /** What was used since then may still be at work, and stays. */
  readonly inUseMs: number;
  /** No run takes so long: a tree that lies for longer was forgotten. */
  readonly treeMs: number;
}

const LIMITS: CareLimits = { ...TIDY, oldestMs: 30 * DAY_MS, bytes: 50e9, inUseMs: DAY_MS / 2, treeMs: 3 * DAY_MS };

/** How long after the start, and then how often. */
const FIRST_MS = 10 * 60_000;
const EVERY_MS = HOUR_MS;

/** What was done, by folders below `mirrors`. */
export interface Cared {
  readonly removed: readonly string[];
  readonly tidied: readonly string[];
}

export interface CareOptions {
  readonly stateDir: string;
  readonly log: Log;
  readonly limits?: Partial<CareLimits>;
}

interface Mirror {
  /** `owner/name.git` */
  readonly name: string;
  readonly gitDir: string;
  readonly used: number;
  readonly bytes: number;
}

const entriesOf = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

/** What its packs take: all but a little of it. */
async function bytesOf(gitDir: string): Promise<number> {
  const packs = join(gitDir, 'objects/pack');
  let bytes = 0;
  for (const name of await entriesOf(packs)) bytes += (await stat(join(packs, name)).catch(() => null))?.size ?? 0;
  return bytes;
}

/** Every mirror there is. What a killed process left beside them goes. */
async function mirrorsIn(root: string): Promise<readonly Mirror[]> {
  const mirrors: Mirror[] = [];
  for (const owner of await entriesOf(root))
    for (const entry of await entriesOf(join(root, owner))) {
      const gitDir = join(root, owner, entry);
      if (await isLeft(entry)) await removeFolder(gitDir);
      if (!entry.endsWith('.git')) continue;
      const used = await lastUsed(gitDir).catch(() => null);
      if (used !== null) mirrors.push({ name: `${owner}/${entry}`, gitDir, used, bytes: await bytesOf(gitDir) });
    }
  return mirrors.toSorted((a, b) => a.used - b.used);
}

/**
 * Out of the way first, so that nobody finds half of it. Who came to use it in this moment gets it back, or has made
 * another by then. Returns whether it is gone.
 */
async function remove({ gitDir, used }: Mirror): Promise<boolean> {
  const away = await nameBeside(gitDir);
  try {
    await rename(gitDir, away);
  } catch {
    return false;
  }
  const wanted = (await lastUsed(away).catch(() => used)) > used;
  const back =
    wanted &&
    (await rename(away, gitDir).then(
      () => true,
      () => false,
    ));
  if (!back) await removeFolder(away);
  return !back;
}

async function removeOld(mirrors: readonly Mirror[], limits: CareLimits): Promise<readonly Mirror[]> {
  const now = Date.now();
  let bytes = mirrors.reduce((sum, one) => sum + one.bytes, 0);
  const removed: Mirror[] = [];
  for (const mirror of mirrors) {
    const age = now - mirror.used;
    const goes = age > limits.oldestMs || (bytes > limits.bytes && age > limits.inUseMs);
    if (!goes || !(await remove(mirror))) continue;
    bytes -= mirror.bytes;
    removed.push(mirror);
  }
  return removed;
}

/** Trees of processes that are no more, and those that this one has forgotten. */
async function removeTrees(stateDir: string, oldestMs: number): Promise<void> {
  const own = await ownFolder(join(stateDir, 'trees'));
  for (const name of await entriesOf(own)) {
    const tree = join(own, name);
    const made = await stat(tree).catch(() => null);
    if (made !== null && Date.now() - made.birthtimeMs > oldestMs) await removeFolder(tree);
  }
}

/**
 * Cares for the mirrors and trees of this machine: tidies, and removes by age and size. Any number of processes may do so
 * at once, and be killed at any point.
 */
export function careForMirrors(options: CareOptions): {
  /** Does what is due. */
  once(signal?: AbortSignal): Promise<Cared>;
  /** Does so every hour until the function it returns is called, which ends what is under way. */
  start(): () => Promise<void>;
} {
  const stateDir = resolve(options.stateDir);
  const limits = { ...LIMITS, ...options.limits };
  const { log } = options;
  const once = async (signal: AbortSignal): Promise<Cared> => {
    await removeTrees(stateDir, limits.treeMs);
    const mirrors = await mirrorsIn(join(stateDir, 'mirrors'));
    const removed = (await removeOld(mirrors, limits)).map(({ name }) => name);
    if (removed.length > 0) log.info('mirrors that nobody used were removed', { mirrors: removed });
    const tidied: string[] = [];
    for (const { name, gitDir } of mirrors) {
      if (signal.aborted) break;
      if (removed.includes(name)) continue;
      const did = await tidyMirror(gitDir, limits, signal).catch((error: unknown) => {
        if (!signal.aborted) log.warn('a mirror was not tidied', { mirror: name, error });
        return false;
      });
      if (did) tidied.push(name);
    }
    return { removed, tidied };
  };
  return {
    once: (signal = new AbortController().signal) => once(signal),
    start() {
      const stopping = new AbortController();
      let underWay: Promise<unknown> | null = null;
      const pass = () => {
        underWay ??= once(stopping.signal)
          .catch((error: unknown) => log.warn('the care for mirrors failed', { error }))
          .finally(() => {
            underWay = null;
          });
      };
      const timers = [setTimeout(pass, FIRST_MS).unref(), setInterval(pass, EVERY_MS).unref()];
      return async () => {
        stopping.abort();
        for (const timer of timers) clearTimeout(timer);
        await underWay;
      };
    },
  };
}
