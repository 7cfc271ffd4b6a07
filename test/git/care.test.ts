import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CareLimits, careForMirrors } from '../../src/adapters/git/care-for-mirrors.ts';
import { gitMirrors } from '../../src/adapters/git/mirrors.ts';
import { ownName } from '../../src/own-folder.ts';
import { silent } from '../support/silent-log.ts';
import { makeRoom, type Room } from './support.ts';

const DAY_S = 24 * 3600;
/** Nothing is due but what a test makes so. */
const NEVER: Partial<CareLimits> = { everyMs: Number.POSITIVE_INFINITY, packs: 1e9, files: 1e9 };
/** Packed at once, whatever it comes to. */
const NOW: Partial<CareLimits> = { packs: 0, files: -1 };

const caring = ({ stateDir }: Room, limits: Partial<CareLimits>) => careForMirrors({ stateDir, log: silent, limits });
const mirrorOf = ({ stateDir }: Room, name = 'acme/support'): string => join(stateDir, 'mirrors', `${name}.git`);
const packsIn = (mirror: string, ending = '.pack') =>
  readdirSync(join(mirror, 'objects/pack')).filter((name) => name.endsWith(ending));

function age(file: string, days: number): void {
  const then = Date.now() / 1000 - days * DAY_S;
  utimesSync(file, then, then);
}

const used = (mirror: string, daysAgo: number): void => age(join(mirror, 'info/used'), daysAgo);

test('a mirror that nobody used for a month goes, and is fetched again when it is wanted', async () => {
  using room = await makeRoom();
  const commit = await room.publish({ a: '1\n' });
  const mirrors = gitMirrors({ stateDir: room.stateDir });
  const before = await mirrors.open('acme/old');
  await before.fetch(room.origin.access);
  used(mirrorOf(room, 'acme/old'), 31);
  used(mirrorOf(room), 29);
  expect(await caring(room, NEVER).once()).toEqual({ removed: ['acme/old.git'], tidied: [] });
  expect(readdirSync(join(room.stateDir, 'mirrors/acme'))).toEqual(['support.git']);
  // Another process has made it anew; where branches stood is remembered of the one that is gone.
  await gitMirrors({ stateDir: room.stateDir }).open('acme/old');
  const again = await mirrors.open('acme/old');
  expect(again).not.toBe(before);
  await again.fetch(room.origin.access);
  expect(await again.read(commit, 'a')).toBe('1\n');
  expect(await mirrors.open('acme/old')).toBe(again);
});

test('of too many bytes those go first that were not used for the longest, and none that may be at work', async () => {
  using room = await makeRoom();
  // Over a hundred objects come as a pack.
  const files = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`f${n}`, `${n}\n`]));
  await room.publish(files);
  const mirrors = gitMirrors({ stateDir: room.stateDir });
  for (const [name, days] of [
    ['acme/oldest', 9],
    ['acme/older', 8],
    ['acme/old', 7],
  ] as const) {
    await (await mirrors.open(name)).fetch(room.origin.access);
    used(mirrorOf(room, name), days);
  }
  const packs = join(mirrorOf(room), 'objects/pack');
  const one = readdirSync(packs).reduce((sum, name) => sum + statSync(join(packs, name)).size, 0);
  expect((await caring(room, { ...NEVER, bytes: one * 2.5 }).once()).removed).toEqual([
    'acme/oldest.git',
    'acme/older.git',
  ]);
  expect((await caring(room, { ...NEVER, bytes: 0 }).once()).removed).toEqual(['acme/old.git']);
  expect(existsSync(mirrorOf(room))).toBe(true);
});

test('a mirror is packed while it is used, and nothing that is wanted gets lost', async () => {
  using room = await makeRoom();
  const { origin, repository } = room;
  const mirror = mirrorOf(room);
  const first = await room.publish({ a: '1\n' });
  for (const text of ['2\n', '3\n', '4\n']) await room.publish({ a: text });
  const candidate = await repository.withFiles(await repository.treeOf(first), { a: 'made\n' });
  const [checkout, { tidied }, late] = await Promise.all([
    repository.checkout(candidate),
    caring(room, NOW).once(),
    room.publish({ a: '5\n' }),
  ]);
  expect(tidied).toEqual(['acme/support.git']);
  expect(packsIn(mirror).length).toBeGreaterThan(0);
  expect(readFileSync(join(checkout.dir, 'a'), 'utf8')).toBe('made\n');
  expect(await repository.read(candidate, 'a')).toBe('made\n');
  expect(await repository.read(first, 'a')).toBe('1\n');
  expect(await repository.read(late, 'a')).toBe('5\n');
  expect(await repository.branch('main')).toBe(late);
  await checkout.dispose();
  execFileSync('git', ['--git-dir', mirror, 'fsck', '--no-dangling'], { stdio: 'pipe' });
  // What a week does not change is not packed again.
  expect((await caring(room, { packs: 9, files: 1e9 }).once()).tidied).toEqual([]);
  // The user that a sandbox is can read the new pack.
  for (const pack of packsIn(mirror)) expect(statSync(join(mirror, 'objects/pack', pack)).mode & 0o044).toBe(0o044);
  expect((await repository.checkout(await repository.treeOf(origin.git(['rev-parse', 'main'])))).tree).toBeTruthy();
});

