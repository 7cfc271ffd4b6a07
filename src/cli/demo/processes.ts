import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Access, Seed } from '../forge.ts';
import { sandboxEnvironment } from '../local-sandbox.ts';
import { unlessInterrupted } from './interruption.ts';

const COMMAND = resolve(import.meta.dirname, '../../../bin/corrigible');
/** Longest wait for a process to say that it listens. */
const START_MS = 60_000;
const STOP_MS = 15_000;

/** A process of ours, with what it printed. */
export interface Running {
  readonly pid: number;
  readonly name: string;
  /** Everything it wrote, for when something is wrong. */
  output(): string;
  /** Tells what it writes to its standard output from now on. */
  follow(told: (text: string) => void): void;
  stop(): Promise<void>;
}

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}

/** Starts `corrigible <args>`. `listening` rejects with what it printed when it ends or stays silent instead. */
function start(name: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(COMMAND, args, {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C reaches every process of the terminal's group; these are stopped by us, in order.
    detached: true,
  });
  let output = '';
  const listening = new Promise<void>((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`${name} did not start:\n${output}`)), START_MS);
    const read = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-200_000);
      if (/listens at http/.test(output)) done(clearTimeout(timer));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', fail);
    // The streams may hold its last words still when it has ended.
    child.once('close', (code) => {
      clearTimeout(timer);
      fail(new Error(`${name} ended with ${code}:\n${output}`));
    });
  });
  const follow = (told: (text: string) => void) => void child.stdout.on('data', (chunk) => told(chunk.toString()));
  const running: Running = {
    pid: child.pid ?? 0,
    name,
    output: () => output,
    follow,
    stop: () => stopChild(child),
  };
  return { running, listening };
}

/** The forge and the app as two processes that know each other by webhooks and HTTP alone. */
export interface TwoProcesses {
  readonly folder: string;
  readonly access: Access;
  readonly appUrl: string;
  readonly running: readonly Running[];
  stop(): Promise<void>;
}

export interface TwoProcessesOptions {
  readonly seed: Seed;
  /** Ends the start where it is, and clears away what was begun. */
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  readonly forgePort?: number;
}

/** Starts both in a folder of their own below the system's temporary folder, which goes when they stop. */
export async function startTwo(options: TwoProcessesOptions): Promise<TwoProcesses> {
  const { seed, signal = new AbortController().signal, env = {}, forgePort = 0 } = options;
  const folder = await mkdtemp(join(tmpdir(), 'corrigible-demo-'));
  // Sandboxes run as other users of this machine: they may pass through, not look around.
  await chmod(folder, 0o711);
  const running: Running[] = [];
  const stop = async () => {
    for (const one of [...running].reverse()) await one.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const bringUp = async (name: string, args: readonly string[], own: Readonly<Record<string, string>>) => {
    signal.throwIfAborted();
    const started = start(name, args, own);
    running.push(started.running);
    await unlessInterrupted(signal, started.listening);
  };
  try {
    const port = await freePort();
    const seedFile = join(folder, 'seed.json');
    await writeFile(seedFile, JSON.stringify(seed), { mode: 0o600 });
    const appUrl = `http://127.0.0.1:${port}`;
    const state = join(folder, 'forge');
    const webhook = `${appUrl}/api/github/webhooks`;
    const place = ['--port', String(forgePort), '--state', state];
    await bringUp('forge', ['forge', ...place, '--seed', seedFile, '--webhook', webhook], {});
    const access = JSON.parse(await readFile(join(state, 'access.json'), 'utf8')) as Access;
    await bringUp('app', ['serve'], appEnvironment(access, port, join(folder, 'app'), env));
    return { folder, access, appUrl, running, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const appEnvironment = (access: Access, port: number, stateDir: string, env: Readonly<Record<string, string>>) => ({
  APP_ID: String(access.app.id),
  PRIVATE_KEY: access.app.privateKey,
  WEBHOOK_SECRET: access.app.webhookSecret,
  GITHUB_API_URL: access.url,
  GITHUB_URL: access.url,
  PORT: String(port),
  PUBLIC_URL: `http://127.0.0.1:${port}`,
  STATE_DIR: stateDir,
  LOG_LEVEL: 'warn',
  ...sandboxEnvironment(process.env),
  ...env,
});
