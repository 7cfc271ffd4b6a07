import { expect, test } from 'vitest';
import { Configuration } from '../../src/domain/configuration.ts';
import type { JudgedCase } from '../../src/domain/judge.ts';
import { randomFrom } from '../../src/domain/noise/random.ts';
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
  { more = {}, head = 'bbbbbbbb', refused = false, onNone = (_: number): ReadReport => reports('pass') } = {},
) {
  const planted: { readonly side: 'base' | 'head'; readonly path: string; readonly text: string }[] = [];
  const counts = { base: 0, head: 0, none: 0 };
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
    return `${tree === head ? 'head' : 'base'} ${text}`;
  };
  // As it is kept: the same files are run again only where that is asked for.
  const known = new Map<string, ReadReport>();
  const fresh = ({ tree }: Checkout): ReadReport => {
    if (tree === head) return onNone(++counts.none);
    const side = tree.startsWith('head') ? 'head' : 'base';
    return onFault(side, ++counts[side]);
  };
  const suites = {
    report: async (checkout: Checkout) => {
      const report = known.get(checkout.tree) ?? fresh(checkout);
      known.set(checkout.tree, report);
      return report;
    },
    anew: () => ({ report: async (checkout: Checkout) => fresh(checkout) }),
  };
  const ports = { repository: { ...repository, withFiles }, suites } as unknown as Ports;
  const found = await plantFaults(
    ports,
    configurationOf(more),
    [
      { tree: 'aaaaaaaa', prepared: null },
      { tree: head, prepared: null },
    ],
    seen,
  );
  const told = found.map(({ case: of, base, head: it }) => `${of.name}: ${base.outcome} ${it.outcome}`);
  return { planted, told, counts, because: found[0]?.head.because };
}

const where = (one: { readonly side: string }[]) => one.map(({ side }) => side).join(' ');

test('two faults that are noticed on base are shown to head, and one that is noticed there is enough', async () => {
  const { planted, told, counts } = await plant((side, count) =>
    reports(side === 'base' || count > 2 ? 'fail' : 'pass'),
  );
  expect(where([...planted])).toBe('base base head head head head');
  expect(told).toEqual([]);
  // Without a fault once as it is known, and once more.
  expect(counts).toEqual({ base: 2, head: 4, none: 2 });
  expect(planted[2]?.text).toBe(planted[0]?.text);
  for (const { path, text } of planted) {
    expect(path).toBe('test/suite.mjs');
    expect(text).not.toBe(SUITE);
  }
});

test('no report on head is no notice: what leaves none where a fault is planted is red', async () => {
  const left = (side: 'base' | 'head') => (side === 'base' ? reports('fail') : { problem: 'it left none' });
  const { told, because } = await plant(left);
  expect(told).toEqual(['faults planted in its suite: pass fail']);
  expect(because).toMatch(/leaves nothing that can be read: it left none$/);
});

test.each<[string, ReadReport]>([
  ['leaves no report', { problem: 'it left none' }],
  ['reports another case', reports('pass', 'three')],
  ['is red', reports('fail')],
])(
  'a suite that %s when it is run again on the same files of head is red, before any fault is shown',
  async (_, again) => {
    const { told, because, planted } = await plant((side) => reports(side === 'base' ? 'fail' : 'pass'), {
      onNone: (count) => (count === 1 ? reports('pass') : again),
    });
    expect(told).toEqual(['faults planted in its suite: pass fail']);
    expect(because).toMatch(/does not report the same/);
    expect(where([...planted])).toBe('base base');
  },
);

test('a fault that is noticed on head in one of two runs is red', async () => {
  const { told, because } = await plant((side, count) => reports(side === 'base' || count === 1 ? 'fail' : 'pass'));
  expect(told).toEqual(['faults planted in its suite: pass fail']);
  expect(because).toMatch(/does not report the same/);
});

test('whoever fakes at random and else tells the truth, or leaves nothing, passes hardly ever', async () => {
  const passes = async (rate: number, other: ReadReport | null) => {
    let passed = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const random = randomFrom(seed);
      const run = (honest: ReadReport) => (random() < rate ? reports('pass') : (other ?? honest));
      const onFault = (side: 'base' | 'head') => (side === 'base' ? reports('fail') : run(reports('fail')));
      // What it breaks is red where it tells the truth. The first run is in the verdict already.
      const first = run(reports('fail'));
      const onNone = (count: number) => (count === 1 ? first : run(reports('fail')));
      const isGreen = 'cases' in first && first.cases.every(({ outcome }) => outcome === 'pass');
      if (isGreen && (await plant(onFault, { onNone })).told.length === 0) passed++;
    }
    return passed / 200;
  };
  for (const rate of [0.3, 0.5, 0.58, 0.7, 0.9]) {
    expect(await passes(rate, { problem: 'it left none' })).toBe(0);
    // p · p · q · q where the first fault is seen, and the same after another was passed over twice.
    expect(await passes(rate, null)).toBeLessThan(0.15);
  }
});

test('where head passes over all that base notices, it is red', async () => {
  const { told } = await plant((side) => reports(side === 'base' ? 'fail' : 'pass'));
  expect(told).toEqual(['faults planted in its suite: pass fail']);
  const more = await plant((side) => (side === 'base' ? reports('fail') : reports('pass', 'three')));
  expect(more.told).toEqual(['faults planted in its suite: pass fail']);
});

test.each<[string, ReadReport]>([
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
    expect(await plant(() => reports('fail'), { more })).toMatchObject({ planted: [], told: [], counts: { none: 0 } });
});

test('which faults are planted follows from the tree of head', async () => {
  const first = async (head: string) => (await plant(() => reports('fail'), { head })).planted[0]?.text;
  expect(await first('0badcafe')).toBe(await first('0badcafe'));
  const heads = Array.from({ length: 8 }, (_, i) => (0x1f2e3d4c + i * 0x01010101).toString(16));
  expect(new Set(await Promise.all(heads.map(first))).size).toBeGreaterThan(2);
});
