import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { endOf, type Launched } from './launched.ts';
import { allProcesses, attempt } from './processes.ts';
import type { Setup } from './setup.ts';

/** How a command is started where the machine itself is the sandbox. */
export interface ExternalStart {
  readonly setup: Pick<Setup, 'inherited'>;
  readonly command: readonly string[];
  readonly tree: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whom to start it as: never root. */
  readonly uid: number;
  readonly withStdin: boolean;
}

/** For how long output is waited for that something may still hold open which left the command's group. */
const LAST_WORDS_MS = 1000;

function start({ setup, command, tree, env, uid, withStdin }: ExternalStart): ChildProcess {
  const nothing = openSync('/dev/null', 'r');
  const stdio: ('pipe' | 'ignore' | number)[] = [withStdin ? 'pipe' : 'ignore', 'pipe', 'pipe'];
  for (const fd of setup.inherited) {
    while (stdio.length < fd) stdio.push('ignore');
    stdio[fd] = nothing;
  }
  try {
    return spawn(command[0]!, command.slice(1), { cwd: tree, env, detached: true, stdio, uid, gid: uid });
  } finally {
    closeSync(nothing);
  }
}

// A uid of the pool has no other processes than those of the run.
const processesOf = (uid: number): readonly string[] =>
  allProcesses().filter((pid) => attempt(() => statSync(`/proc/${pid}`).uid, -1) === uid);

function killUser(uid: number): void {
  for (const pid of processesOf(uid)) attempt(() => process.kill(Number(pid), 'SIGKILL'), false);
}

class ExternalRun implements Launched {
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly end: Launched['end'];
  readonly #child: ChildProcess;
  readonly #uid: number;

  constructor(child: ChildProcess, uid: number) {
    this.#child = child;
    this.#uid = uid;
    this.stdin = child.stdin;
    this.stdout = child.stdout as Readable;
    this.stderr = child.stderr as Readable;
    this.end = this.#untilGone();
  }

  kill(): void {
    const pid = this.#child.pid;
    if (pid !== undefined) attempt(() => process.kill(-pid, 'SIGKILL'), false);
    killUser(this.#uid);
  }

  processes(): readonly string[] {
    return processesOf(this.#uid);
  }

  // Memory and processors are the machine's to bound.
  watch(): () => void {
    return () => {};
  }

  async #untilGone(): Promise<Awaited<Launched['end']>> {
    const closed = once(this.#child, 'close');
    const [code, signal] = (await once(this.#child, 'exit')) as [number | null, NodeJS.Signals | null];
    // What it left in the background.
    this.kill();
    const givenUp = setTimeout(() => {
      this.stdout.destroy();
      this.stderr.destroy();
    }, LAST_WORDS_MS);
    await closed;
    clearTimeout(givenUp);
    return endOf(code ?? 128 + constants.signals[signal ?? 'SIGKILL']);
  }
}

/** Starts a command with no sandbox of ours around it, in a process group of its own. Rejects when it cannot be started. */
export async function startExternal(how: ExternalStart): Promise<Launched> {
  if (how.uid === 0) throw new Error('A command never runs as root.');
  const child = start(how);
  if (child.pid === undefined) throw (await once(child, 'error'))[0];
  return new ExternalRun(child, how.uid);
}
