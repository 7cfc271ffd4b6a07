import { expect, test } from 'vitest';
import { goodFix } from './support/shop.ts';
import { smallWorld } from './support/small-world.ts';

const HIDDEN = `cases:
  - { name: told to nobody, input: { thing: vase }, expect: [{ path: /price, op: eq, value: 7 }] }
`;

test('4 of a case that an earlier fix of the rejection brought, and that fails now, agents and models hear only the step', async () => {
  let rounds = 0;
  const world = smallWorld({
    files: { 'evals/price/rejection-7-0.yml': HIDDEN },
    fix: () => (rounds++ === 0 ? { 'rules/price.json': '{ "lamp": 9, "vase": 1000 }' } : goodFix),
  });
  await world.proposed();
  const [, second] = world.seen.briefs;
  const told = JSON.stringify([second?.rejected, world.seen.prompts]);
  expect(told).toContain('a vase is 7');
  expect(told).toContain('a case of step price that is not shown is not green');
  expect(told).not.toContain('told to nobody');
  expect(JSON.stringify(await world.facts())).toContain('told to nobody');
});
