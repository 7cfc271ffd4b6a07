import { expect, test } from 'vitest';
import { assertCase, mistakeIn } from '../../src/domain/assert-case.ts';
import type { Expectation } from '../../src/domain/case.ts';
import type { Json } from '../../src/domain/rejection.ts';

const output: Json = {
  reply: { id: 'refund-started', text: 'Dear  Alex,\nyour refund is on its way.' },
  tools: [{ name: 'open-refund', arguments: { order: 'A-7' } }, { name: 'note' }],
  entities: { order: 'A-7', amount: 12.5 },
  tags: ['a', 'b', 'b'],
  nothing: null,
  'a/b': { '~': 1 },
  count: 3,
  umlaut: 'Grüße 👋',
};

type Row = readonly [
  path: string,
  op: Expectation['op'],
  value: Json | undefined,
  because: string,
  rest?: Partial<Expectation>,
];
const GOOD = 'as expected';
const OTHER = 'not as expected';
const NOTHING = 'nothing is there';

const rows: readonly Row[] = [
  ['/reply/id', 'eq', 'refund-started', GOOD],
  ['/reply/id', 'eq', 'Refund-Started', OTHER],
  ['/reply/id', 'eq', ' Refund-Started ', GOOD, { ignore: ['case', 'space'] }],
  ['/reply/text', 'eq', 'Dear Alex, your refund is on its way.', GOOD, { ignore: ['space'] }],
  ['/reply/text', 'eq', 'dear alex, your refund is on its way.', OTHER, { ignore: ['space'] }],
  ['/entities', 'eq', { amount: 12.5, order: 'A-7' }, GOOD],
  ['/entities', 'eq', { amount: 12.5 }, OTHER],
  ['/entities', 'eq', { amount: 12.5, order: 'a-7' }, GOOD, { ignore: ['case'] }],
  ['/tags', 'eq', ['a', 'b', 'b'], GOOD],
  ['/tags', 'eq', ['b', 'a', 'b'], OTHER],
  ['/nothing', 'eq', null, GOOD],
  ['/count', 'eq', '3', OTHER],
  ['', 'subset', { count: 3 }, GOOD],
  ['/a~1b/~0', 'eq', 1, GOOD],
  ['/a~1b/~2', 'eq', 1, 'the path is not a JSON Pointer'],
  ['/tags/01', 'eq', 'b', NOTHING],
  ['/tags/-', 'eq', 'b', NOTHING],
  ['/tags/length', 'eq', 3, NOTHING],
  ['/__proto__', 'present', undefined, NOTHING],
  ['/constructor/name', 'eq', 'Object', NOTHING],
  ['/reply/id', 'ne', 'other', GOOD],
  ['/reply/id', 'ne', 'refund-started', OTHER],
  ['/gone', 'ne', 'other', NOTHING],
  ['/reply/id', 'in', ['x', 'refund-started'], GOOD],
  ['/reply/id', 'in', ['x'], OTHER],
  ['/reply/id', 'in', 'refund-started', '“in” needs a list as its value'],
  ['/reply/id', 'matches', '^refund-\\w+$', GOOD],
  ['/reply/id', 'matches', 'fund', GOOD],
  ['/reply/id', 'matches', '^REFUND', OTHER],
  ['/reply/id', 'matches', '^REFUND', GOOD, { ignore: ['case'] }],
  ['/reply/id', 'matches', '^\\D+$', GOOD, { ignore: ['case'] }],
  ['/count', 'matches', '3', 'what is there is not a text'],
  ['/reply/id', 'matches', 3, '“matches” needs a text as its value'],
  ['/reply/id', 'matches', '(?=a)', 'the pattern is not one that RE2 takes: invalid or unsupported Perl syntax: `(?=`'],
  ['/reply/id', 'not_matches', 'hand-over', GOOD],
  ['/reply/id', 'not_matches', 'refund', OTHER],
  ['/gone', 'not_matches', 'refund', NOTHING],
  ['/gone', 'absent', undefined, GOOD],
  ['/gone/deeper', 'absent', undefined, GOOD],
  ['/nothing', 'absent', undefined, 'something is there'],
  ['/nothing', 'present', undefined, GOOD],
  ['/gone', 'present', undefined, NOTHING],
  ['/count', 'lt', 4, GOOD],
  ['/count', 'lt', 3, OTHER],
  ['/count', 'lte', 3, GOOD],
  ['/count', 'gt', 2, GOOD],
  ['/count', 'gt', 3, OTHER],
  ['/count', 'gte', 3, GOOD],
  ['/count', 'gte', '3', '“gte” needs a number as its value'],
  ['/reply/id', 'gt', 1, 'what is there is not a number'],
  ['/tags', 'length', 3, GOOD],
  ['/entities', 'length', 2, GOOD],
  ['/umlaut', 'length', 7, GOOD],
  ['/tags', 'length', 2, OTHER],
  ['/tags', 'length', -1, '“length” needs a whole number from 0 as its value'],
  ['/count', 'length', 1, 'what is there is not a text, a list or an object'],
  ['/tools', 'names_eq', ['note', 'open-refund'], GOOD],
  ['/tools', 'names_eq', ['note', 'note', 'open-refund'], GOOD],
  ['/tools', 'names_eq', ['note'], OTHER],
  ['/tools', 'names_eq', ['note', 'open-refund', 'close'], OTHER],
  ['/entities', 'names_eq', ['amount', 'order'], GOOD],
  ['/tags', 'names_eq', ['b', 'a'], GOOD],
  ['/tags', 'names_eq', ['B', 'A'], GOOD, { ignore: ['case'] }],
  ['/count', 'names_eq', ['a'], 'what is there is not a list of named things or an object'],
  ['/tools', 'names_eq', 'note', '“names_eq” needs a list of names as its value'],
  ['', 'subset', { tools: [{ arguments: { order: 'A-7' } }] }, GOOD],
  ['/tags', 'subset', ['b', 'a'], GOOD],
  ['/tags', 'subset', ['c'], OTHER],
  ['/entities', 'subset', { order: 'A-8' }, OTHER],
  ['/entities', 'subset', { __proto__: null, toString: 1 } as Json, OTHER],
  ['/entities/amount', 'approx', 12.4, GOOD, { tolerance: 0.2 }],
  ['/entities/amount', 'approx', 12.4, OTHER, { tolerance: 0.05 }],
  ['/entities/amount', 'approx', 12.4, '“approx” needs a tolerance'],
  ['/reply/id', 'approx', 12.4, 'what is there is not a number', { tolerance: 1 }],
];

