import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { complaints, type Defence } from './defence.ts';
import { defences } from './table.ts';
import { openWorkspace } from './workspace.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const defenceOf = (name: string): Defence => {
  const found = defences.find((defence) => defence.name === name);
  if (found === undefined) throw new Error(`no defence “${name}”`);
  return found;
};

test('a proof needs exactly the named tests to fail', () => {
  const fails = ['a', /^b/];
  const of = (failed: readonly string[], passed: readonly string[]) =>
    complaints({ fails }, { failed, passed, broken: null });
  expect(of(['a', 'b1', 'b2'], ['c'])).toEqual([]);
  expect(of(['a', 'b1', 'c'], [])).toEqual(['failed as well: c']);
  expect(of(['a', 'b1'], ['b2'])).toEqual(['did not notice: b2']);
  expect(of([], ['a', 'b1'])).toEqual(['no test noticed', 'did not notice: a', 'did not notice: b1']);
  expect(of(['a'], [])).toEqual(['no such test: /^b/']);
  expect(complaints({ fails }, { failed: [], passed: [], broken: 'a syntax error' })).toEqual([
    'the tests did not run: a syntax error',
  ]);
});

test('each defence has a name of its own, and every invariant that is defended by code has some', () => {
  expect(new Set(defences.map(({ name }) => name)).size).toBe(defences.length);
  const defended = new Set(defences.map(({ invariant }) => invariant));
  expect([...defended].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(defences.filter(({ fails }) => fails.length === 0)).toEqual([]);
});

test('what a defence is about stands in its file, once', async () => {
  const stray: string[] = [];
  for (const { name, file, find } of defences) {
    const times = (await readFile(join(ROOT, file), 'utf8')).split(find).length - 1;
    if (times !== 1) stray.push(`${name}: ${times} times in ${file}`);
  }
  expect(stray).toEqual([]);
});

test('three defences, switched off in a copy, are missed by the named tests; one that does nothing is told', async () => {
  await using workspace = await openWorkspace();
  for (const name of ['the requester does not approve', 'lock files are oracle', 'nothing judged is no pass'])
    expect(await workspace.prove(defenceOf(name)), name).toEqual([]);
  const bot = defenceOf('a bot does not approve');
  expect(await workspace.prove({ ...bot, replace: bot.find })).toContain('no test noticed');
  expect(await workspace.prove({ ...bot, find: 'nowhere' })).toEqual([
    'its text occurs 0 times in src/domain/approval.ts, not once',
  ]);
});
