import {
  closeSync,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { heldElsewhere } from '../../domain/messages/store.ts';
import { machine, namespace } from './process-mark.ts';
import { StoreRefused } from './store-refused.ts';

/**
 * Which machine or container has the database. Pids tell nothing beyond one process namespace, and Postgres' own guards
 * are pids and shared memory. So whoever has it leaves a sign, the file `holder`, and its keeper touches that every two
 * seconds. Time is counted in looks, not read from a clock: clocks are set, differ, and stand still with the machine.
 */
const LOOK_MS = 250;
/** Ten seconds: five touches that did not come. */
const LOOKS = 40;
/** After these it is likely that it ended without a word. */
const DOUBTS = 12;
/** Longer than anybody takes from the last look at a sign to putting their own in its place. */
const SETTLE_MS = 200;

interface Sign {
  readonly who: string;
  /** Another one whenever the file was touched or replaced. */
  readonly state: string;
}

const signOf = (base: string): string => join(base, 'holder');

/** Opened each time: on a network disk only that asks the server anew. */
function read(base: string): Sign | null {
  let file: number;
  try {
    file = openSync(signOf(base), 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const { ino, mtimeNs } = fstatSync(file, { bigint: true });
    return { who: readFileSync(file, 'utf8').trim(), state: `${ino} ${mtimeNs}` };
  } finally {
    closeSync(file);
  }
}

/** Leaves our sign, whole: where there is none, or in place of another. False when somebody else was first. */
function leave(base: string, instead: boolean): boolean {
  const half = join(base, `.holder-${namespace()}-${process.pid}`);
  try {
    writeFileSync(half, `${machine()}\n`);
    if (instead) renameSync(half, signOf(base));
    else linkSync(half, signOf(base));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(half, { force: true });
  }
}

/** True once nobody touched the sign for ten seconds, false when it is gone or ours; refuses when another touches it. */
async function staysSilent(base: string, sign: Sign, onDoubt: (host: string) => void): Promise<boolean> {
  for (let looks = 0; looks < LOOKS; looks++) {
    if (looks === DOUBTS) onDoubt(hostOf(sign));
    await sleep(LOOK_MS);
    const now = read(base);
    if (now === null || now.who === machine()) return false;
    if (now.state !== sign.state) throw new StoreRefused(heldElsewhere(base, hostOf(now)));
  }
  return true;
}

const hostOf = ({ who }: Sign): string => who.split('/')[0] ?? '';

/** Whether the sign is ours. */
export const holds = (base: string): boolean => read(base)?.who === machine();

/**
 * Takes the database for this machine and process namespace, or throws `StoreRefused` when another has it. One that ended
 * without a word is waited for until it is silent for ten seconds, which `onWait` is told. `kept` says whether a keeper
 * of ours touches the sign already.
 */
export async function hold(base: string, kept: boolean, onWait: (host: string) => void = () => {}): Promise<void> {
  for (;;) {
    const sign = read(base);
    if (sign === null) {
      if (leave(base, false)) return;
      continue;
    }
    if (sign.who === machine()) {
      if (kept) return;
      // Who took it for silent in this moment is seen after a while; whoever looks later sees the touch.
      const now = new Date();
      utimesSync(signOf(base), now, now);
    } else {
      if (!(await staysSilent(base, sign, onWait))) continue;
      leave(base, true);
    }
    await sleep(SETTLE_MS);
    if (holds(base)) return;
  }
}

/** Takes our sign away, so that the next one need not wait. It stays for whoever of ours came in this moment. */
export function letGo(base: string, isUsed: () => boolean): void {
  if (!holds(base)) return;
  rmSync(signOf(base), { force: true });
  if (isUsed()) leave(base, false);
}
