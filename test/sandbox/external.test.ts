import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { externalSandbox } from '../../src/adapters/sandbox/external-sandbox.ts';
import { snapshotCommand } from '../../src/domain/snapshot.ts';
import type { SandboxJob } from '../../src/ports.ts';
import { asRoot, limits, makeRoom, processesWith, systemCall, text } from './support.ts';

const room = makeRoom();
const warned: [string, Record<string, unknown> | undefined][] = [];
const log = {
  info() {},
  error() {},
  warn: (message: string, fields?: Record<string, unknown>) => warned.push([message, fields]),
};
const stateDir = path.join(room.folder, 'external');
const sandbox = externalSandbox({ stateDir }, log);
const run = (command: SandboxJob['command'], job: Partial<SandboxJob> = {}) =>
  sandbox.run({ tree: job.tree ?? room.tree(), writable: true, command, limits, ...job });
const canary = `canary-${randomUUID()}`;

beforeAll(() => {
  process.env['SANDBOX_TEST_CANARY'] = canary;
});
afterAll(() => {
  delete process.env['SANDBOX_TEST_CANARY'];
  room[Symbol.dispose]();
});

if (!asRoot)
  test('without root there is no other user, and nothing runs', async () => {
    expect(await sandbox.refusal()).toContain('the app is not root');
    await expect(run('true')).rejects.toThrow('the app is not root');
  });

test.skipIf(!asRoot)('a command runs in its tree as another user, and what it wrote is the app’s', async () => {
  expect(await sandbox.refusal()).toBeNull();
  const tree = room.tree({ 'old.txt': 'old' });
  const ran = await run(
    'cat; cat old.txt; echo new > made.txt; touch ~/x "$TMPDIR/y"; pwd; id -u; echo oops >&2; exit 7',
    {
      tree,
      stdin: 'in ',
    },
  );
  expect(ran).toMatchObject({ ended: 'exited', exit: 7, stderr: 'oops\n' });
  const [at, uid] = text(ran).replace('in old', '').trim().split('\n');
  expect([at, Number(uid) >= 61_000]).toEqual([tree, true]);
  expect(statSync(path.join(tree, 'made.txt')).uid).toBe(0);
  expect(readdirSync(stateDir).filter((name) => name.startsWith('external-'))).toEqual([]);
});

test.skipIf(!asRoot)('a tree that is to be read stays as it is', async () => {
  const tree = room.tree({ 'old.txt': 'old' });
  const ran = await run('echo new > old.txt; touch made', { tree, writable: false });
  expect(ran.stderr).toContain('denied');
  expect(readdirSync(tree)).toEqual(['old.txt']);
});

test.skipIf(!asRoot)('the environment of the app is neither handed on nor read', async () => {
  const ran = await run('env; cat /proc/$PPID/environ /proc/[0-9]*/environ', { env: { WORD: 'mine' } });
  expect(text(ran)).toContain('WORD=mine');
  expect(text(ran)).not.toContain(canary);
});

test.skipIf(!asRoot)('every run is told in the log', async () => {
  warned.length = 0;
  const tree = room.tree();
  await run('true', { tree });
  await run('false', { tree, writable: false });
  const line = 'A command of a repository runs without a sandbox, because SANDBOX is external';
  const name = path.basename(tree);
  expect(warned).toEqual([
    [line, { tree: name, writable: true }],
    [line, { tree: name, writable: false }],
  ]);
});

test.skipIf(!asRoot)('time, output and an abort end a run with all it started, also what left its group', async () => {
  const mark = randomUUID();
  const hidden = `setsid sh -c 'sleep 60 # ${mark}' & (nohup setsid sh -c 'sleep 60 # ${mark}' &)`;
  expect(await run(`${hidden}; sleep 60`, { limits: { ...limits, wallMs: 500 } })).toMatchObject({
    ended: 'timed-out',
  });
  expect(await run('yes', { limits: { ...limits, outputBytes: 1000 } })).toMatchObject({ ended: 'too-much-output' });
  expect(await run('sleep 60', { signal: AbortSignal.timeout(200) })).toMatchObject({ ended: 'aborted' });
  expect(await run(`${hidden}; true`)).toMatchObject({ ended: 'exited', exit: 0 });
  expect(await run('kill -SEGV $$')).toMatchObject({ ended: 'killed-by-signal', exit: 139 });
  await expect.poll(() => processesWith(mark)).toBe(0);
});

