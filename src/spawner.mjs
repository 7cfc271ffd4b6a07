// Starts processes for `spawn.ts`, told on its standard input what to do, in the types `Start` and `Kill` there. It is
// small so that it can, and so plain JavaScript: what takes out types would be most of its memory.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

const tell = (told) => void process.stdout.write(`${JSON.stringify(told)}\n`);

/** Streams that were opened and not asked for yet, and what was asked for, in the order of both. */
const streams = [];
const starts = [];
const children = new Map();

function open({ program, args, cwd, env, descriptors, detached, uid }, own) {
  const files = [];
  const left = [...own];
  const stdio = descriptors.map((descriptor, fd) => {
    if (descriptor === 'nothing') return 'ignore';
    if (descriptor !== 'stream') return files[files.push(openSync(descriptor.file, 'r')) - 1];
    const stream = left.shift();
    // Node does so for the first three alone, and a program does not expect that reading may be refused.
    if (fd > 2) stream._handle.setBlocking(true);
    return stream;
  });
  try {
    const as = uid === null ? {} : { uid, gid: uid };
    return spawn(program, args, { cwd, env, detached, stdio, ...as });
  } finally {
    for (const file of files) closeSync(file);
  }
}

function start(asked, own) {
  const { id } = asked;
  const failed = ({ message, code = null }) => tell({ id, failed: { message, code } });
  try {
    const child = open(asked, own);
    child.on('error', (error) => child.pid === undefined && failed(error));
    child.on('exit', (code, signal) => {
      children.delete(id);
      tell({ id, code, signal });
    });
    if (child.pid === undefined) return;
    children.set(id, child);
    tell({ id, pid: child.pid });
  } catch (error) {
    failed(error);
  } finally {
    // The process has its own by now.
    for (const stream of own) stream.destroy();
  }
}

const wanted = ({ descriptors }) => descriptors.filter((one) => one === 'stream').length;

function startAll() {
  for (let [next] = starts; next !== undefined && streams.length >= wanted(next); [next] = starts) {
    starts.shift();
    start(next, streams.splice(0, wanted(next)));
  }
}

// Only what has not been reaped yet is killed: its number is nobody else's.
function kill({ kill: id, signal, group }) {
  const child = children.get(id);
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(group ? -child.pid : child.pid, signal);
  } catch {
    // Gone in this very moment.
  }
}

// Whoever asks decides when it ends, and may have to be asked for more on its own way out.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
const server = createServer({ pauseOnConnect: true }, (stream) => {
  stream.on('error', () => {});
  streams.push(stream);
  startAll();
});
server.listen('streams', () => tell({ ready: true }));
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const asked = JSON.parse(line);
  if ('kill' in asked) kill(asked);
  else {
    starts.push(asked);
    startAll();
  }
});
lines.on('close', () => process.exit());
