import { expect, test } from 'vitest';
import { suitesOf } from '../../src/compose.ts';
import type { Case } from '../../src/domain/case.ts';
import { Configuration } from '../../src/domain/configuration.ts';
import type { Json } from '../../src/domain/rejection.ts';
import type { CaseResult, Suites } from '../../src/ports.ts';
import { runCases } from '../../src/run-cases.ts';

/** Suites that note what they are asked; `answer` gives each output. */
function noting(answer: (input: Json, call: number) => CaseResult) {
  const asked: (readonly Json[])[] = [];
  const outputs: Suites['outputs'] = async (_, __, inputs) => {
    asked.push(inputs);
    return inputs.map((input) => answer(input, asked.length));
  };
  return { asked, suites: { outputs } as Suites };
}

const checkout = { dir: '', gitDir: 'g', tree: 't', dispose: async () => {} };
const echo = (output: Json): CaseResult => ({ status: 'output', output });
const failsAtFirst = (input: Json, call: number): CaseResult =>
  input === 'hidden' && call === 1 ? { status: 'error', because: 'it broke' } : echo(input);

test('cases in lines that failed before are not asked alone: all of a call are remembered, or none', async () => {
  const { asked, suites } = noting(failsAtFirst);
  const step = { run: 'r', lines: true, timeout: 1 };
  const remembered = suitesOf({ suites, image: async () => '' }, 'acme/support');
  const ask = () => remembered.outputs(checkout, step, ['guard', 'hidden']);
  expect(await ask()).toEqual([echo('guard'), { status: 'error', because: 'it broke' }]);
  expect(await ask()).toEqual([echo('guard'), echo('hidden')]);
  expect(await ask()).toEqual([echo('guard'), echo('hidden')]);
  expect(asked).toEqual([
    ['guard', 'hidden'],
    ['guard', 'hidden'],
  ]);
});

test('cases with a process each are asked again only where they failed', async () => {
  const { asked, suites } = noting(failsAtFirst);
  const step = { run: 'r', lines: false, timeout: 1 };
  const remembered = suitesOf({ suites, image: async () => '' }, 'acme/support');
  for (let i = 0; i < 3; i++) await remembered.outputs(checkout, step, ['guard', 'hidden']);
  expect(asked).toEqual([['guard', 'hidden'], ['hidden']]);
});

test('the order in which a step is asked does not tell what a case is for', async () => {
  const { asked, suites } = noting(echo);
  const configuration = Configuration.parse({
    version: 1,
    steps: [{ name: 'price', run: 'r', lines: true, inputs: ['**'], cases: 'c.yml' }],
    changes: { all: { step: 'price', paths: ['**'] } },
  });
  const caseOf = (input: string): Case => ({
    name: input,
    step: 'price',
    input,
    expect: [{ path: '', op: 'eq', value: input }],
  });
  const cases = ['vase', 'bowl', 'lamp', 'chair'].map(caseOf);
  const results = await runCases({ suites }, configuration, checkout, cases);
  expect(results.map(({ outcome }) => outcome)).toEqual(['pass', 'pass', 'pass', 'pass']);
  await runCases({ suites }, configuration, checkout, cases.toReversed());
  expect(asked[0]).toEqual(asked[1]);
});