/** How many processes run as a user. */
const processesOf = (uid: string): number =>
  readdirSync('/proc').filter((pid) => {
    const status = `/proc/${pid}/status`;
    const told = /^\d+$/.test(pid) && existsSync(status) ? readFileSync(status, 'latin1') : '';
    return !/^State:\s+[ZX]/m.test(told) && told.includes(`Uid:\t${uid}\t`);
  }).length;

const [perl, dash, closed] = systemCall([157, 167], '4', '0', '0', '0', '0');
const quoted = (line: string): string => `'${line.replaceAll("'", `'\\''`)}'`;

test.skipIf(!asRoot).each([
  [
    'goes on in ever new processes',
    `setsid perl -e '$end = time + 60; for (1..8) { last unless fork } while (time < $end) { exit if fork }' &`,
  ],
  ['hides whose it is', `setsid ${perl} ${dash} ${quoted(`${closed!.split('; print')[0]}; sleep 60`)} &`],
  ['kills whoever ends it', `setsid perl -e '$end = time + 60; while (time < $end) { kill 9, -1 }' &`],
])('of what %s nothing is left when a run is over', async (_, left) => {
  const ran = await run(`id -u; ${left} sleep 0.5`);
  expect(ran).toMatchObject({ exit: expect.toSatisfy((exit) => exit === 0 || exit === 137) });
  expect(processesOf(text(ran).trim())).toBe(0);
});

test.skipIf(!asRoot)('what a command leaves where everybody may write is gone with it', async () => {
  const name = `left-${randomUUID()}`;
  const ran = await run(
    `mkdir -p /tmp/${name}/deep /dev/shm/${name} && echo x > /tmp/${name}/deep/file && chmod 0 /tmp/${name}/deep &&
    ln -s /etc /var/tmp/${name} && ipcmk -M 100 >&2 && ipcmk -Q >&2 && ipcmk -S 1 >&2 && id -u`,
  );
  expect(ran).toMatchObject({ ended: 'exited', exit: 0 });
  const uid = text(ran).trim();
  expect(['/tmp', '/dev/shm', '/var/tmp'].filter((place) => readdirSync(place).includes(name))).toEqual([]);
  for (const kind of ['shm', 'msg', 'sem'])
    expect(readFileSync(`/proc/sysvipc/${kind}`, 'latin1')).not.toMatch(new RegExp(`\\b${uid}\\b`));
  expect(existsSync('/etc/passwd')).toBe(true);
});

test.skipIf(!asRoot)('who looks into the tree of one at work ends nothing of it', async () => {
  const tree = room.tree();
  let looked: ReturnType<typeof run> | undefined;
  const atWork = await run('(sleep 1; echo late > late) & echo up; wait; cat late', {
    tree,
    onOutput: () => {
      looked ??= run('id -u', { tree });
    },
  });
  expect(await looked).toMatchObject({ ended: 'exited', exit: 0 });
  expect(atWork).toMatchObject({ ended: 'exited', exit: 0 });
  expect(text(atWork)).toBe('up\nlate\n');
});

test.skipIf(!asRoot)('a worktree leaves it as it leaves bubblewrap', async () => {
  const gitDir = path.join(room.folder, 'repo.git');
  const tree = room.tree({ 'a.txt': 'a' });
  const git = (...args: string[]) =>
    execFileSync('git', args, { encoding: 'utf8', cwd: tree, env: { PATH: process.env['PATH'] } });
  execFileSync('git', ['init', '-q', '--bare', '--shared=world', gitDir]);
  const empty = git(`--git-dir=${gitDir}`, 'hash-object', '-t', 'tree', '-w', '/dev/null').trim();
  writeFileSync(path.join(tree, 'b.txt'), 'b');
  const ran = await run(snapshotCommand(empty), { tree, gitDir });
  expect({ ended: ran.ended, exit: ran.exit, err: ran.stderr }).toEqual({ ended: 'exited', exit: 0, err: '' });
  expect(text(ran).slice(0, 45)).toMatch(/^[0-9a-f]{40}\nPACK/);
});

test.skipIf(!asRoot)('what would have to be bound is refused in words', async () => {
  const ran = await run('true', { layers: [{ host: room.tree(), inside: '/work/modules' }] });
  expect(ran).toMatchObject({ ended: 'could-not-start', stderr: expect.stringContaining('SANDBOX=external') });
});
