import { expect, test } from 'vitest';
import { Configuration } from '../../src/domain/configuration.ts';
import type { JudgedCase } from '../../src/domain/judge.ts';
import type { ReadReport } from '../../src/domain/reports/report.ts';
import { plantFaults } from '../../src/plant-faults.ts';
import { type Checkout, FileRefused, type Ports } from '../../src/ports.ts';

const SUITE = `export const wanted = { a: 1, b: 2, c: 3, d: 'x' };
export const isOk = (value) => value === true;
`;
const files: Readonly<Record<string, string>> = { 'test/suite.mjs': SUITE, 'src/say.mjs': 'export const one = 1;\n' };

const configurationOf = (more: object = {}) =>
  Configuration.parse({
    version: 1,
    steps: [
      {
        name: 'say',
        run: 'say',
        inputs: ['**'],
        cases: 'evals/say.yml',
        report: { run: 'suite', file: 'report', format: 'jsonl', oracle: ['test/**'], ...more },
      },
    ],
    changes: {},
  });

const seen: readonly JudgedCase[] = ['one', 'two'].map((name) => ({
  case: { step: 'say', name },
  role: 'pass-to-pass',
  base: { outcome: 'pass', because: '' },
  head: { outcome: 'pass', because: '' },
}));

const reports = (one: 'pass' | 'fail', ...names: readonly string[]): ReadReport => ({
  cases: [
    { id: 'one', outcome: one, because: '' },
    ...['two', ...names].map((id) => ({ id, outcome: 'pass' as const, because: '' })),
  ],
});

/** Plants, and tells what came of it, and what was changed where. */
async function plant(
  onFault: (side: 'base' | 'head', count: number) => ReadReport,
  { more = {}, head = 'bbbbbbbb', refused = false } = {},
) {
  const planted: { readonly side: 'base' | 'head'; readonly path: string; readonly text: string }[] = [];
  const counts = { base: 0, head: 0 };
  const repository = {
    list: async () => Object.keys(files),
    read: async (_: string, path: string) => {
      if (refused) throw new FileRefused(path, 'not-utf8', 'no text');
      return files[path] ?? null;
    },
    checkout: async (tree: string): Promise<Checkout> => ({ dir: '', gitDir: '', tree, dispose: async () => {} }),
  };
  const withFiles = async (tree: string, changed: Readonly<Record<string, string>>) => {
    const [path = '', text = ''] = Object.entries(changed)[0] ?? [];
    planted.push({ side: tree === head ? 'head' : 'base', path, text });
    return tree === head ? 'head' : 'base';
  };
  const suites = {
    report: async ({ tree }: Checkout) => onFault(tree as 'base' | 'head', ++counts[tree as 'base' | 'head']),
  };
  const ports = { repository: { ...repository, withFiles }, suites } as unknown as Ports;
  const found = await plantFaults(ports, configurationOf(more), [{ tree: 'aaaaaaaa' }, { tree: head }], seen);
  return { planted, told: found.map(({ case: of, base, head: it }) => `${of.name}: ${base.outcome} ${it.outcome}`) };
}

const where = (one: { readonly side: string }[]) => one.map(({ side }) => side).join(' ');

test('two faults that are noticed on base are shown to head, and one that is noticed there is enough', async () => {
  const { planted, told } = await plant((side, count) => reports(side === 'base' || count === 2 ? 'fail' : 'pass'));
  expect(where([...planted])).toBe('base base head head');
  expect(told).toEqual([]);
  expect(planted[2]?.text).toBe(planted[0]?.text);
  for (const { path, text } of planted) {
    expect(path).toBe('test/suite.mjs');
    expect(text).not.toBe(SUITE);
  }
});

test('where head passes over all that base notices, it is red', async () => {
  const { told } = await plant((side) => reports(side === 'base' ? 'fail' : 'pass'));
  expect(told).toEqual(['faults planted in its suite: pass fail']);
  const more = await plant((side) => (side === 'base' ? reports('fail') : reports('pass', 'three')));
  expect(more.told).toEqual(['faults planted in its suite: pass fail']);
});

test.each<[string, ReadReport]>([
  ['no report', { problem: 'it left none' }],
  ['a report without the case', { cases: [{ id: 'two', outcome: 'pass', because: '' }] }],
  [
    'another case that is red',
    {
      cases: [
        { id: 'one', outcome: 'pass', because: '' },
        { id: 'two', outcome: 'error', because: '' },
      ],
    },
  ],
])('%s on head is no passing over', async (_, report) => {
  expect((await plant((side) => (side === 'base' ? reports('fail') : report))).told).toEqual([]);
});

test('a fault that only upsets the suite on base is none; after six there are no more, and that is told', async () => {
  const upset = await plant((_, count) => (count % 2 === 0 ? { problem: 'no' } : reports('pass')));
  expect(where([...upset.planted])).toBe('base base base base base base');
  expect(upset.told).toEqual(['faults planted in its suite: skip skip']);
});

test('a suite that cannot be changed is told too', async () => {
  const { planted, told } = await plant(() => reports('fail'), { refused: true });
  expect([planted, told]).toEqual([[], ['faults planted in its suite: skip skip']]);
});

test('a suite that is noisy or judged by its scores is left alone', async () => {
  for (const more of [{ deterministic: false }, { drop: 5 }])
    expect(await plant(() => reports('fail'), { more })).toEqual({ planted: [], told: [] });
});

test('which faults are planted follows from the tree of head', async () => {
  const first = async (head: string) => (await plant(() => reports('fail'), { head })).planted[0]?.text;
  expect(await first('0badcafe')).toBe(await first('0badcafe'));
  const heads = Array.from({ length: 8 }, (_, i) => (0x1f2e3d4c + i * 0x01010101).toString(16));
  expect(new Set(await Promise.all(heads.map(first))).size).toBeGreaterThan(2);
});
