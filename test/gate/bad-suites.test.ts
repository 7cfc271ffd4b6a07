import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Verdict } from '../../src/domain/verdict.ts';
import { type Arena, failedIn, openArena } from './support/arena.ts';
import { honest } from './support/cheats.ts';
import { LINES, shop } from './support/shop.ts';

let arena: Arena & Disposable;
beforeAll(async () => {
  arena = await openArena();
});
afterAll(() => arena[Symbol.dispose]());

const stepOf = (verdict: Verdict, name: string) => verdict.children?.find((check) => check.name === name);
const desk = '  - { name: a desk is 12, input: { thing: desk }, expect: [{ path: /price, op: eq, value: 12 }] }\n';
const red = { 'evals/price.yml': `${shop['evals/price.yml']}${desk}` };

test('of a base that is red already that case alone is forgiven, and it is named', async () => {
  const verdict = await arena.judge(honest, { base: red });
  expect(verdict.passed).toBe(true);
  expect(stepOf(verdict, 'step price')).toEqual({
    name: 'step price',
    passed: true,
    because: '3 cases as before, 1 red on base already',
    children: [{ name: 'a desk is 12', passed: true, because: 'red on base already' }],
  });
});

test('beside a case that is red already, another that turns red still blocks', async () => {
  const change = { 'rules/price.json': '{ "lamp": 9, "vase": 8, "bowl": 3, "chair": 4, "table": 40 }\n' };
  const failed = failedIn(await arena.judge({ change }, { base: red }));
  expect(Object.keys(failed)).toEqual(['step price']);
  expect(failed['step price']?.map(({ name, because }) => `${name}: ${because}`)).toEqual([
    'a vase is 7: green on base, red now: `/price` should eq `7`, but is `8`',
  ]);
});

test('a case that was red and does not run any more is not forgiven', async () => {
  const script = `${LINES}for (const one of cases) if (one.input.thing !== 'desk') isLamp(one) ? nine(one) : sold(one);\n`;
  const failed = failedIn(await arena.judge({ change: { 'src/price.mjs': script } }, { base: red }));
  expect(failed['step price']?.map(({ name, because }) => `${name}: ${because}`)).toEqual([
    'a desk is 12: it does not run now: `it gave no answer`',
  ]);
});

test('a base of which the step does not run at all proves nothing', async () => {
  const verdict = await arena.judge(honest, { base: { 'src/price.mjs': 'process.exit(9);\n' } });
  const [first] = failedIn(verdict)['spec'] ?? [];
  expect(first).toMatchObject({
    name: 'the lamp costs 9',
    because: 'it does not run on base: `it ended with exit code 9`',
  });
});
