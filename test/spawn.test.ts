import { spawn as spawnByNode } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { type Descriptor, run, spawn } from '../src/spawn.ts';

const three: readonly Descriptor[] = ['stream', 'stream', 'stream'];
const how = { cwd: '/', env: { PATH: '/usr/bin:/bin' }, descriptors: three };

/** A shell and the first line that it prints. */
async function shell(script: string, over: Partial<typeof how & { detached: boolean }> = {}) {
  const child = await spawn('/bin/sh', ['-c', script], { ...how, ...over });
  const line = once(child.streams[1]!, 'data').then(([chunk]) => String(chunk).trim());
  return { child, line };
}

const parentOf = (pid: number): number =>
  Number(/\nPPid:\t(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

const isThere = (pid: number): boolean => {
  try {
    return !/\nState:\tZ/.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test('a program gets its arguments, environment, folder and input, and what it prints and how it ends is told', async () => {
  const ran = await run('/bin/sh', ['-c', 'pwd; env; cat; echo no >&2; exit 3', 'x'], {
    cwd: '/usr',
    env: { ONE: '1' },
    input: 'words\n',
  });
  expect(ran).toMatchObject({ code: 3, signal: null, more: false });
  expect(ran.stdout.toString()).toContain('/usr\n');
  expect(ran.stdout.toString()).toContain('ONE=1\n');
  expect(ran.stdout.toString()).toMatch(/words\n$/);
  expect(ran.stderr.toString()).toBe('no\n');
});

test('what cannot be started is refused with the system’s word for it', async () => {
  await expect(run('/no/such/program', [], how)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(run('/bin/true', [], { ...how, cwd: '/no/such/folder' })).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(run('/etc/passwd', [], how)).rejects.toMatchObject({ code: 'EACCES' });
});

test('of many at once each has its own streams', async () => {
  const words = Array.from({ length: 60 }, (_, i) => `${i}`.repeat(1 + i * 1000));
  const refused = run('/no/such/program', [], how).catch(() => null);
  const ran = await Promise.all(words.map((input) => run('/bin/cat', [], { ...how, input })));
  expect(ran.map(({ stdout }) => stdout.toString())).toEqual(words);
  expect(await refused).toBeNull();
});

test('a program that prints more than is wanted is stopped, and one that takes too long is ended with all it started', async () => {
  const much = await run('/usr/bin/yes', [], { ...how, most: 10 });
  expect(much).toMatchObject({ more: true, signal: 'SIGTERM' });
  expect(much.stdout.length).toBe(10);
  const long = await run('/bin/sh', ['-c', 'trap "" TERM; sleep 600 & echo $!; wait; wait'], {
    ...how,
    timeoutMs: 300,
  });
  expect(long.signal).toBe('SIGKILL');
  await expect.poll(() => isThere(Number(long.stdout.toString()))).toBe(false);
});

test('a program that is told to end by a signal ends with all that it has started, also before it begins', async () => {
  const stop = new AbortController();
  const folder = mkdtempSync(join(tmpdir(), 'spawn-'));
  const script = 'trap "" TERM; sleep 600 & echo $! > pid; mv pid begun; wait; wait';
  const running = run('/bin/sh', ['-c', script], { ...how, cwd: folder, signal: stop.signal });
  await expect.poll(() => existsSync(join(folder, 'begun'))).toBe(true);
  stop.abort();
  expect((await running).signal).toBe('SIGKILL');
  const inner = Number(readFileSync(join(folder, 'begun'), 'utf8'));
  await expect.poll(() => isThere(inner)).toBe(false);
  rmSync(folder, { recursive: true });
  const late = await run('/bin/sleep', ['600'], { ...how, signal: stop.signal });
  expect(late.signal).toBe('SIGTERM');
});

test('a descriptor may be a file, nothing, or a further stream that is waited for', async () => {
  const descriptors: Descriptor[] = ['nothing', 'stream', 'nothing', { file: '/proc/self/cmdline' }, 'stream'];
  const { child, line } = await shell('read x <&4; echo "$x $(head -c 4 <&3)"', { descriptors });
  expect(child.streams.map((one) => one !== null)).toEqual([false, true, false, false, true]);
  // Had it not waited, it would be over.
  expect(child.end()).toBeNull();
  child.streams[4]!.end('word\n');
  expect(await line).toMatch(/^word \S{4}/);
  expect(await child.closed).toEqual({ code: 0, signal: null });
});

test('a signal reaches the process or its group while it runs, and nobody afterwards', async () => {
  const { child, line } = await shell('sleep 600 & echo $!; wait', { detached: true });
  const inner = Number(await line);
  child.kill('SIGKILL', true);
  expect(await child.closed).toEqual({ code: null, signal: 'SIGKILL' });
  expect(child.end()).toEqual({ code: null, signal: 'SIGKILL' });
  await expect.poll(() => isThere(inner)).toBe(false);
  child.kill('SIGKILL', true);
});

test('the helper knows nothing of this process’ environment, and leaves no folder behind', async () => {
  const last = await shell('echo there; sleep 600', { detached: true });
  await last.line;
  process.kill(parentOf(last.child.pid), 'SIGKILL');
  await last.child.exited;
  process.kill(last.child.pid, 'SIGKILL');
  const folder = mkdtempSync(join(tmpdir(), 'spawn-test-'));
  vi.stubEnv('TMPDIR', folder);
  const { child, line } = await shell('echo there; sleep 600', { detached: true });
  await line;
  const helper = parentOf(child.pid);
  expect(parentOf(helper)).toBe(process.pid);
  expect(readFileSync(`/proc/${helper}/environ`, 'utf8')).toBe('');
  expect(readdirSync(folder)).toEqual([]);
  vi.unstubAllEnvs();
  rmdirSync(folder);
  child.kill('SIGKILL', true);
  await child.closed;
});

test('a helper that is lost is told of by what it ran, and there is another', async () => {
  const { child, line } = await shell('echo $$; exec sleep 600', { detached: true });
  const orphan = Number(await line);
  process.kill(parentOf(child.pid), 'SIGKILL');
  expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  process.kill(orphan, 'SIGKILL');
  expect((await run('/bin/echo', ['again'], how)).stdout.toString()).toBe('again\n');
});

const PARENT = `
  const { spawn } = await import(process.argv[1]);
  const child = await spawn('/bin/sleep', ['600'], { cwd: '/', env: {}, descriptors: ['nothing', 'nothing', 'nothing'] });
  console.log(child.pid);
  if (process.argv[2] === 'end') child.kill('SIGKILL');
`;

test('the helper keeps nobody from ending, and goes with whoever is killed', async () => {
  for (const what of ['end', 'wait']) {
    const program = new URL('../src/spawn.ts', import.meta.url).href;
    const parent = spawnByNode(process.execPath, ['--input-type=module', '-e', PARENT, program, what]);
    const sleeping = Number((await once(parent.stdout, 'data'))[0]);
    const helper = what === 'wait' ? parentOf(sleeping) : 0;
    if (what === 'wait') parent.kill('SIGKILL');
    await once(parent, 'close');
    await expect.poll(() => isThere(helper)).toBe(false);
    if (what === 'wait') process.kill(sleeping, 'SIGKILL');
  }
});
