import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { endUser, processesOf } from './clear-user.ts';
import { endOf, type Launched } from './launched.ts';
import { attempt } from './processes.ts';
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

/** A uid of the pool has no other processes than those of its runs, which are several where they write to one tree. */
interface User {
  runs: number;
  /** What the last of its runs left is being killed. */
  ending: Promise<void>;
}

const users = new Map<number, User>();

async function enter(uid: number): Promise<void> {
  const user = users.get(uid) ?? { runs: 0, ending: Promise.resolve() };
  users.set(uid, user);
  user.runs++;
  await user.ending;
}

async function leave(uid: number): Promise<void> {
  const user = users.get(uid)!;
  user.runs--;
  if (user.runs > 0) return;
  user.ending = endUser(uid);
  await user.ending;
  if (user.runs === 0) users.delete(uid);
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
    // What it left in the background, in its group and beside it.
    this.kill();
    await leave(this.#uid);
    const givenUp = setTimeout(() => {
      this.stdout.destroy();
      this.stderr.destroy();
    }, LAST_WORDS_MS);
    await closed;
    clearTimeout(givenUp);
    return endOf(code ?? 128 + constants.signals[signal ?? 'SIGKILL']);
  }
}

/**
 * Starts a command with no sandbox of ours around it, in a process group of its own. No process of its user is left when the
 * last of its runs is over. Rejects when it cannot be started.
 */
export async function startExternal(how: ExternalStart): Promise<Launched> {
  if (how.uid === 0) throw new Error('A command never runs as root.');
  await enter(how.uid);
  try {
    const child = start(how);
    if (child.pid === undefined) throw (await once(child, 'error'))[0];
    return new ExternalRun(child, how.uid);
  } catch (error) {
    await leave(how.uid);
    throw error;
  }
}
