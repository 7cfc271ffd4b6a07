import { expect, test } from 'vitest';
import { type SmallWorld, smallWorld } from './support/small-world.ts';

const count = async (world: SmallWorld, what: RegExp) =>
  (await world.facts()).filter((fact) => fact.kind === 'intent' && what.test(fact.what)).length;
const merges = (world: SmallWorld) => count(world, /^merge /);

/** An approved head that GitHub refuses to merge, in these words, until `free` is set. */
async function refused(why: 'retry' | 'moved' | 'refused', message: string) {
  const state = { free: false };
  const world = smallWorld({
    around: (name, call) =>
      name === 'forge.merge' && !state.free ? Promise.resolve({ merged: false, why, message }) : call(),
  });
  await world.proposed();
  world.approve();
  await world.settle();
  return { world, state };
}

test.each([
  ['retry', 'Pull Request is not mergeable'],
  ['moved', 'Head branch was modified'],
  ['refused', 'Commits must have verified signatures.'],
] as const)(
  'invariant 10: what GitHub refuses for ever (%s) is not tried for ever, and that is told',
  async (why, message) => {
    const { world } = await refused(why, message);
    for (let passes = 0; passes < 20; passes++) await world.settle();
    expect(await merges(world)).toBeLessThanOrEqual(2);
    for (let hours = 0; hours < 30; hours++) {
      world.wait(3600);
      await world.settle();
    }
    expect(await merges(world)).toBe(10);
    expect(world.status()).toContain('GitHub refused to merge it again and again');
    expect(world.status()).toContain('approve it once more');
  },
);

test('what was given up goes on with a new approval, and with what else has changed', async () => {
  const { world, state } = await refused('refused', 'No.');
  for (let hours = 0; hours < 30; hours++) {
    world.wait(3600);
    await world.settle();
  }
  const before = await merges(world);
  world.state.statuses.push({ name: 'ci', state: 'success' });
  await world.settle();
  expect(await merges(world)).toBe(before + 1);
  state.free = true;
  world.approve();
  await world.settle();
  expect(await world.stageName()).toBe('merged');
});
