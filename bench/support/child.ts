import { type ChildProcess, fork, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { measureMemory } from '../../src/cli/demo/measure-memory.ts';

const COMMAND = join(import.meta.dirname, '../../bin/corrigible');
/** Longest wait for a process to be ready. */
const START_MS = 60_000;

/** A process of ours. */
export interface Child {
  readonly pid: number;
  /** Milliseconds from its spawn until it said that it is ready. */
  readonly startMs: number;
  /** What it said when it was ready: its address, for those that have one. */
  readonly url: string;
  /** Calls one of the functions that its script offers. Rejects when the process ends instead. */
  ask<T>(what: string, ...args: readonly unknown[]): Promise<T>;
  /** Ends it in order, or by `kill -9`. Resolves once it has gone. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Nothing of this process's environment but what a program needs to be found. */
const clean = (env: Readonly<Record<string, string>>) => ({
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '',
  ...env,
});

async function ready(child: ChildProcess, name: string, watch: (say: (url: string) => void) => void): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error(`${name} did not start`)), START_MS);
  const ended = (code: number | null) => reject(new Error(`${name} ended with ${code} instead of starting`));
  child.once('error', reject);
  child.once('exit', ended);
  watch(resolve);
  try {
    return await promise;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
    child.off('exit', ended);
  }
}

function stopper(child: ChildProcess): Child['stop'] {
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  return async (signal = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await gone;
  };
}

let asked = 0;

function asker(child: ChildProcess, name: string): Child['ask'] {
  return <T>(what: string, ...args: readonly unknown[]) => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    asked += 1;
    const id = asked;
    const take = (message: { id?: number; result?: T; error?: string }) => {
      if (message.id !== id) return;
      child.off('message', take);
      child.off('exit', ended);
      if (message.error === undefined) resolve(message.result as T);
      else reject(new Error(`${name}: ${message.error}`));
    };
    const ended = () => reject(new Error(`${name} ended while it was asked ${what}`));
    child.on('message', take);
    child.once('exit', ended);
    child.send({ id, what, args });
    return promise;
  };
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** Starts a script that calls `offer`. */
export async function startScript(
  script: URL,
  env: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Promise<Child> {
  const began = performance.now();
  const child = fork(script, { env: clean(env), execArgv: [...flags], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const name = script.pathname.replace(/^.*\//, '');
  const stop = stopper(child);
  const url = await ready(child, name, (say) =>
    child.on('message', (message: { ready?: string }) => message.ready !== undefined && say(message.ready)),
  );
  return { pid: child.pid ?? 0, startMs: performance.now() - began, url, ask: asker(child, name), stop };
}

/** The app in a process that can be asked what it did, with the flags that the command has. */
export function startApp(env: Readonly<Record<string, string>>): Promise<Child> {
  const flags = /^ *\*\) memory="(.*)"/m.exec(readFileSync(COMMAND, 'utf8'))?.[1];
  if (flags === undefined) throw new Error('bin/corrigible does not say how it starts Node');
  return startScript(new URL('../processes/app.ts', import.meta.url), env, flags.split(' '));
}

/** Starts `corrigible <command> <args>`. It offers nothing to ask. */
export async function startCommand(
  command: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<Child> {
  const began = performance.now();
  const child = spawn(COMMAND, [command, ...args], { env: clean(env), stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = stopper(child);
  let said = '';
  const url = await ready(child, command, (say) =>
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const at = /listens at (https?:\/\/[\w.:[\]-]+)/.exec(said.slice(0, said.lastIndexOf('\n')))?.[1];
      if (at !== undefined) say(at);
    }),
  );
  const ask = () => Promise.reject(new Error('the command has nothing to ask'));
  return { pid: child.pid ?? 0, startMs: performance.now() - began, url, ask, stop };
}

/** Runs `corrigible <command> <args>` to its end, which has to be good. `megabytes`: the most that it and all below it held. */
export async function startToEnd(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly seconds: number; readonly megabytes: number }> {
  const began = performance.now();
  const child = spawn(COMMAND, [command, ...args], { env: clean(env), stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  let megabytes = 0;
  const look = async () => {
    megabytes = Math.max(megabytes, await measureMemory([child.pid ?? 0]).catch(() => 0));
  };
  const watching = setInterval(() => void look(), 200);
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  }).finally(() => clearInterval(watching));
  if (code !== 0) throw new Error(`corrigible ${command} ended with ${code}: ${said}`);
  return { seconds: (performance.now() - began) / 1000, megabytes };
}
