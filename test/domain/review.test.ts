import { expect, test } from 'vitest';
import { learnPersonal } from '../../src/domain/learn-personal.ts';
import { accountsOf, redactor } from '../../src/domain/redact.ts';
import { asksOnly, plainKindOf, quotesHoldOut, type Remark, remarksOf } from '../../src/domain/review.ts';
import type { Spec } from '../../src/domain/spec.ts';

const thread = (id: string, said: readonly (readonly [review: number, body: string])[], isResolved = false) => ({
  id,
  isResolved,
  path: 'config/fetch.json',
  line: 3,
  comments: said.map(([review, body], index) => ({ id: 10 + index, review, body })),
});

test('a review’s own text and its threads are its remarks; what others said, and what is settled, is not', () => {
  const threads = [
    thread('a', [
      [1, 'Use 10.'],
      [2, 'No, 11.'],
      [1, 'Or 12.'],
    ]),
    thread('b', [[2, 'Why?']]),
    thread('c', [[1, 'Settled']], true),
    thread('d', [[1, '<!-- nothing to see -->']]),
  ];
  expect(remarksOf({ id: 1, body: ' In all:\u200b fine. ' }, threads)).toEqual([
    { thread: null, comment: null, path: null, line: null, words: 'In all: fine.' },
    { thread: 'a', comment: 10, path: 'config/fetch.json', line: 3, words: 'Use 10.\n\nOr 12.' },
  ]);
});

test('personal data and secrets in a remark are replaced', () => {
  const remarks = remarksOf({ id: 1, body: 'Mail ann@shop.example with ghp_abcdefghijklmnop0123' }, []);
  expect(remarks).toMatchObject([{ words: 'Mail [email-1] with [secret-1]' }]);
});

const remark = (words: string, path: string | null = null): Remark => ({
  thread: null,
  comment: null,
  path,
  line: null,
  words,
});

test('too many remarks, and too many words, are too much', () => {
  const threads = (count: number) => Array.from({ length: count }, (_, at) => thread(`${at}`, [[1, 'x']]));
  expect(remarksOf({ id: 1, body: '' }, threads(30))).toHaveLength(30);
  expect(remarksOf({ id: 1, body: '' }, threads(31))).toBe('too-much');
  expect(remarksOf({ id: 1, body: 'x'.repeat(10_000) }, [])).toHaveLength(1);
  expect(remarksOf({ id: 1, body: 'x'.repeat(10_001) }, [])).toBe('too-much');
  // What is hidden counts where it is too long to be looked through.
  const hidden = `<!--${'x'.repeat(60_000)}--> Use 10.`;
  expect(remarksOf({ id: 1, body: hidden }, [])).toBe('too-much');
  expect(remarksOf({ id: 1, body: '' }, [thread('a', [[1, hidden]])])).toBe('too-much');
  expect(remarksOf({ id: 1, body: '' }, [thread('a', [[1, hidden]], true)])).toEqual([]);
});

test.each([
  ['Why?', true],
  ['Why 9? Which rubric is this?', true],
  ['> Please change it.\n\nWhy is that?', true],
  ['Warum ist das so?', true],
  ['Why.', false],
  ['Could you use 10?', false],
  ['Why not 10?', false],
  ["Why isn't it 10?", false],
  ['Why? Use 10.', false],
  ['Shouldn’t this come first?', false],
  ['', false],
  ['> Why?', false],
])('whether “%s” only asks: %s', (words, asks) => expect(asksOnly(words)).toBe(asks));

test.each([
  ['Why is this?', null, { is: 'question', about: ['why'] }],
  ['Which rubric is it, and which cases prove it?', null, { is: 'question', about: ['rubric', 'cases'] }],
  ['What is a hold-out?', 'evals/fetch.yml', { is: 'question', about: ['cases'] }],
  ['How fast is it?', null, null],
  ['Put it below.', 'evals/fetch.yml', { is: 'what' }],
  ['Put it below.', 'config/fetch.json', null],
  ['The expected output is another one.', null, { is: 'what' }],
  ['KB-104 should come out second.', null, { is: 'what' }],
  ['Add another case for returns.', null, { is: 'what' }],
  ['Use 10 here.', 'config/fetch.json', null],
])('what is certain of “%s” on %s', (words, path, kind) =>
  expect(plainKindOf(remark(words, path), ['evals/**'])).toEqual(kind),
);

const spec = {
  title: 'Put KB-107 first',
  observed: 'KB-104 comes first.',
  expected: 'KB-107 comes first for refunds.',
  quotes: [],
  acceptance: [
    { name: 'a refund', step: 'fetch', input: { text: 'When does my money come back to me', as: 'guest' }, expect: [] },
  ],
  guards: [],
  'hold-outs': [
    {
      name: 'in other words',
      step: 'fetch',
      input: { text: ['So when does my money come back, dear team?'], country: 'Peru', days: 1250 },
      expect: [
        { path: '/articles/0/id', op: 'eq', value: 'KB-119' },
        { path: '/articles/0/id', op: 'ne', value: 'KB-104' },
      ],
    },
    { name: 'shouted', step: 'fetch', input: { text: 'WHEN DOES MY MONEY COME BACK TO ME', as: 'GUEST' }, expect: [] },
  ],
} as unknown as Spec;

test.each([
  ['It fails for “in other words”.', true],
  ['What of Money come back, DEAR team?', true],
  ['What of “back, dear team”?', true],
  ['It is “DOES MY MONEY” that fails.', true],
  ['And in peru?', true],
  ['For a GUEST, too.', true],
  ['For a guest, too.', false],
  ['After 1,250 days, too.', true],
  ['After 1250.0 days, too.', true],
  ['It has to be KB-119.', true],
  ['Article 119 comes first.', true],
  ['Not KB-104.', false],
  ['Does my money come first?', false],
  ['My dear, use 10 instead.', false],
  ['What of “when does my money come back to me”?', false],
  ['KB-107 comes first for refunds.', false],
  ['In other cases.', false],
  ['', false],
])('whether “%s” repeats a hold-out: %s', (text, quotes) => expect(quotesHoldOut(text, spec)).toBe(quotes));

test.each([
  ['openings', '('.repeat(10_000)],
  ['quotes', '> '.repeat(5000)],
  ['questions', 'why? '.repeat(2000)],
  ['fences', '```'.repeat(3300)],
  ['spaces', `${' '.repeat(9999)}?`],
])('ten thousand characters of %s are read', (_, text) => {
  const remarks = remarksOf({ id: 1, body: text }, []);
  expect(remarks).not.toBe('too-much');
  for (const one of remarks === 'too-much' ? [] : remarks) plainKindOf(one, ['evals/**']);
  quotesHoldOut(text, spec);
});

test('who is known to be in the ticket is hidden in a review without a title or a greeting', () => {
  const by = redactor({ accounts: accountsOf({ accounts: ['KD-\\d{4}'] }) });
  learnPersonal({ steps: [{ step: 'T-1', input: { customer: { name: 'Nora Quill' } }, output: null }] }, by);
  const thread = {
    id: 't',
    isResolved: false,
    path: 'a',
    line: 1,
    comments: [{ id: 1, review: 1, body: 'quill has KD-1234' }],
  };
  const said = JSON.stringify(remarksOf({ id: 1, body: 'nora quill waits' }, [thread], by));
  expect(said).not.toMatch(/quill|KD-1234/i);
});