for (const [path, op, value, because, rest] of rows)
  test(`${path} ${op} ${JSON.stringify(value)}: ${because}${rest === undefined ? '' : ` ${JSON.stringify(rest)}`}`, () => {
    const expectation: Expectation = { path, op, ...(value === undefined ? {} : { value }), ...rest };
    const [finding] = assertCase(output, [expectation]);
    expect(finding).toMatchObject({ path, op, because, passed: because === GOOD });
  });

test('a missing value is a failed finding, and one finding is made per expectation', () => {
  const needing = ['eq', 'ne', 'in', 'matches', 'not_matches', 'lt', 'lte', 'gt', 'gte', 'length'] as const;
  const more = ['names_eq', 'subset', 'approx'] as const;
  const findings = assertCase(
    output,
    [...needing, ...more].map((op) => ({ path: '/count', op })),
  );
  expect(findings.map((f) => f.because)).toEqual([...needing, ...more].map((op) => `“${op}” needs a value`));
  expect(findings.every((f) => !f.passed && f.got === 3 && f.expected === undefined)).toBe(true);
});

test('output nested beyond reason fails instead of exhausting the stack', () => {
  const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`) as Json;
  for (const op of ['eq', 'subset', 'names_eq'] as const)
    expect(assertCase({ deep }, [{ path: '/deep', op, value: deep, ignore: ['case'] }])[0]?.passed).toBe(false);
});

test('a pattern that backtracking engines hang on is answered', () => {
  const text = `${'a'.repeat(50_000)}!`;
  expect(assertCase({ text }, [{ path: '/text', op: 'matches', value: '^(a+)+$' }])[0]?.passed).toBe(false);
});

test('mistakes that no output can make good are known without one', () => {
  expect(mistakeIn({ path: '/a', op: 'eq' })).toBe('“eq” needs a value');
  expect(mistakeIn({ path: '/a', op: 'approx', value: 1 })).toBe('“approx” needs a tolerance');
  expect(mistakeIn({ path: '/a', op: 'matches', value: '(' })).toMatch('missing closing )');
  expect(mistakeIn({ path: '/a~', op: 'absent' })).toBe('the path is not a JSON Pointer');
  expect(mistakeIn({ path: '/a', op: 'present' })).toBeNull();
});
