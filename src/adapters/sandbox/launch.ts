import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxLimits } from '../../ports.ts';
import { type Descriptor, type Spawned, spawn } from '../../spawn.ts';
import type { BwrapArguments } from './bwrap-arguments.ts';
import type { ControlGroup } from './control-groups.ts';
import { cpuSecondsOf, defaults } from './defaults.ts';
import { type Ending, endOf, type Launched } from './launched.ts';
import { processesIn, textOf } from './processes.ts';
import { type News, readNews } from './read-news.ts';
import type { Setup } from './setup.ts';
import { watchGroup, watchUse } from './watch-use.ts';

const MB = 1024 * 1024;

/** How bubblewrap is started for one run. */
export interface Launch {
  readonly setup: Setup;
  readonly args: BwrapArguments;
  /** Whom to start it as, null for the app's own user. */
  readonly uid: number | null;
  readonly withStdin: boolean;
  readonly limits: SandboxLimits;
  /** What the run is put into before its command begins: `args` have it wait on descriptor 6. */
  readonly group: ControlGroup | null;
}

// Node closes its own files in a child, not those that it was itself given: they are covered with /dev/null.
function descriptorsOf({ setup, withStdin, group }: Launch): readonly Descriptor[] {
  const filter = { file: setup.filterFile };
  const all: Descriptor[] = [withStdin ? 'stream' : 'nothing', 'stream', 'stream', filter, 'stream'];
  for (const fd of setup.inherited) {
    while (all.length < fd) all.push('nothing');
    all[fd] = { file: '/dev/null' };
  }
  all[5] = 'stream';
  if (group !== null) all[6] = 'stream';
  return all;
}

// Bubblewrap ends with its command; what the command left behind is killed a moment later. Only when the first process of
// a pid namespace is a zombie, or reaped, are all the others dead.
async function untilDead(first: number): Promise<void> {
  const state = () => /\) (\w)/.exec(textOf(`/proc/${first}/stat`) ?? '')?.[1] ?? 'X';
  while (!/[XZ]/.test(state())) await sleep(1);
}

class BubblewrapRun implements Launched {
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly end: Launched['end'];
  readonly #child: Spawned;
  readonly #group: ControlGroup | null;
  readonly #limits: SandboxLimits;
  #news = '';

  constructor(child: Spawned, { args, group, limits }: Launch) {
    this.#child = child;
    this.#group = group;
    this.#limits = limits;
    const [stdin = null, stdout, stderr, , , options] = child.streams;
    options?.resume().end(args.options.map((option) => `${option}\0`).join(''));
    this.stdin = stdin;
    this.stdout = stdout as Readable;
    this.stderr = stderr as Readable;
    this.end = this.#untilGone();
  }

  // Until the command runs, bubblewrap's two processes are one group; after that the second one, pid 1 of the namespace,
  // dies with the first, and the kernel ends the rest of the namespace with it.
  kill(): void {
    this.#group?.kill();
    this.#child.kill('SIGKILL', true);
  }

  processes(): readonly string[] {
    const { first } = readNews(this.#news);
    return first === undefined ? [] : processesIn(first.namespace);
  }

  watch(exceeded: (why: Ending) => void): () => void {
    let stop = (): void => {};
    // Bubblewrap's own news; the command cannot write here.
    this.#child.streams[4]?.on('data', (chunk: Buffer) => {
      const known = readNews(this.#news).first !== undefined;
      this.#news += chunk.toString('latin1');
      const { first } = readNews(this.#news);
      if (!known && first !== undefined) stop = this.#watchFrom(first, exceeded);
    });
    return () => stop();
  }

  #watchFrom(first: NonNullable<News['first']>, exceeded: (why: Ending) => void): () => void {
    const { memoryMb = defaults.memoryMb } = this.#limits;
    const cpuSeconds = cpuSecondsOf(this.#limits);
    if (this.#group === null) return watchUse({ ...first, limitBytes: memoryMb * MB, cpuSeconds, exceeded });
    try {
      this.#group.take([this.#child.pid, first.pid]);
    } catch {
      exceeded('could-not-start');
      return () => {};
    }
    this.#child.streams[6]?.end('x');
    return watchGroup(this.#group, cpuSeconds, exceeded);
  }

  async #untilGone(): Promise<Awaited<Launched['end']>> {
    const { signal } = await this.#child.closed;
    const { first } = readNews(this.#news);
    if (first !== undefined) await untilDead(first.pid);
    return this.#outcome(signal);
  }

  #outcome(signal: NodeJS.Signals | null): Awaited<Launched['end']> {
    const { exit } = readNews(this.#news);
    if (this.#group?.ranOutOfMemory()) return { ended: 'too-much-memory', exit: null };
    if (exit !== undefined) return endOf(exit);
    // Nobody of ours killed it: the kernel out of memory, or a person at the host.
    return { ended: signal === null ? 'could-not-start' : 'killed-by-signal', exit: null };
  }
}

/**
 * Starts bubblewrap with an empty environment: its own first process would show the app's at /proc/1/environ. Rejects
 * when it cannot be started.
 */
export async function launch(how: Launch): Promise<Launched> {
  // Root in a user namespace is still root of the host for every file that root owns.
  if (how.uid === 0 || (how.uid === null && process.getuid?.() === 0)) throw new Error('A command never runs as root.');
  const { setup, args, uid } = how;
  const descriptors = descriptorsOf(how);
  const line = ['--args', '5', '--', ...args.command];
  const child = await spawn(setup.bwrap, line, { cwd: '/', env: {}, detached: true, descriptors, uid });
  return new BubblewrapRun(child, how);
}
