import { expect, test } from 'vitest';
import type { FactOf } from '../../src/domain/fact.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { configuration, shopFiles } from '../invariants/support/shop.ts';
import { type SmallScript, smallWorld } from '../invariants/support/small-world.ts';

const apart = (reply: string) => ({
  '.github/corrigible.yml': configuration
    .replace('run: price, inputs: [rules/**]', 'run: price, inputs: [rules/price.json]')
    .replace('run: reply, inputs: [rules/**]', `run: reply, inputs: [${reply}]`),
});

/** Verdicts of the rounds, as they were recorded. */
async function verdictsOf(script: SmallScript): Promise<readonly Verdict[]> {
  const world = smallWorld(script);
  await world.ready();
  world.label();
  await world.settle();
  const facts = await world.facts();
  return facts.filter((fact): fact is FactOf<'judged'> => fact.kind === 'judged').map(({ verdict }) => verdict);
}

const partOf = (verdict: Verdict | undefined, name: string) => verdict?.children?.find((child) => child.name === name);
const wrong = { 'rules/price.json': '{ "lamp": 6, "vase": 7 }' };
const right = { 'rules/price.json': '{ "lamp": 9, "vase": 7 }' };

test('a step of which a red candidate touches nothing is not run in that round, and the verdict says so', async () => {
  let round = 0;
  const verdicts = await verdictsOf({
    files: apart('rules/reply.json'),
    fix: () => {
      round += 1;
      return round === 1 ? wrong : right;
    },
  });
  expect(verdicts.map(({ passed }) => passed)).toEqual([false, true]);
  expect(partOf(verdicts[0], 'step reply')?.because).toContain('not run in this round');
  expect(partOf(verdicts[0], 'step price')?.because).not.toContain('not run');
  // What is proposed was run whole.
  expect(partOf(verdicts[1], 'step reply')?.because).toBe('1 of 1 cases as before');
});

test('a red candidate that touches every step has every step run', async () => {
  const [verdict] = await verdictsOf({ files: apart('rules/**'), fix: () => wrong });
  expect(partOf(verdict, 'step reply')?.because).toBe('1 of 1 cases as before');
});

test('a step that breaks though it says that it depends on nothing of the change is told as declared wrongly', async () => {
  const [verdict] = await verdictsOf({
    files: apart('README.md'),
    fix: () => ({ ...right, 'rules/reply.json': '{ "prefix": "It is" }' }),
  });
  expect(verdict?.passed).toBe(false);
  const reply = partOf(verdict, 'step reply');
  expect(reply?.passed).toBe(false);
  expect(reply?.children?.map(({ because }) => because).join()).toContain('`inputs` lacks something');
});

test('a case in quarantine that is red makes no candidate red, so that nothing is carried over for it', async () => {
  const cup = '  - { name: a cup is 3, input: { thing: cup }, expect: [{ path: /price, op: eq, value: 3 }] }\n';
  const [verdict] = await verdictsOf({
    files: {
      ...apart('README.md'),
      'rules/price.json': '{ "lamp": 5, "vase": 7, "cup": 3 }',
      'evals/price.yml': `${shopFiles['evals/price.yml']}${cup}`,
      '.github/corrigible-quarantine.yml':
        'quarantine:\n  - { step: price, case: a cup is 3, owner: bob, since: 2025-12-30, until: 2026-01-05, reason: flaky }\n',
    },
    fix: () => ({
      'rules/price.json': '{ "lamp": 9, "vase": 7, "cup": 4 }',
      'rules/reply.json': '{ "prefix": "It is" }',
    }),
  });
  expect(verdict?.passed).toBe(false);
  expect(partOf(verdict, 'step price')?.passed).toBe(true);
  expect(partOf(verdict, 'step reply')?.because).not.toContain('not run in this round');
});
