import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { SandboxLimits } from '../../ports.ts';
import { type Descriptor, type Spawned, spawn } from '../../spawn.ts';
import type { Bundle } from './bundle.ts';
import { ranOutOfMemory } from './container-groups.ts';
import { type ContainerSetup, RUNTIME_ENV } from './container-setup.ts';
import { cpuSecondsOf, defaults } from './defaults.ts';
import { type Ending, endOf, type Launched } from './launched.ts';
import { attempt, processesIn } from './processes.ts';
import { watchUse } from './watch-use.ts';

const MB = 1024 * 1024;
const LOOK_MS = 2;
const DELETE_MS = 20_000;

const execute = promisify(execFile);

/** How a container is started for one run. */
export interface ContainerLaunch {
  readonly setup: ContainerSetup;
  readonly bundle: Bundle;
  readonly withStdin: boolean;
  readonly limits: SandboxLimits;
}

/** The first process of a container as the host sees it, and the inode of its pid namespace. */
interface First {
  readonly pid: number;
  readonly namespace: number;
}

function descriptorsOf({ setup, withStdin }: ContainerLaunch): readonly Descriptor[] {
  const all: Descriptor[] = [withStdin ? 'stream' : 'nothing', 'stream', 'stream', 'stream'];
  for (const fd of setup.inherited) {
    while (all.length < fd) all.push('nothing');
    all[fd] = { file: '/dev/null' };
  }
  return all;
}

function firstOf(pidFile: string): First | null {
  const pid = Number(attempt(() => readFileSync(pidFile, 'latin1'), ''));
  if (!(pid > 1)) return null;
  const link = attempt(() => readlinkSync(`/proc/${pid}/ns/pid`), '');
  const namespace = Number(/^pid:\[(\d+)\]$/.exec(link)?.[1]);
  return namespace > 0 ? { pid, namespace } : null;
}

/** Has the runtime remove a container, with all that is in it. Rejects when it cannot. */
export const deleteContainer = (runtime: readonly string[], id: string): Promise<unknown> =>
  execute(runtime[0]!, [...runtime.slice(1), 'delete', '--force', id], {
    cwd: '/',
    env: RUNTIME_ENV,
    timeout: DELETE_MS,
  });

class ContainerRun implements Launched {
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly end: Launched['end'];
  /** To and from the first process. */
  readonly #gate: Socket;
  readonly #child: Spawned;
  readonly #how: ContainerLaunch;
  #first: First | null = null;
  #killed = false;
  #begun = false;
  #ranOutOfMemory = false;

  constructor(child: Spawned, how: ContainerLaunch) {
    this.#child = child;
    this.#how = how;
    const [stdin = null, stdout, stderr, gate] = child.streams;
    this.stdin = stdin;
    this.stdout = stdout as Readable;
    this.stderr = stderr as Readable;
    this.#gate = gate as Socket;
    this.end = this.#untilGone();
  }

  kill(): void {
    this.#killed = true;
    // With the first process of a pid namespace all the others die, and the runtime clears up after them.
    if (this.#first === null) this.#child.kill('SIGKILL', true);
    else if (this.#child.end() === null) attempt(() => process.kill(this.#first!.pid, 'SIGKILL'), false);
  }

  processes(): readonly string[] {
    return this.#first === null ? [] : processesIn(this.#first.namespace);
  }

  watch(exceeded: (why: Ending) => void): () => void {
    const { memoryMb = defaults.memoryMb } = this.#how.limits;
    const cpuSeconds = cpuSecondsOf(this.#how.limits);
    let stop = (): void => {};
    let stopped = false;
    void this.#untilThere().then((first) => {
      if (first === null || stopped) return;
      stop = watchUse({ ...first, limitBytes: memoryMb * MB, cpuSeconds, exceeded });
      this.#begun = true;
      // Its control groups are there for as long as it waits.
      this.#gate.on('data', () => this.#lookBack());
      this.#gate.write('go\n');
    });
    return () => {
      stopped = true;
      stop();
    };
  }

  #lookBack(): void {
    this.#ranOutOfMemory ||= ranOutOfMemory(this.#how.bundle.id);
    this.#gate.write('go\n');
  }

  // The command waits meanwhile. The runtime notes who its first process is only after it has started it.
  async #untilThere(): Promise<First | null> {
    const gate = this.#gate;
    // It may be killed before it reads.
    gate.on('error', () => {});
    await Promise.race([once(gate, 'data').catch(() => {}), this.#child.exited]);
    // Read to its end also where nobody listens.
    gate.resume();
    for (let first = firstOf(this.#how.bundle.pidFile); this.#child.end() === null && !this.#killed; ) {
      if (first !== null) {
        this.#first = first;
        return first;
      }
      await sleep(LOOK_MS);
      first = firstOf(this.#how.bundle.pidFile);
    }
    return null;
  }

  /** A runtime that was killed leaves its container, which may hold the output open. */
  async #clear(): Promise<void> {
    const { setup, bundle } = this.#how;
    if (!existsSync(path.join(setup.folder, 'runtime', bundle.id))) return;
    await deleteContainer(setup.runtime, bundle.id).catch(() => {
      // The next start tries again. Until then nobody waits for what it prints.
      for (const stream of [this.stdout, this.stderr, this.#gate]) stream.destroy();
    });
  }

  async #untilGone(): Promise<Awaited<Launched['end']>> {
    const { code, signal } = await this.#child.exited;
    await this.#clear();
    await this.#child.closed;
    if (!this.#begun) return { ended: 'could-not-start', exit: null };
    if (this.#ranOutOfMemory) return { ended: 'too-much-memory', exit: null };
    return signal === null && code !== null ? endOf(code) : { ended: 'killed-by-signal', exit: null };
  }
}

/** Starts a container. Rejects when its runtime cannot be started. */
export async function startContainer(how: ContainerLaunch): Promise<Launched> {
  const { setup, bundle } = how;
  const bundled = ['--bundle', bundle.folder, '--pid-file', bundle.pidFile, '--preserve-fds', '1', bundle.id];
  // The runtime dies with the app, and the first process of the container with the runtime.
  const line = ['--pdeathsig', 'KILL', ...setup.runtime, 'run', ...bundled];
  const more = { cwd: '/', env: RUNTIME_ENV, detached: true, descriptors: descriptorsOf(how) };
  return new ContainerRun(await spawn('/usr/bin/setpriv', line, more), how);
}
