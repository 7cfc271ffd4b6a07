import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleApp } from './bundle.ts';
import type { Answer, Order, Start } from './orders.ts';

const script = await bundleApp();

/** Longest time that a process may take for one answer. */
const ANSWER_MS = 60_000;
const KEEP_OUTPUT = 200_000;

/** One process of the app. */
export interface AppProcess {
  readonly pid: number;
  /** Resolves when it has ended, however. */
  readonly ended: Promise<void>;
  readonly alive: boolean;
  output(): string;
  ask<T>(order: Order): Promise<T>;
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
}

function wrap(child: ChildProcess): AppProcess {
  let output = '';
  let asked = 0;
  const waiting = new Map<number, { done: (value: never) => void; fail: (error: Error) => void }>();
  const ended = once(child, 'exit').then(() => {});
  const read = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-KEEP_OUTPUT);
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  child.on('message', (answer: Answer) => {
    const asking = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) asking?.fail(new Error(`the app says: ${answer.error}`));
    else asking?.done(answer.value as never);
  });
  // An order to a process that is dying is as good as none.
  child.on('error', () => {});
  ended.then(() => {
    for (const { fail } of waiting.values()) fail(new Error('the app is gone'));
    waiting.clear();
  });
  return {
    pid: child.pid ?? 0,
    ended,
    get alive() {
      return child.exitCode === null && child.signalCode === null;
    },
    output: () => output,
    signal: (name) => void child.kill(name),
    ask<T>(order: Order): Promise<T> {
      asked += 1;
      const id = asked;
      const answer = new Promise<T>((done, fail) => {
        waiting.set(id, { done, fail });
        setTimeout(() => fail(new Error(`no answer to ${order.do}`)), ANSWER_MS).unref();
      });
      const gone = () => waiting.get(id)?.fail(new Error('the app is gone'));
      // One that dies in this moment cannot be sent to.
      if (child.connected) child.send({ ...order, id }, (error) => error && gone());
      else gone();
      return answer;
    },
  };
}

function spawnApp(inNamespaceOf?: readonly string[]): ChildProcess {
  const cache = join(tmpdir(), 'corrigible-chaos-cache');
  mkdirSync(cache, { recursive: true });
  const { PATH = '', HOME = '' } = process.env;
  return fork(script, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH, HOME, NODE_COMPILE_CACHE: cache, NODE_NO_WARNINGS: '1' },
    ...(inNamespaceOf === undefined
      ? {}
      : { execPath: '/usr/bin/env', execArgv: [...inNamespaceOf, process.execPath] }),
  });
}

const ready = async (child: ChildProcess): Promise<AppProcess> => {
  const process = wrap(child);
  await Promise.race([
    once(child, 'message'),
    process.ended.then(() => Promise.reject(new Error(`the app did not come up:\n${process.output()}`))),
  ]);
  return process;
};

/** Processes that have read all their code and wait: who takes one over from a dead one need not wait for that. */
export interface Spares {
  take(): Promise<AppProcess>;
  close(): void;
}

export function keepSpares(count: number): Spares {
  const children: ChildProcess[] = [];
  const idle: Promise<AppProcess>[] = [];
  const add = () => {
    const child = spawnApp();
    children.push(child);
    child.once('exit', () => children.splice(children.indexOf(child), 1));
    const coming = ready(child);
    coming.catch(() => {});
    idle.push(coming);
  };
  for (let i = 0; i < count; i++) add();
  return {
    take: () => {
      add();
      return idle.shift() as Promise<AppProcess>;
    },
    close: () => {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

/** A process in a mount namespace of its own, where `size` bytes of memory stand for the disk at `folder`. */
export const onSmallDisk = (folder: string, size: number): Promise<AppProcess> => {
  const mount = `mount -t tmpfs -o mode=711,size=${size} tmpfs "$0" && exec "$@"`;
  return ready(spawnApp(['unshare', '--mount', '--', '/bin/sh', '-c', mount, folder]));
};

/** Starts the app in a process that waits. */
export const startIn = (process: AppProcess, order: Omit<Start, 'do'>): Promise<{ url: string }> =>
  process.ask({ do: 'start', ...order });
