import { type ChildProcessByStdio, spawn as spawnByNode } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** What a new process gets as a descriptor: a stream to whoever asked, nothing, or a file to read. */
export type Descriptor = 'stream' | 'nothing' | { readonly file: string };

export interface Start {
  readonly id: number;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly descriptors: readonly Descriptor[];
  /** A process group of its own. */
  readonly detached: boolean;
  /** As which user and group; null: as whoever asked. */
  readonly uid: number | null;
}

export interface Kill {
  readonly kill: number;
  readonly signal: NodeJS.Signals;
  /** The whole group that it leads. */
  readonly group: boolean;
}

/** What is told on the standard output, a line each. */
export type Told =
  | { readonly ready: true }
  | { readonly id: number; readonly pid: number }
  | { readonly id: number; readonly failed: { readonly message: string; readonly code: string | null } }
  | { readonly id: number; readonly code: number | null; readonly signal: NodeJS.Signals | null };

export interface Spawning extends Pick<Start, 'cwd' | 'env' | 'descriptors'> {
  readonly detached?: boolean;
  readonly uid?: number | null;
}

/** How a process ended: by itself with a code, or by a signal. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Spawned {
  readonly pid: number;
  /** By descriptor; null where it is no stream. */
  readonly streams: readonly (Socket | null)[];
  /** How it ended; null while it runs. */
  end(): End | null;
  /** To the process, or to the whole group that it leads. Without effect once it has ended. */
  kill(signal: NodeJS.Signals, group?: boolean): void;
  /** Resolves once it has ended, whatever may still hold its streams open. */
  readonly exited: Promise<End>;
  /** Resolves once it has ended and everything it wrote was read. What nobody reads is thrown away. */
  readonly closed: Promise<End>;
}

/** How long the spawner stays when nothing runs. */
const IDLE_MS = 60_000;
/** Opens a socket without connecting to it, and what it is stays there after its name is gone. See open(2). */
const O_PATH = 0o10000000;

interface Waiting {
  started(pid: number): void;
  failed(error: Error): void;
  ended(end: End): void;
}

type Helper = ChildProcessByStdio<Writable, Readable, null>;

class Spawner {
  readonly #helper: Helper;
  readonly #door: number;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;
  #idle: NodeJS.Timeout | undefined;
  over = false;

  private constructor(helper: Helper, door: number) {
    this.#helper = helper;
    this.#door = door;
  }

  /** The helper listens in a folder that is gone before anybody is told of it: only this process finds the way in. */
  static async open(): Promise<Spawner> {
    const folder = mkdtempSync(join(tmpdir(), 'corrigible-spawn-'));
    try {
      const program = join(import.meta.dirname, 'spawner.mjs');
      const helper = spawnByNode(process.execPath, ['--no-warnings', '--max-old-space-size=64', program], {
        cwd: folder,
        env: {},
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const lines = createInterface({ input: helper.stdout });
      const failed = once(helper, 'close').then(() => {
        throw new Error('The helper that starts processes ended early.');
      });
      await Promise.race([once(lines, 'line'), failed]);
      failed.catch(() => {});
      const spawner = new Spawner(helper, openSync(join(folder, 'streams'), O_PATH));
      lines.on('line', (line) => spawner.#hear(JSON.parse(line)));
      helper.stdin.on('error', () => {});
      helper.on('close', () => spawner.#lose());
      spawner.#rest();
      return spawner;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  start(program: string, args: readonly string[], how: Spawning): Promise<Spawned> {
    const id = ++this.#count;
    const { detached = false, uid = null, descriptors } = how;
    clearTimeout(this.#idle);
    this.#hold(true);
    // Streams and requests are taken in the order in which they come: nothing may come between these two lines.
    const streams = descriptors.map((one) => (one === 'stream' ? connect(`/proc/self/fd/${this.#door}`) : null));
    this.#ask({ id, program, args, cwd: how.cwd, env: how.env, descriptors, detached, uid });
    return this.#started(id, streams);
  }

  #started(id: number, streams: readonly (Socket | null)[]): Promise<Spawned> {
    const { promise, resolve, reject } = Promise.withResolvers<Spawned>();
    const exit = Promise.withResolvers<End>();
    let end: End | null = null;
    // A program that ends early closes what we still write to; how it ended tells the story.
    for (const stream of streams) stream?.on('error', () => {});
    this.#waiting.set(id, {
      started: (pid) =>
        resolve({
          pid,
          streams,
          end: () => end,
          kill: (signal, group = false) => this.#ask({ kill: id, signal, group }),
          exited: exit.promise,
          closed: allRead(exit.promise, streams),
        }),
      failed: (error) => {
        for (const stream of streams) stream?.destroy();
        reject(error);
      },
      ended: (how) => {
        end = how;
        exit.resolve(how);
      },
    });
    return promise;
  }

  #ask(asked: Start | Kill): void {
    if (!this.over) this.#helper.stdin.write(`${JSON.stringify(asked)}\n`);
  }

  #hear(told: Told): void {
    if ('ready' in told) return;
    const waiting = this.#waiting.get(told.id);
    if ('pid' in told) {
      waiting?.started(told.pid);
      return;
    }
    this.#waiting.delete(told.id);
    if ('failed' in told) waiting?.failed(Object.assign(new Error(told.failed.message), { code: told.failed.code }));
    else waiting?.ended({ code: told.code, signal: told.signal });
    if (this.#waiting.size === 0) this.#rest();
  }

  /** Without anything at work it keeps nobody from ending, and goes after a while. */
  #rest(): void {
    this.#hold(false);
    this.#idle = setTimeout(() => {
      this.over = true;
      this.#helper.stdin.end();
    }, IDLE_MS).unref();
  }

