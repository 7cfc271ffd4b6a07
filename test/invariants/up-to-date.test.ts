import { expect, test } from 'vitest';
import { goodFix, shopFiles } from './support/shop.ts';
import { type SmallScript, type SmallWorld, smallWorld } from './support/small-world.ts';

type Change = Readonly<Record<string, string>>;

/** Base moves by the next of these changes whenever a proven candidate is about to be proposed. */
function racing(changes: readonly Change[], script: SmallScript = {}): SmallWorld {
  const left = [...changes];
  const world: SmallWorld = smallWorld({
    ...script,
    around: async (name, call) => {
      const proven = name === 'repository.fetch' && (await world.stageName()) === 'proven';
      const change = proven ? left.shift() : undefined;
      if (change !== undefined) world.repository.commitOn('main', change);
      return call();
    },
  });
  return world;
}

const elsewhere = (n: number): Change => ({ [`docs/${n}.md`]: 'Moved.' });
const main = (world: SmallWorld) => world.repository.remote.get('main') ?? '';
const head = (world: SmallWorld) => world.repository.remote.get(world.state.pull?.branch ?? '') ?? '';
const count = async (world: SmallWorld, kind: string) =>
  (await world.facts()).filter((fact) => fact.kind === kind).length;
const lastJudged = async (world: SmallWorld) => (await world.facts()).findLast((fact) => fact.kind === 'judged');

test('a base that moved before the proposal is what the candidate is judged on and stands on', async () => {
  const world = racing([elsewhere(1)]);
  await world.proposed();
  expect(await lastJudged(world)).toMatchObject({ base: main(world), verdict: { passed: true } });
  expect(await world.repository.mergeBase(main(world), head(world))).toBe(main(world));
  expect(await count(world, 'judged')).toBe(2);
  expect(world.state.checks.every((check) => check.head === head(world))).toBe(true);
  expect(world.seen.briefs).toHaveLength(1);
  world.approve();
  await world.settle();
  expect(world.state.merges).toHaveLength(1);
  expect(await count(world, 'judged')).toBe(2);
});

test('what a moved base makes red is not proposed', async () => {
  const lamp = '  - { name: a lamp is 5, input: { thing: lamp }, expect: [{ path: /price, op: eq, value: 5 }] }';
  const world = racing([{ 'evals/price.yml': `${shopFiles['evals/price.yml']}${lamp}\n` }]);
  await world.proposed();
  expect(world.state.pull).toBeNull();
  expect(await lastJudged(world)).toMatchObject({ base: main(world), verdict: { passed: false } });
  expect(world.status()).toContain('no attempt passed the checks');
});

test('a candidate that conflicts with the moved base is made anew on it, as long as there are rounds', async () => {
  const rules = (vase: number) => ({ 'rules/price.json': `{ "lamp": 5, "vase": 7, "bowl": ${vase} }` });
  const fix = { 'rules/price.json': '{ "lamp": 9, "vase": 7, "bowl": 1 }' };
  let rounds = 0;
  const world = racing([rules(1)], { fix: () => (rounds++ === 0 ? goodFix : fix) });
  await world.proposed();
  expect(world.seen.briefs).toHaveLength(2);
  expect(world.repository.filesOf(head(world))['rules/price.json']).toBe(fix['rules/price.json']);
  expect(await lastJudged(world)).toMatchObject({ base: main(world) });
});

test('a candidate that conflicts in the last round ends the attempt, and the files are named', async () => {
  const rules = (n: number) => ({ 'rules/price.json': `{ "lamp": 5, "vase": 7, "bowl": ${n} }` });
  const world = racing([1, 2, 3, 4, 5].map(rules));
  await world.proposed();
  expect(world.state.pull).toBeNull();
  expect(world.status()).toContain('the fix conflicts with the base branch in `rules/price.json`');
  expect(await world.stageName()).toBe('drafted');
});

test('a base that moves all the time is not run after for ever', async () => {
  const world = racing([1, 2, 3, 4, 5, 6].map(elsewhere));
  await world.proposed();
  expect(world.state.pull).toMatchObject({ open: true });
  expect(await count(world, 'carried')).toBe(3);
  world.approve();
  await world.settle();
  expect(world.state.merges).toHaveLength(1);
});

test('what a crash pushed for the base of then is replaced, and never called judged', async () => {
  const crash = new Error('killed');
  let dies = true;
  const world: SmallWorld = smallWorld({
    around: async (name, call) => {
      const result = await call();
      if (name !== 'repository.push' || !dies) return result;
      dies = false;
      throw crash;
    },
  });
  await expect(world.proposed()).rejects.toBe(crash);
  expect(world.state.pull).toBeNull();
  world.repository.commitOn('main', elsewhere(1));
  await world.settle();
  expect(await world.repository.mergeBase(main(world), head(world))).toBe(main(world));
  const opened = (await world.facts()).find((fact) => fact.kind === 'pull-request-opened');
  expect(opened).toMatchObject({
    head: head(world),
    base: main(world),
    tree: await world.repository.treeOf(head(world)),
  });
});

test('somebody else’s commits on the branch of the attempt end it, also after base moved', async () => {
  const world = smallWorld({
    around: async (name, call) => {
      if (name === 'repository.push') world.repository.remote.set('corrigible/7-1', main(world));
      return call();
    },
  });
  await world.proposed();
  expect(world.state.pull).toBeNull();
  expect(world.status()).toContain('somebody else’s commits are on the branch `corrigible/7-1`');
});

test('what was proposed before a crash is not carried on: a person may have approved it', async () => {
  const crash = new Error('killed');
  let dies = true;
  const world: SmallWorld = smallWorld({
    around: async (name, call) => {
      const result = await call();
      if (name !== 'forge.openPullRequest' || !dies) return result;
      dies = false;
      throw crash;
    },
  });
  await expect(world.proposed()).rejects.toBe(crash);
  const seen = head(world);
  world.approve();
  world.repository.commitOn('main', elsewhere(1));
  world.wait(600);
  await world.settle();
  await world.settle();
  expect(world.state.merges).toMatchObject([{ head: seen }]);
});
