import { expect, test } from 'vitest';
import type { Configuration } from '../../src/domain/configuration.ts';
import { groupsOf, mutationsOf } from '../../src/domain/mutate-step.ts';
import { mutationOf } from '../../src/domain/mutation.ts';
import { parseConfiguration } from '../../src/domain/parse-configuration.ts';

const configuration = ((): Configuration => {
  const parsed = parseConfiguration(
    'c.yml',
    `version: 1
steps:
  - { name: plan, run: x, inputs: ['src/**', 'config/**', 'evals/**'], cases: evals/plan.yml }
  - { name: other, run: x, inputs: ['**'], cases: src/other.yml }
tickets: config/tickets
changes:
  weights: { step: plan, paths: [config/w.json, README.md] }
  all: { step: plan, paths: ['**'] }
  foreign: { step: other, paths: [src/a.ts] }
`,
  );
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.configuration;
})();

const texts: Readonly<Record<string, string>> = {
  'src/a.ts': 'export const a = 1 + 2;\nexport const b = 3;\n',
  'config/w.json': '{ "a": 1, "b": 2, "c": [7, 7] }',
  'config/p.md': 'Be kind.\nBe short.\n',
  'src/empty.ts': '',
  'src/binary.bin': '\0\0',
};
const read = async (path: string) => texts[path] ?? null;
const groups = [['config/w.json'], Object.keys(texts)];
const draw = (count: number, seed = 1) => mutationsOf('plan', groups, read, { count, seed });

test('what a step is judged by is never changed, and what its fixes touch is a group of its own', () => {
  const [step] = configuration.steps;
  if (step === undefined) throw new Error('no step');
  const oracle = ['evals/plan.yml', 'evals/plan/rejection-1.yml', 'src/other.yml', 'config/tickets/T-1.json'];
  const others = ['README.md', '.github/corrigible.yml', 'config/package-lock.json', 'src/AGENTS.md'];
  const inputs = ['src/a.ts', 'config/w.json', 'config/p.md'];
  expect(groupsOf(configuration, step, [...oracle, ...others, ...inputs])).toEqual([['config/w.json'], inputs]);
  expect(groupsOf(configuration, step, others)).toEqual([]);
});

test('the same seed draws the same, another seed another sample, and a longer one begins alike', async () => {
  const first = await draw(6);
  expect(await draw(6)).toEqual(first);
  expect(await draw(5)).toEqual(first.slice(0, 5));
  expect((await draw(12)).slice(0, 6)).toEqual(first);
  expect(await draw(6, 2)).not.toEqual(first);
});

test('groups, files and kinds of change are taken in turn', async () => {
  const files = (await draw(6)).map(({ file }) => file);
  expect([files[0], files[2], files[4]]).toEqual(['config/w.json', 'config/w.json', 'config/w.json']);
  expect(new Set([files[1], files[3], files[5]]).size).toBe(3);
});

test('no change is made twice, and where there are no more there are no more', async () => {
  const all = await draw(1000);
  expect(new Set(all.map(({ file, text }) => `${file} ${text}`)).size).toBe(all.length);
  expect(all.length).toBeGreaterThan(10);
  expect(all.length).toBeLessThan(40);
  for (const { file, text } of all) expect(text).not.toBe(texts[file]);
  expect(await mutationsOf('plan', [], read, { count: 3, seed: 1 })).toEqual([]);
  expect(await mutationsOf('plan', [['src/binary.bin', 'gone.ts']], read, { count: 3, seed: 1 })).toEqual([]);
});

test('a change is told by its line and both sides, and a long line by the part that differs', () => {
  const told = (old: string, text: string) => {
    const { line, before, after } = mutationOf('f', old, text);
    return [line, before, after];
  };
  expect(told('a: 1\n  b: 2\n', 'a: 1\n  b: 3\n')).toEqual([2, 'b: 2', 'b: 3']);
  expect(told('a\nb\nb\nc', 'a\nb\nc')).toEqual([3, 'b', null]);
  expect(told('a\n', '')).toEqual([1, 'a', null]);
  const long = 'x'.repeat(500);
  const [line, before, after] = told(`${long}1${long}`, `${long}2${long}`);
  expect([line, before, after]).toEqual([
    1,
    `…${'x'.repeat(30)}1${'x'.repeat(59)}…`,
    `…${'x'.repeat(30)}2${'x'.repeat(59)}…`,
  ]);
});

test('a large file is passed over, and others may go first between two changes', async () => {
  const rows = (count: number) => Array.from({ length: count }, (_, i) => `- { name: c${i}, v: ${i} }`).join('\n');
  const files: Readonly<Record<string, string>> = { 'small.yml': rows(100), 'large.yml': rows(5000) };
  let pauses = 0;
  const pause = async () => void pauses++;
  const drawn = await mutationsOf('plan', [Object.keys(files)], async (path) => files[path] ?? null, {
    count: 6,
    seed: 1,
    pause,
  });
  expect(drawn.map(({ file }) => file)).toEqual(Array(6).fill('small.yml'));
  expect(pauses).toBeGreaterThanOrEqual(6);
});
