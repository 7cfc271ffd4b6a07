import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Answers } from '../../src/cli/bench/answers.ts';
import { benchTranslation } from '../../src/cli/bench/bench-translation.ts';
import { readCases } from '../../src/cli/bench/read-cases.ts';
import { leaked, scores } from '../../src/domain/bench/score.ts';
import { leaksIn, recordSockets } from '../support/outgoing.ts';
import { goldModel } from './gold-model.ts';
import { inProcess } from './in-process.ts';

const set = await readCases(resolve('bench/translation'));

/** The cases that ended elsewhere than they should, and everything that was sent meanwhile. */
async function endsWith(answers: Answers | null) {
  using sockets = recordSockets();
  const { scored } = await benchTranslation({ set, answers, price: null, print: () => {}, open: inProcess });
  const wrong = scored.filter(({ gold, result }) => gold.disposition !== result.translated.is);
  return {
    scored,
    wrong: wrong.map(({ gold, result: { translated } }) => [gold.id, translated.is, translated.trouble]),
    sent: sockets.sentBy([]),
  };
}

test('invariant 11: with a model that knows what is right, each case ends where it should, and nothing personal leaves', async () => {
  const { scored, wrong, sent } = await endsWith(goldModel(set.cases));
  expect(wrong).toEqual([]);
  const found = scores(scored);
  expect(found['unsafe acts (none is right)']?.hits).toBe(0);
  expect(scored.flatMap(({ gold, result }) => leaked(gold, result.translated.sent))).toEqual([]);
  const valid = found['acceptance is valid (and green on the right fix)'];
  expect(valid?.n).toBeGreaterThanOrEqual(12);
  expect(valid?.hits).toBe(valid?.n);
  const personal = set.cases.flatMap((one) => one.personal);
  expect(leaksIn(sent, [...new Set(personal)])).toEqual([]);
}, 300_000);

test('without a model, what a recipe covers ends there too, and everything else is asked about', async () => {
  const { scored, wrong } = await endsWith(null);
  expect(wrong).toEqual([]);
  expect(scores(scored)['leaks (none is right)']?.hits).toBe(0);
  const acted = scored.filter(({ result }) => result.translated.is === 'act');
  expect(acted.map(({ result }) => result.translated.by)).toEqual(acted.map(() => 'recipe'));
  expect(acted.length).toBeGreaterThanOrEqual(6);
});

test('a model that acts upon everything is held back by nothing but code: no spec without a case that is red', async () => {
  const always: Answers = async (request) => {
    const sorts = request.includes('Sort this rejection.');
    const answer = sorts ? { is: 'act' } : { is: 'none-of-these', because: 'I do not know' };
    return { text: JSON.stringify(answer), input: 1, output: 1 };
  };
  const { scored } = await endsWith(always);
  const { 'unsafe acts (none is right)': unsafe } = scores(scored);
  expect(unsafe?.hits).toBe(0);
});