test('what no branch has held for long goes, and what was made of it is made again', async () => {
  using room = await makeRoom();
  const { repository } = room;
  const base = await repository.treeOf(await room.publish({ a: '1\n', b: '2\n' }));
  const shown = (await repository.checkout(base, ['b'])).tree;
  await caring(room, { ...NOW, looseDays: 0 }).once();
  expect(await repository.has(base)).toBe(true);
  expect(await repository.has(shown)).toBe(false);
  const again = await repository.checkout(base, ['b']);
  expect(again.tree).toBe(shown);
  expect(readdirSync(again.dir)).toEqual(['a']);
});

test('what killed processes left goes, and nothing of the living', async () => {
  using room = await makeRoom();
  await room.publish({ a: '1\n' });
  const mirror = mirrorOf(room);
  const { pid } = spawnSync('true');
  const uuid = '00000000-0000-4000-8000-000000000000';
  const [dead, ours] = [`support.git.${pid}-1.${uuid}`, `support.git.${await ownName()}.${uuid}`];
  for (const name of [dead, ours]) mkdirSync(join(room.stateDir, 'mirrors/acme', name, 'objects'), { recursive: true });
  const packs = join(mirror, 'objects/pack');
  mkdirSync(packs, { recursive: true });
  const old = ['tmp_pack_abc', '.tmp-77-pack-0123.pack', 'pack-1.keep'].map((name) => join(packs, name));
  const index = join(mirror, 'index-77-abc');
  for (const file of [...old, index]) {
    writeFileSync(file, 'x');
    age(file, 1);
  }
  writeFileSync(join(packs, 'tmp_pack_now'), 'x');
  // Told by a process that was killed in the middle of it.
  writeFileSync(join(mirror, 'info/tidying'), `${pid}-1`);
  const forgotten = await room.repository.checkout(await room.repository.treeOf(await room.publish({ b: '' })));
  expect((await caring(room, { ...NOW, treeMs: -1 }).once()).tidied).toEqual(['acme/support.git']);
  expect(readdirSync(join(room.stateDir, 'mirrors/acme')).sort()).toEqual(['support.git', ours]);
  for (const file of [...old, index, forgotten.dir, join(mirror, 'info/tidying')]) expect(existsSync(file)).toBe(false);
  expect(existsSync(join(packs, 'tmp_pack_now'))).toBe(true);
});

const CARE = `
  const { careForMirrors } = await import(process.argv[1]);
  const log = { info() {}, warn() {}, error() {} };
  await careForMirrors({ stateDir: process.argv[2], log, limits: { packs: 0, files: -1 } }).once();
`;

test('killed in the middle it leaves a sound mirror, and the next one packs it', async () => {
  using room = await makeRoom();
  const commit = await room.publish({ a: '1\n' });
  const mirror = mirrorOf(room);
  // Git waits for a second for who seems to have it: long enough to be found in the middle.
  writeFileSync(join(mirror, 'packed-refs.lock'), '');
  const program = new URL('../../src/adapters/git/care-for-mirrors.ts', import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', CARE, program, room.stateDir], {
    stdio: 'ignore',
  });
  await expect.poll(() => existsSync(join(mirror, 'info/tidying')), { timeout: 60_000, interval: 5 }).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'close');
  rmSync(join(mirror, 'packed-refs.lock'), { force: true });
  expect((await caring(room, NOW).once()).tidied).toEqual(['acme/support.git']);
  execFileSync('git', ['--git-dir', mirror, 'fsck'], { stdio: 'pipe' });
  expect(await room.repository.read(commit, 'a')).toBe('1\n');
});

test('of several at once one packs a mirror', async () => {
  using room = await makeRoom();
  await room.publish({ a: '1\n' });
  const all = await Promise.all([caring(room, NOW).once(), caring(room, NOW).once(), caring(room, NOW).once()]);
  expect(all.flatMap(({ tidied }) => tidied)).toContain('acme/support.git');
  writeFileSync(join(mirrorOf(room), 'info/tidying'), await ownName());
  expect((await caring(room, NOW).once()).tidied).toEqual([]);
});

test('a mirror that cannot be packed is told, and keeps nobody from the next', async () => {
  using room = await makeRoom();
  await room.publish({ a: '1\n' });
  const damaged = await gitMirrors({ stateDir: room.stateDir }).open('acme/damaged');
  await damaged.fetch(room.origin.access);
  writeFileSync(join(mirrorOf(room, 'acme/damaged'), 'refs/heads/lost'), `${'1'.repeat(40)}\n`);
  const told: string[] = [];
  const log = {
    ...silent,
    warn: (message: string, fields?: object) => told.push(`${message} ${JSON.stringify(fields)}`),
  };
  const { tidied } = await careForMirrors({ stateDir: room.stateDir, log, limits: NOW }).once();
  expect(tidied).toEqual(['acme/support.git']);
  expect(told).toEqual([expect.stringContaining('a mirror was not tidied {"mirror":"acme/damaged.git"')]);
  expect(existsSync(join(mirrorOf(room, 'acme/damaged'), 'info/tidying'))).toBe(false);
});
