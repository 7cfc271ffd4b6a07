import { randomUUID } from 'node:crypto';
import { accessSync, constants, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { attempt } from './processes.ts';

/** What the kernel holds one run to. */
export interface GroupLimits {
  readonly memoryBytes: number;
  readonly processes: number;
}

/** A control group of one run. */
export interface ControlGroup {
  /** Takes processes in; what they start from now on is in it as well. Throws where the kernel refuses. */
  take(pids: readonly number[]): void;
  ranOutOfMemory(): boolean;
  /** Seconds of a processor that all its processes have used, ended ones included. */
  seconds(): number;
  /** SIGKILL to all that is in it. */
  kill(): void;
  /** Removes it once its last process is gone. */
  remove(): Promise<void>;
}

/** A delegated folder of cgroup v2, in which each run gets a group of its own. */
export interface ControlGroups {
  open(limits: GroupLimits): Promise<ControlGroup>;
}

/** Where the kernel shows its groups, and which of them this process is in; a test has others. */
export interface GroupFiles {
  readonly root: string;
  /** /proc/self/cgroup. */
  readonly own: string;
  /** Removes a group, which is a folder that has files nobody can remove. */
  readonly remove: (folder: string) => Promise<void>;
}

const kernels: GroupFiles = { root: '/sys/fs/cgroup', own: '/proc/self/cgroup', remove: rmdir };

/** The group that the app itself sits in where its folder is delegated to it: systemd's `DelegateSubgroup=app`. */
const SUBGROUP = 'app';
const NEEDED = ['memory', 'pids', 'cpu'];
const PERIOD_US = 100_000;
const REMOVE_TRIES = 100;
const REMOVE_MS = 20;

const read = (file: string): string => attempt(() => readFileSync(file, 'latin1'), '');
const numberIn = (text: string, field: string): number =>
  Number(new RegExp(`^${field} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);

/** Hands the controllers down to the groups in a folder; false where that may not be or cannot be. */
function handsDown(folder: string): boolean {
  const file = path.join(folder, 'cgroup.subtree_control');
  const lacking = (): string[] => {
    const has = read(file).split(/\s/);
    return NEEDED.filter((name) => !has.includes(name));
  };
  return attempt(() => {
    accessSync(folder, constants.W_OK);
    accessSync(path.join(folder, 'cgroup.procs'), constants.W_OK);
    // The kernel refuses where processes sit in the folder itself.
    if (lacking().length > 0)
      writeFileSync(
        file,
        lacking()
          .map((name) => `+${name}`)
          .join(' '),
      );
    return lacking().length === 0;
  }, false);
}

/** Groups of a process that was killed are empty, for its runs died with it. */
function sweep(folder: string): void {
  for (const name of attempt(() => readdirSync(folder), [])) {
    const owner = /^run-(\d+)-/.exec(name)?.[1];
    if (owner === undefined || attempt(() => process.kill(Number(owner), 0), false)) continue;
    attempt(() => rmdirSync(path.join(folder, name)), undefined);
  }
}

class RunGroup implements ControlGroup {
  readonly #folder: string;
  readonly #remove: GroupFiles['remove'];

  constructor(folder: string, remove: GroupFiles['remove']) {
    this.#folder = folder;
    this.#remove = remove;
  }

  #file(name: string): string {
    return path.join(this.#folder, name);
  }

  async bound({ memoryBytes, processes }: GroupLimits): Promise<void> {
    const values = {
      'memory.max': memoryBytes,
      // All of a run or nothing of it: one killed process of many would leave a run that is neither.
      'memory.oom.group': 1,
      'pids.max': processes,
      // No more processors than the app itself may use.
      'cpu.max': `${availableParallelism() * PERIOD_US} ${PERIOD_US}`,
    };
    for (const [name, value] of Object.entries(values)) await writeFile(this.#file(name), String(value));
    // Not there where the kernel has no swap.
    await writeFile(this.#file('memory.swap.max'), '0').catch(() => {});
  }

  take(pids: readonly number[]): void {
    for (const pid of pids) writeFileSync(this.#file('cgroup.procs'), String(pid), { flag: 'a' });
  }

  ranOutOfMemory(): boolean {
    return numberIn(read(this.#file('memory.events')), 'oom_kill') > 0;
  }

  seconds(): number {
    return numberIn(read(this.#file('cpu.stat')), 'usage_usec') / 1_000_000;
  }

  kill(): void {
    // Before Linux 5.14 there is no such file; the processes are killed by their namespace then.
    attempt(() => writeFileSync(this.#file('cgroup.kill'), '1'), undefined);
  }

  async remove(): Promise<void> {
    this.kill();
    for (let tries = 1; ; tries++) {
      try {
        return await this.#remove(this.#folder);
      } catch (error) {
        // Killed processes leave it one by one. What stays is swept by the next start.
        if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || tries === REMOVE_TRIES) return;
      }
      await sleep(REMOVE_MS);
    }
  }
}

/** The folder of cgroup v2 that is delegated to this process; null where there is none, and runs are watched instead. */
export function findControlGroups(files: GroupFiles = kernels): ControlGroups | null {
  const own = /^0::(\/.*)$/m.exec(read(files.own))?.[1];
  if (own === undefined) return null;
  const parent = path.basename(own) === SUBGROUP ? [path.dirname(own)] : [];
  const folder = [...parent, own].map((place) => path.join(files.root, place)).find(handsDown);
  if (folder === undefined) return null;
  sweep(folder);
  return {
    async open(limits) {
      const place = path.join(folder, `run-${process.pid}-${randomUUID()}`);
      await mkdir(place);
      const group = new RunGroup(place, files.remove);
      try {
        await group.bound(limits);
      } catch (error) {
        await group.remove();
        throw error;
      }
      return group;
    },
  };
}
