import { expect, test } from 'vitest';
import type { Expectation } from '../../src/domain/case.ts';
import { agreementOf, choicesOf, clusterDrafts } from '../../src/domain/cluster-drafts.ts';
import type { Draft, DraftedSpec } from '../../src/domain/prompts/draft.ts';

const spec = (more: Partial<DraftedSpec> = {}): DraftedSpec => ({
  is: 'spec',
  step: 'sort',
  expect: [{ path: '/topic', op: 'eq', value: 'machines' }],
  guards: [],
  holdOuts: [],
  observed: 'o',
  expected: 'Mowers are machines.',
  quotes: ['q'],
  change: 'add-word',
  files: ['topics.json'],
  title: 't',
  ...more,
});
const wanting = (...expectations: Expectation[]) => spec({ expect: expectations });
const eq = (path: string, value: string | number): Expectation => ({ path, op: 'eq', value });
const sizes = (...drafts: (Draft | null)[]) => clusterDrafts(drafts).map(({ size }) => size);

test.each<[string, Draft, Draft, boolean]>([
  ['other words for the same', spec(), spec({ title: 'other', observed: 'x', files: ['other.json'] }), true],
  ['one more condition', spec(), wanting(eq('/topic', 'machines'), eq('/sure', 1)), true],
  [
    'a looser one that the exact one meets',
    spec(),
    wanting({ path: '/topic', op: 'in', value: ['machines', 'x'] }),
    true,
  ],
  ['a looser one that it does not meet', spec(), wanting({ path: '/topic', op: 'matches', value: '^tools' }), false],
  ['another value', spec(), wanting(eq('/topic', 'tools')), false],
  ['another place', spec(), wanting(eq('/tone', 'machines')), false],
  ['one value of two', wanting(eq('/a', 1), eq('/b', 1)), wanting(eq('/a', 1), eq('/b', 2)), false],
  [
    'two patterns that are not the same',
    wanting({ path: '/a', op: 'ne', value: 1 }),
    wanting({ path: '/a', op: 'ne', value: 2 }),
    false,
  ],
  ['another step', spec(), spec({ step: 'reply' }), false],
  ['another kind of change', spec(), spec({ change: 'change-reply' }), false],
  ['a spec and none', spec(), { is: 'none-of-these', because: 'x' }, false],
  ['none for different reasons', { is: 'none-of-these', because: 'x' }, { is: 'none-of-these', because: 'y' }, true],
  ['two other kinds', { is: 'other-kind', change: 'a' }, { is: 'other-kind', change: 'b' }, false],
  ['one other kind', { is: 'other-kind', change: 'a' }, { is: 'other-kind', change: 'a' }, true],
  [
    'two questions',
    { is: 'ask', missing: 'which', choices: ['a', 'b'] },
    { is: 'ask', missing: 'which', choices: ['c', 'd'] },
    true,
  ],
])('%s', (_, one, other, same) => {
  expect(sizes(one, other)).toEqual(same ? [2] : [1, 1]);
  expect(sizes(other, one)).toEqual(same ? [2] : [1, 1]);
});

const ne = (path: string, value: string | number): Expectation => ({ path, op: 'ne', value });
const present = (path: string): Expectation => ({ path, op: 'present' });
const spoken = (...drafts: readonly Draft[]) =>
  clusterDrafts(drafts).map(({ size, draft }) => [size, draft.is === 'spec' ? draft.expect : draft.is]);

test.each<[string, readonly (readonly Expectation[])[], readonly [number, readonly Expectation[]][]]>([
  [
    'what goes with each of two that contradict each other speaks for neither',
    [[ne('/n', 5)], [eq('/n', 9)], [eq('/n', 8)]],
    [
      [1, [ne('/n', 5)]],
      [1, [eq('/n', 9)]],
      [1, [eq('/n', 8)]],
    ],
  ],
  [
    'so does what only wants something there',
    [[eq('/n', 9)], [present('/n')], [eq('/n', 8)], [present('/n')]],
    [
      [2, [present('/n')]],
      [1, [eq('/n', 9)]],
      [1, [eq('/n', 8)]],
    ],
  ],
  [
    'one place that all share says nothing of those that each is about alone',
    [[eq('/a', 1), eq('/b', 1)], [eq('/a', 1), eq('/c', 1)], [eq('/a', 1)]],
    [
      [1, [eq('/a', 1), eq('/b', 1)]],
      [1, [eq('/a', 1), eq('/c', 1)]],
      [1, [eq('/a', 1)]],
    ],
  ],
  [
    'of those that agree, the one that leaves the least open is the spec',
    [[ne('/n', 5)], [eq('/n', 9)], [eq('/n', 9), present('/m')]],
    [[3, [eq('/n', 9), present('/m')]]],
  ],
  [
    'two conditions on one place are what both say',
    [
      [ne('/n', 5), present('/n')],
      [present('/n'), ne('/n', 5)],
    ],
    [[2, [ne('/n', 5), present('/n')]]],
  ],
  [
    'a value in any letters goes with the one that is written out',
    [[{ path: '/n', op: 'eq', value: 'lamp', ignore: ['case'] }], [eq('/n', 'Lamp')]],
    [[2, [{ path: '/n', op: 'eq', value: 'lamp', ignore: ['case'] }]]],
  ],
])('%s', (_, wanted, clusters) => {
  expect(spoken(...wanted.map((expect) => spec({ expect: [...expect] })))).toEqual(clusters);
});

test('the most frequent stands first, and what came to nothing is in none', () => {
  const tools = wanting(eq('/topic', 'tools'));
  const clusters = clusterDrafts([spec(), null, tools, tools]);
  expect(clusters.map(({ size, draft }) => [size, draft])).toEqual([
    [2, tools],
    [1, spec()],
  ]);
  expect(clusterDrafts([null, null])).toEqual([]);
});

test.each([
  [1, 1, 'agreed'],
  [2, 2, 'agreed'],
  [1, 2, 'split'],
  [3, 3, 'agreed'],
  [2, 3, 'tied'],
  [1, 3, 'split'],
  [3, 4, 'tied'],
  [2, 4, 'split'],
  [5, 5, 'agreed'],
  [4, 5, 'agreed'],
  [3, 5, 'split'],
  [0, 3, 'split'],
] as const)('%i of %i drafts: %s', (size, of, agreement) => {
  expect(agreementOf(size, of)).toBe(agreement);
});

test('what sets drafts apart is what is asked: values where they see one place differently, else their sentences', () => {
  const tools = wanting(eq('/topic', 'tools'));
  expect(choicesOf(clusterDrafts([spec(), tools]))).toEqual(['machines', 'tools']);
  expect(choicesOf(clusterDrafts([wanting(eq('/n', 1)), wanting(eq('/n', 2))]))).toEqual(['1', '2']);
  const reply = spec({ step: 'reply', change: 'change-reply', expected: 'The reply names the mower.' });
  expect(choicesOf(clusterDrafts([spec(), reply]))).toEqual(['Mowers are machines.', 'The reply names the mower.']);
  expect(choicesOf(clusterDrafts([spec(), spec()]))).toEqual([]);
  expect(choicesOf(clusterDrafts([spec(), { is: 'none-of-these', because: 'x' }]))).toEqual([]);
});