  #hold(on: boolean): void {
    const those = [this.#helper, this.#helper.stdin, this.#helper.stdout] as unknown as readonly Socket[];
    for (const one of those) {
      if (on) one.ref();
      else one.unref();
    }
  }

  /** Whoever runs in a sandbox has died with the helper; of others nobody learns any more how they end. */
  #lose(): void {
    this.over = true;
    clearTimeout(this.#idle);
    closeSync(this.#door);
    for (const { failed, ended } of this.#waiting.values()) {
      failed(new Error('The helper that starts processes was lost.'));
      ended({ code: null, signal: 'SIGKILL' });
    }
    this.#waiting.clear();
  }
}

async function allRead(exited: Promise<End>, streams: readonly (Socket | null)[]): Promise<End> {
  const read = streams.map(
    (stream) => stream !== null && new Promise<void>((closed) => stream.once('close', () => closed())),
  );
  const end = await exited;
  const [stdin, ...others] = streams;
  // What it did not read, nobody will.
  stdin?.destroy();
  for (const stream of others) if (stream?.readableFlowing === null) stream.resume();
  await Promise.all(read);
  return end;
}

let spawner: Promise<Spawner> | undefined;

/**
 * Starts a program by way of a small helper process. To start one, Linux copies the page tables of whoever does, which
 * takes a large process several milliseconds in which it does nothing else, and the helper half of one. Rejects with
 * the system's `code` when it cannot be started. What is still running when this process dies goes on, but for what is
 * told to die with its parent.
 */
export async function spawn(program: string, args: readonly string[], how: Spawning): Promise<Spawned> {
  const known = spawner;
  const found = await known?.catch(() => null);
  // Of several who find it gone, one opens another.
  if (found?.over !== false && spawner === known) spawner = Spawner.open();
  if (spawner === undefined) throw new Error('There is no helper that starts processes.');
  return (await spawner).start(program, args, how);
}

export interface Running extends Pick<Spawning, 'cwd' | 'env'> {
  readonly input?: string | Uint8Array | undefined;
  /** Stops reading, and the program, after so many bytes of output. */
  readonly most?: number | undefined;
  /** Ends the program, and whatever it has started, after so long. */
  readonly timeoutMs?: number | undefined;
  /** Does so when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

export interface Ran extends End {
  /** All that it printed, or as much as was wanted. */
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** It printed more than was wanted. */
  readonly more: boolean;
}

/** To clean up before it is killed. */
const KILL_MS = 1000;

/** The whole group: a helper of the program's own would go on without it. */
function endAfter(child: Spawned, ms: number | undefined, signal: AbortSignal | undefined): void {
  const timers: NodeJS.Timeout[] = [];
  const end = () => {
    child.kill('SIGTERM', true);
    timers.push(setTimeout(() => child.kill('SIGKILL', true), KILL_MS));
  };
  if (ms !== undefined) timers.push(setTimeout(end, ms));
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted === true) end();
  void child.exited.then(() => {
    for (const timer of timers) clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  });
}

/** Runs a program to its end, in the same way. */
export async function run(program: string, args: readonly string[], how: Running): Promise<Ran> {
  const { cwd, env, input = '', most = Number.POSITIVE_INFINITY, timeoutMs, signal } = how;
  const descriptors = ['stream', 'stream', 'stream'] as const;
  // A group of its own where it may have to be ended.
  const mayEnd = timeoutMs !== undefined || signal !== undefined;
  const child = await spawn(program, args, { cwd, env, descriptors, detached: mayEnd });
  if (mayEnd) endAfter(child, timeoutMs, signal);
  const [stdin, output, complaint] = child.streams;
  const out: Buffer[] = [];
  const errors: Buffer[] = [];
  let room = most;
  output?.on('data', (chunk: Buffer) => {
    if (room > 0) out.push(chunk.subarray(0, room));
    room -= chunk.length;
    if (room < 0) child.kill('SIGTERM');
  });
  complaint?.on('data', (chunk: Buffer) => errors.push(chunk));
  stdin?.end(input);
  const end = await child.closed;
  return { ...end, stdout: Buffer.concat(out), stderr: Buffer.concat(errors), more: room < 0 };
}
