import { expect, test } from 'vitest';
import type { Case, Expectation } from '../../src/domain/case.ts';
import { findContradictions } from '../../src/domain/find-contradictions.ts';
import type { Json } from '../../src/domain/rejection.ts';

const of = (name: string, expect: Partial<Expectation>[], input: Json = { thing: 'lamp' }, step = 'price'): Case => ({
  name,
  step,
  input,
  expect: expect.map((one) => ({ path: '/price', op: 'eq', ...one })),
});
const eq = (value: Json, more: Partial<Expectation> = {}): Partial<Expectation> => ({ op: 'eq', value, ...more });

type Row = readonly [name: string, one: Partial<Expectation>, other: Partial<Expectation>];

const impossible: readonly Row[] = [
  ['two values', eq(9), eq(5)],
  ['a value and what it must not be', eq(9), { op: 'ne', value: 9 }],
  ['a value that is in no list', eq(9), { op: 'in', value: [1, 2] }],
  ['two lists without a common value', { op: 'in', value: [1, 2] }, { op: 'in', value: [3] }],
  ['a list of which every value is too small', { op: 'in', value: [1, 2] }, { op: 'gt', value: 2 }],
  ['there and not there', { op: 'present' }, { op: 'absent' }],
  ['not there, and yet another value', { op: 'absent' }, { op: 'ne', value: 1 }],
  ['a value that a pattern does not take', eq('lamp'), { op: 'matches', value: '^v' }],
  ['two values whatever their case', eq('A', { ignore: ['case'] }), eq('b', { ignore: ['case'] })],
  ['less and more', { op: 'lt', value: 5 }, { op: 'gte', value: 5 }],
  [
    'about one and about another number',
    { op: 'approx', value: 1, tolerance: 0.1 },
    { op: 'approx', value: 2, tolerance: 0.1 },
  ],
  ['a number and a text', { op: 'lt', value: 5 }, { op: 'matches', value: 'a' }],
  ['two lengths', { op: 'length', value: 1 }, { op: 'length', value: 2 }],
  ['other names', { op: 'names_eq', value: ['a'] }, { op: 'names_eq', value: ['a', 'b'] }],
  ['the whole, and a part that is not in it', eq({ price: 9 }, { path: '' }), eq(5)],
  ['nothing at a place, and something within it', { op: 'absent' }, eq(1, { path: '/price/net' })],
];
test.each(impossible)('no program can meet both: %s', (_, one, other) => {
  const found = [{ one: 'a', other: 'b', path: expect.any(String) }];
  expect(findContradictions([of('a', [one]), of('b', [other])])).toEqual(found);
  expect(findContradictions([of('a', [other]), of('b', [one])])).toEqual(found);
  expect(findContradictions([of('a', [one])], [of('b', [other])])).toEqual(found);
  expect(findContradictions([of('a', [one, other])])).toMatchObject([{ one: 'a', other: 'a' }]);
});

const possible: readonly Row[] = [
  ['the same value', eq(9), eq(9)],
  ['a value and a pattern that takes it', eq('lamp'), { op: 'matches', value: '^l' }],
  ['a value that differs in case from one that does not mind', eq('A', { ignore: ['case'] }), eq('a')],
  ['space on one side and case on the other', eq('A  b', { ignore: ['case'] }), eq('a b', { ignore: ['space'] })],
  ['lists with a common value', { op: 'in', value: [1, 2] }, { op: 'in', value: [2, 3] }],
  ['ranges that touch', { op: 'lte', value: 5 }, { op: 'gte', value: 5 }],
  ['a pattern and a length', { op: 'matches', value: 'a' }, { op: 'length', value: 3 }],
  ['two patterns, of which nobody can tell', { op: 'matches', value: '^a' }, { op: 'matches', value: '^b' }],
  ['a whole and a part of it', eq({ price: 9 }, { path: '' }), eq(9)],
  ['other places', eq(9), eq(5, { path: '/prices' })],
  ['names in another order', { op: 'names_eq', value: ['a', 'b'] }, { op: 'names_eq', value: ['b', 'a'] }],
];
test.each(possible)('what can be met, or may be, is no contradiction: %s', (_, one, other) => {
  expect(findContradictions([of('a', [one]), of('b', [other])])).toEqual([]);
  expect(findContradictions([of('a', [other])], [of('b', [one])])).toEqual([]);
});

test('other inputs and other steps contradict nothing, and the order of keys makes no other input', () => {
  const a = of('a', [eq(9)], { thing: 'lamp', n: 1 });
  expect(findContradictions([a, of('b', [eq(5)], { thing: 'vase', n: 1 })])).toEqual([]);
  expect(findContradictions([a, of('b', [eq(5)], { thing: 'lamp', n: 1 }, 'reply')])).toEqual([]);
  expect(findContradictions([a, of('b', [eq(5)], { n: 1, thing: 'lamp' })])).toEqual([
    { one: 'a', other: 'b', path: '/price' },
  ]);
  expect(findContradictions([], [a, of('b', [eq(5)], { thing: 'lamp', n: 1 })])).toEqual([]);
});
