import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderResults } from '../../src/adapters/suites/folder-results.ts';
import type { Json } from '../../src/domain/rejection.ts';

const PLACE = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
const kept = (output: Json, times = 1) => ({ output, times });
const DAY_S = 86_400;

async function inFolder(story: (folder: string) => Promise<void>): Promise<void> {
  const room = await mkdtemp(join(tmpdir(), 'folder-results-'));
  try {
    await story(join(room, 'deep', 'results'));
  } finally {
    await rm(room, { recursive: true, force: true });
  }
}

/** Sets when a file was last used. */
const usedDaysAgo = (file: string, days: number) => utimes(file, new Date(), Date.now() / 1000 - days * DAY_S);

test('what one process puts another finds; nothing of another place; null takes away', () =>
  inFolder(async (folder) => {
    const first = folderResults(folder);
    await first.put(
      PLACE,
      new Map([
        ['a', kept({ text: 'zwei\nZeilen \u2028' }, 5)],
        ['b', kept(null)],
      ]),
    );
    await first.put(
      PLACE,
      new Map([
        ['b', null],
        ['c', kept([1])],
      ]),
    );
    const found = await folderResults(folder).get(PLACE, ['a', 'b', 'c', 'd']);
    expect([...found]).toEqual([
      ['a', kept({ text: 'zwei\nZeilen \u2028' }, 5)],
      ['c', kept([1])],
    ]);
    expect(await folderResults(folder).get(OTHER, ['a'])).toEqual(new Map());
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, PLACE))).mode & 0o777).toBe(0o600);
  }));

test('what is damaged is not there, and the rest is', () =>
  inFolder(async (folder) => {
    const results = folderResults(folder);
    const file = join(folder, PLACE);
    await results.put(PLACE, new Map(['a', 'b', 'c'].map((name) => [name, kept(`of ${name}`)])));
    const whole = await readFile(file, 'utf8');
    const get = async () => [...(await results.get(PLACE, ['a', 'b', 'c'])).keys()].join('');
    await writeFile(file, whole.replace('"of b"', '"of B"'));
    expect(await get()).toBe('ac');
    await writeFile(file, whole);
    await truncate(file, whole.length - 3);
    expect(await get()).toBe('ab');
    // A whole line of another place is none of this one.
    await writeFile(join(folder, OTHER), whole);
    expect(await results.get(OTHER, ['a'])).toEqual(new Map());
    for (const broken of ['', '\0\0\0', '{"a":1}', `${whole.slice(0, 32)} ["a"`]) {
      await writeFile(file, broken);
      expect(await get()).toBe('');
    }
    await rm(file);
    await mkdir(file);
    expect(await get()).toBe('');
    await results.put(PLACE, new Map([['a', kept(1)]]));
    expect(await get()).toBe('');
  }));

test('a folder that others may write to, or that is a link, holds nothing and takes nothing', () =>
  inFolder(async (folder) => {
    await folderResults(folder).put(PLACE, new Map([['a', kept(1)]]));
    for (const mode of [0o770, 0o702]) {
      await chmod(folder, mode);
      expect(await folderResults(folder).get(PLACE, ['a'])).toEqual(new Map());
      await folderResults(folder).put(OTHER, new Map([['a', kept(1)]]));
    }
    expect(await readdir(folder)).toEqual([PLACE]);
    await chmod(folder, 0o700);
    const link = `${folder}-link`;
    await symlink(folder, link);
    expect(await folderResults(link).get(PLACE, ['a'])).toEqual(new Map());
    expect((await folderResults(folder).get(PLACE, ['a'])).size).toBe(1);
  }));

test('where no folder can be made, nothing is kept and nothing fails', () =>
  inFolder(async (folder) => {
    const results = folderResults('/proc/nowhere/results');
    await results.put(PLACE, new Map([['a', kept(1)]]));
    expect(await results.get(PLACE, ['a'])).toEqual(new Map());
    expect(await folderResults(folder).get(PLACE, ['a'])).toEqual(new Map());
  }));

test('what was not used for 14 days counts no more, and goes; what is used stays young', () =>
  inFolder(async (folder) => {
    for (const place of [PLACE, OTHER]) await folderResults(folder).put(place, new Map([['a', kept(1)]]));
    await usedDaysAgo(join(folder, PLACE), 15);
    await usedDaysAgo(join(folder, OTHER), 13);
    await writeFile(join(folder, '.half'), 'half');
    await usedDaysAgo(join(folder, '.half'), 1);
    await writeFile(join(folder, '.young'), 'being written');
    expect(await folderResults(folder).get(PLACE, ['a'])).toEqual(new Map());
    expect((await folderResults(folder).get(OTHER, ['a'])).size).toBe(1);
    expect(Date.now() - (await stat(join(folder, OTHER))).mtimeMs).toBeLessThan(DAY_S * 1000);
    await folderResults(folder).put('c', new Map([['a', kept(1)]]));
    expect((await readdir(folder)).toSorted()).toEqual(['.young', OTHER, 'c']);
  }));

test('the folder stays below its size: what was used longest ago goes, and what is too large is not kept', () =>
  inFolder(async (folder) => {
    const place = (i: number) => `${i}`.repeat(64);
    for (let i = 1; i <= 4; i++) {
      await folderResults(folder).put(place(i), new Map([['a', kept('x'.repeat(1000))]]));
      await usedDaysAgo(join(folder, place(i)), 5 - i);
    }
    await folderResults(folder, 3500).put(place(5), new Map([['a', kept('x'.repeat(1000))]]));
    expect((await readdir(folder)).toSorted()).toEqual([place(3), place(4), place(5)]);
    await folderResults(folder).put(PLACE, new Map([['a', kept('x'.repeat(17 * 1024 * 1024))]]));
    expect((await readdir(folder)).toSorted()).toEqual([place(3), place(4), place(5)]);
  }));

test('of processes that put at once one counts whole, and no reader ever sees anything else', () =>
  inFolder(async (folder) => {
    const names = Array.from({ length: 50 }, (_, i) => `${i}`);
    const putting = Array.from({ length: 20 }, (_, who) =>
      folderResults(folder).put(PLACE, new Map(names.map((name) => [name, kept(who)]))),
    );
    const reading = Array.from({ length: 20 }, () => folderResults(folder).get(PLACE, names));
    const reads = await Promise.all(reading);
    await Promise.all(putting);
    for (const found of [...reads, await folderResults(folder).get(PLACE, names)])
      expect(new Set([...found.values()].map(({ output }) => output)).size).toBeLessThanOrEqual(1);
    expect((await folderResults(folder).get(PLACE, names)).size).toBe(50);
    expect(await readdir(folder)).toEqual([PLACE]);
  }));
