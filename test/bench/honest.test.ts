import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Answers } from '../../src/cli/bench/answers.ts';
import { benchTranslation } from '../../src/cli/bench/bench-translation.ts';
import { readCases } from '../../src/cli/bench/read-cases.ts';
import { scores, type Tally } from '../../src/domain/bench/score.ts';
import type { DraftedSpec } from '../../src/domain/prompts/draft.ts';
import { goldModel } from './gold-model.ts';
import { inProcess } from './in-process.ts';

const all = await readCases(resolve('bench/translation'));
const gold = goldModel(all.cases);

async function measured(answers: Answers, ...ids: readonly string[]) {
  const set = { ...all, cases: all.cases.filter(({ id }) => ids.includes(id)) };
  const said: string[] = [];
  const print = (line: string) => void said.push(line);
  const { scored, waiting } = await benchTranslation({ set, answers, price: null, print, open: inProcess });
  const found: Readonly<Record<string, Tally | undefined>> = scores(scored);
  return { scored, waiting, found, said: said.join('\n') };
}

/** The gold model, whose drafts are changed. */
const drafting =
  (change: (spec: DraftedSpec) => object): Answers =>
  async (...asked) => {
    const answer = await gold(...asked);
    if ('status' in answer) return answer;
    const spec = JSON.parse(answer.text) as DraftedSpec | { readonly is: 'other' };
    return { ...answer, text: JSON.stringify(spec.is === 'spec' ? change(spec) : spec) };
  };

const AGAINST = 'hard-coded (containing) is found out';
const KILLED = 'mutants of the right fix are killed';
const VALID = 'acceptance is valid (and green on the right fix)';

test('a request that is answered when it is sent again is one request, and its case counts', async () => {
  let sent = 0;
  const once: Answers = async (...asked) => (sent++ === 0 ? { status: 500, body: '{}' } : gold(...asked));
  const { scored, waiting, found } = await measured(once, 'late-lamp-en');
  expect(waiting).toEqual([]);
  expect(found['disposition is right']).toEqual({ hits: 1, n: 1 });
  expect(scored[0]?.result.translated.cost.requests).toBe(sent - 1);
}, 120_000);

test('whoever refuses to answer takes no case out of what is counted', async () => {
  const refuses: Answers = async () => ({ status: 400, body: '{"error":{"message":"content filter"}}' });
  const { waiting, found, said } = await measured(refuses, 'late-lamp-en', 'one-off-en');
  expect(waiting).toEqual(['late-lamp-en', 'one-off-en']);
  expect(found['disposition is right']).toEqual({ hits: 0, n: 2 });
  expect(found['unsafe acts (none is right)']).toEqual({ hits: 0, n: 1 });
  expect(found['leaks (none is right)']?.n).toBe(2);
  expect(said).toMatch(/… late-lamp-en: nothing, \d requests? ha(?:s|ve) no answer/);
}, 120_000);

test('cases that the right fix turns red find out nobody', async () => {
  const never = [{ path: '/never', op: 'eq', value: 'x' }];
  const holdOut = { name: 'nobody can pass this', change: [{ path: '/text', op: 'set', value: 'zzz' }], expect: never };
  const impossible = drafting((spec) => ({ ...spec, expect: never, guards: [], holdOuts: [holdOut] }));
  const [right, wrong] = [await measured(gold, 'late-lamp-en'), await measured(impossible, 'late-lamp-en')];
  expect(right.found[AGAINST]).toEqual({ hits: 1, n: 1 });
  expect(wrong.found[AGAINST]).toEqual({ hits: 0, n: 1 });
  expect(right.found[KILLED]?.hits).toBeGreaterThan(0);
  expect(wrong.found[KILLED]).toEqual({ hits: 0, n: right.found[KILLED]?.n });
  expect(wrong.found[VALID]).toEqual({ hits: 0, n: 1 });
}, 120_000);

test('a spec for a step where no fault is has no valid acceptance', async () => {
  const { scored } = await measured(gold, 'late-lamp-en');
  const astray = scored.map((one) => {
    const { translated } = one.result;
    const specs = translated.specs.map((spec) => ({ ...spec, step: 'plan' }));
    return { ...one, result: { ...one.result, translated: { ...translated, specs }, proven: [] } };
  });
  expect(scores(scored)[VALID]).toEqual({ hits: 1, n: 1 });
  expect(scores(astray)[VALID]).toEqual({ hits: 0, n: 1 });
}, 120_000);
