import { expect, test } from 'vitest';
import type { Rejection } from '../../src/domain/rejection.ts';
import { routeByCode } from '../../src/domain/route.ts';
import type { Rubric } from '../../src/domain/rubric.ts';
import { shuffled } from '../../src/domain/shuffle.ts';

const rubric = (id: string, when: string, signs: readonly string[] = []): Rubric => ({
  id,
  title: id,
  when,
  signs,
  change: id,
  criteria: [],
  recipe: null,
  get body(): string {
    throw new Error('the body was read');
  },
  file: `${id}.md`,
  hash: id,
});
const said = (comment: string, annotations: Rejection['annotations'] = {}): Rejection => ({
  ref: { installation: 1, repo: 'a/b', issue: 1 },
  reporter: 'rita',
  title: '',
  ticket: null,
  comment,
  fields: {},
  hints: [],
  answers: [],
  pastedTrace: null,
  hidden: [],
  annotations,
  problems: [],
  textHash: '',
});
const weight = rubric('weight', 'The right article is there, but another one ranks above it.', ['\\bfirst\\b']);
const branch = rubric('branch', 'The plan has no branch for the state of this order.', [
  '\\breply should\\b',
  '\\bfirst\\b',
]);
const words = rubric('words', 'A ticket about a delivery fell into other.');
const all = [weight, branch, words];
const steps: Readonly<Record<string, string>> = { weight: 'fetch', branch: 'plan', words: 'classify' };
const route = (rejection: Rejection, rubrics = all) => routeByCode(rubrics, rejection, ({ id }) => steps[id] ?? 'plan');
const ids = (rubrics: readonly Rubric[]) => rubrics.map(({ id }) => id);

test('one whose signs alone show is chosen, without any body being read', () => {
  expect(route(said('the reply should be other')).chosen).toBe(branch);
});

test('where the signs of several show, the step that the reporter named decides, else nobody yet', () => {
  expect(route(said('KB-1 first')).chosen).toBeNull();
  expect(route(said('KB-1 first', { step: 'fetch' })).chosen).toBe(weight);
  expect(route(said('KB-1 first', { step: 'reply' })).chosen).toBeNull();
});

test('the likeliest stand first: signs, then the named step, then words in common', () => {
  expect(ids(route(said('KB-1 first', { step: 'plan' })).choices)).toEqual(['branch', 'weight', 'words']);
  expect(ids(route(said('the deliveries are late')).choices)[0]).toBe('words');
});

test('however many rubrics there are, twelve are shown, and the one that fits is among them', () => {
  const many = Array.from({ length: 200 }, (_, at) => rubric(`other-${at}`, `Something else number ${at}.`));
  const { choices } = route(said('the deliveries are late'), [...many, words]);
  expect(choices).toHaveLength(12);
  expect(choices[0]).toBe(words);
});

test('an order that is drawn follows from its seed, keeps everything, and differs between seeds', () => {
  const things = ['a', 'b', 'c', 'd', 'e'];
  expect(shuffled(things, 'one')).toEqual(shuffled(things, 'one'));
  expect(shuffled(things, 'one').toSorted()).toEqual(things);
  const orders = Array.from({ length: 20 }, (_, seed) => shuffled(things, String(seed)).join(''));
  expect(new Set(orders).size).toBeGreaterThan(15);
  expect(new Set(orders.map((order) => order[0])).size).toBe(5);
});
