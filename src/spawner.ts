// Starts processes for `spawn.ts`, and is small so that it can: a program of its own, told what to do on its standard input.
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Kill, Start, Told } from './spawn.ts';

const tell = (told: Told): void => void process.stdout.write(`${JSON.stringify(told)}\n`);

/** Streams that were opened and not asked for yet, in the order of both. */
const streams: Socket[] = [];
const starts: Start[] = [];
const children = new Map<number, ChildProcess>();

function open({ program, args, cwd, env, descriptors, detached, uid }: Start, own: Socket[]): ChildProcess {
  const files: number[] = [];
  const stdio = descriptors.map((descriptor, fd) => {
    if (descriptor === 'nothing') return 'ignore';
    if (descriptor !== 'stream') return files[files.push(openSync(descriptor.file, 'r')) - 1];
    const stream = own.shift();
    // Node does so for the first three alone, and a program does not expect that reading may be refused.
    if (fd > 2) (stream as unknown as { _handle: { setBlocking(on: boolean): void } })._handle.setBlocking(true);
    return stream;
  });
  try {
    const as = uid === null ? {} : { uid, gid: uid };
    return spawn(program, args, { cwd, env, detached, stdio: stdio as StdioOptions, ...as });
  } finally {
    for (const file of files) closeSync(file);
  }
}

function start(asked: Start, own: readonly Socket[]): void {
  const { id } = asked;
  const failed = ({ message, code = null }: { message: string; code?: string | null | undefined }) =>
    tell({ id, failed: { message, code } });
  try {
    const child = open(asked, [...own]);
    child.on('error', (error: NodeJS.ErrnoException) => child.pid === undefined && failed(error));
    child.on('exit', (code, signal) => {
      children.delete(id);
      tell({ id, code, signal });
    });
    if (child.pid === undefined) return;
    children.set(id, child);
    tell({ id, pid: child.pid });
  } catch (error) {
    failed(error as NodeJS.ErrnoException);
  } finally {
    // The process has its own by now.
    for (const stream of own) stream.destroy();
  }
}

const wanted = ({ descriptors }: Start): number => descriptors.filter((one) => one === 'stream').length;

function startAll(): void {
  for (let [next] = starts; next !== undefined && streams.length >= wanted(next); [next] = starts) {
    starts.shift();
    start(next, streams.splice(0, wanted(next)));
  }
}

// Only what has not been reaped yet is killed: its number is nobody else's.
function kill({ kill: id, signal, group }: Kill): void {
  const child = children.get(id);
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(group ? -child.pid : child.pid, signal);
  } catch {
    // Gone in this very moment.
  }
}

// Whoever asks decides when it ends, and may have to be asked for more on its own way out.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
const server = createServer({ pauseOnConnect: true }, (stream) => {
  stream.on('error', () => {});
  streams.push(stream);
  startAll();
});
server.listen('streams', () => tell({ ready: true }));
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const asked = JSON.parse(line) as Start | Kill;
  if ('kill' in asked) kill(asked);
  else {
    starts.push(asked);
    startAll();
  }
});
lines.on('close', () => process.exit());
