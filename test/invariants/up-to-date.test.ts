import { expect, test } from 'vitest';
import { sameDiff } from '../../src/domain/same-diff.ts';
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

test('a base that moves after each approval is run after five times, and people are told what they can do', async () => {
  const world = smallWorld();
  await world.proposed();
  world.state.upToDate = true;
  const moves = async (n: number) => {
    world.repository.commitOn('main', elsewhere(n));
    world.approve();
    await world.settle();
  };
  for (let n = 1; n <= 5; n++) await moves(n);
  expect(await count(world, 'branch-updated')).toBe(5);
  const fifth = head(world);
  await moves(6);
  await moves(7);
  expect(await count(world, 'branch-updated')).toBe(5);
  expect(head(world)).toBe(fifth);
  expect(world.state.merges).toEqual([]);
  expect(world.status()).toContain('`main` moved after each of the last 5 approvals');
  expect(world.status()).toContain('press “Update branch”');
  await world.push(world.state.pull?.branch ?? '', { 'rules/price.json': '{ "lamp": 9, "vase": 7, "cup": 1 }' }, 'bob');
  await world.settle();
  expect(await count(world, 'branch-updated')).toBe(6);
  world.approve('bob');
  await world.settle();
  expect(world.state.merges).toEqual([]);
  world.approve('carol');
  await world.settle();
  expect(world.state.merges).toHaveLength(1);
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

/** A pull request on a base that takes only what is up to date; `moves` is what base has moved by since. */
async function strict(moves: Change | null, script: SmallScript = {}): Promise<SmallWorld> {
  const world = smallWorld(script);
  await world.proposed();
  world.state.upToDate = true;
  if (moves !== null) world.repository.commitOn('main', moves);
  return world;
}

const said = (world: SmallWorld, text: string) => world.said().filter((body) => body.includes(text));

/** Called once by a script's `around`, when it is set. */
interface Strike {
  before?: (name: string) => void;
  after?: (name: string) => void;
}

const struck = (strike: Strike): SmallScript => ({
  around: async (name, call) => {
    strike.before?.(name);
    const result = await call();
    strike.after?.(name);
    return result;
  },
});

test('before anybody approves, a branch that has to be up to date gets base merged into it, and is judged', async () => {
  const world = await strict(elsewhere(1));
  const old = head(world);
  await world.settle();
  const now = head(world);
  expect(await world.repository.parents(now)).toEqual([old, main(world)]);
  expect(await lastJudged(world)).toMatchObject({ head: now, base: main(world), merge: false });
  expect(world.state.checks.filter((check) => check.head === now).length).toBeGreaterThan(1);
  expect(world.status()).toContain('The base branch demands branches that are up to date, so I merged it');
  world.approve();
  await world.settle();
  expect(world.state.merges).toMatchObject([{ head: now }]);
  expect(said(world, 'Please approve')).toEqual([]);
});

test('without that rule nothing is moved', async () => {
  const world = await strict(elsewhere(1));
  world.state.upToDate = false;
  const old = head(world);
  await world.settle();
  world.approve();
  await world.settle();
  expect(world.state.merges).toMatchObject([{ head: old }]);
});

test('a busy base does not make the branch churn: the next update waits, twice as long each time', async () => {
  const world = await strict(elsewhere(1));
  await world.settle();
  const first = head(world);
  world.repository.commitOn('main', elsewhere(2));
  await world.settle();
  expect(head(world)).toBe(first);
  world.wait(10 * 60);
  await world.settle();
  const second = head(world);
  expect(await world.repository.parents(second)).toEqual([first, main(world)]);
  world.repository.commitOn('main', elsewhere(3));
  world.wait(11 * 60);
  await world.settle();
  expect(head(world)).toBe(second);
  world.wait(10 * 60);
  await world.settle();
  expect(await count(world, 'branch-updated')).toBe(3);
});

test('an approved head that is behind is updated, and one comment says that the diff is unchanged and asks again', async () => {
  const world = await strict(null);
  const approved = head(world);
  world.approve();
  world.repository.commitOn('main', elsewhere(1));
  await world.settle();
  await world.settle();
  expect(world.state.merges).toEqual([]);
  const now = head(world);
  expect(await world.repository.parents(now)).toEqual([approved, main(world)]);
  const [comment, ...more] = said(world, 'Please approve');
  expect(more).toEqual([]);
  expect(comment).toContain('@bob, you approved');
  expect(comment).toContain('**What this pull request changes is unchanged:**');
  expect(said(world, 'This approval does not count')).toEqual([]);
  world.approve();
  await world.settle();
  expect(world.state.merges).toMatchObject([{ head: now }]);
});

test('an approval that GitHub dismisses at the update is asked for again all the same', async () => {
  const strike: Strike = {};
  const world = await strict(elsewhere(1), struck(strike));
  world.approve();
  const reviews = world.state.reviews as { state: string }[];
  strike.after = (name) => {
    if (name === 'repository.push') for (const review of reviews) review.state = 'dismissed';
  };
  await world.settle();
  expect(said(world, 'Please approve')).toHaveLength(1);
});

test('a red head is not asked to be approved', async () => {
  const lamp = '  - { name: a lamp is 5, input: { thing: lamp }, expect: [{ path: /price, op: eq, value: 5 }] }';
  const world = await strict({ 'evals/price.yml': `${shopFiles['evals/price.yml']}${lamp}\n` });
  world.approve();
  await world.settle();
  expect(said(world, 'are red, so there is nothing to approve yet')).toHaveLength(1);
  expect(world.state.merges).toEqual([]);
});

test('base is merged over a person’s commit, which stays, and that person still cannot approve', async () => {
  const world = await strict(elsewhere(1));
  const change = { 'rules/price.json': '{ "lamp": 9, "vase": 7, "cup": 1 }' };
  const pushed = await world.push(world.state.pull?.branch ?? '', change, 'carol');
  await world.settle();
  expect(await world.repository.parents(head(world))).toEqual([pushed, main(world)]);
  world.approve('carol');
  await world.settle();
  expect(world.state.merges).toEqual([]);
  expect(said(world, 'carol pushed the last commit')).toHaveLength(1);
  world.approve('bob');
  await world.settle();
  expect(world.state.merges).toHaveLength(1);
});

test('a person who pushes in that very moment is not pushed over', async () => {
  const strike: Strike = {};
  const world = await strict(elsewhere(1), struck(strike));
  let pushed: string | undefined;
  strike.before = (name) => {
    if (name === 'repository.push')
      pushed ??= world.repository.commitOn(world.state.pull?.branch ?? '', { a: 'Mine.' });
  };
  await world.settle();
  expect(pushed).toBeDefined();
  expect(head(world)).toBe(pushed);
  expect(await count(world, 'branch-updated')).toBe(0);
});

test('a branch that conflicts with base is not touched, and the files are named', async () => {
  const world = await strict({ 'rules/price.json': '{ "lamp": 6, "vase": 7 }' });
  const old = head(world);
  await world.settle();
  await world.settle();
  expect(head(world)).toBe(old);
  expect(world.status()).toContain('it conflicts with the base branch in `rules/price.json`');
  expect(await count(world, 'merge-refused')).toBe(1);
});

test('a push that GitHub has not noticed yet is waited for, and no approval of what stood there before counts', async () => {
  const world = await strict(elsewhere(1));
  const old = head(world);
  const { forge } = world.ports;
  const read = forge.pullRequest;
  let late = true;
  Object.assign(world.ports, {
    forge: new Proxy(forge, {
      get: (of, name) =>
        name === 'pullRequest'
          ? async (number: number) => ({ ...(await read(number)), ...(late && { head: old }) })
          : Reflect.get(of, name),
    }),
  });
  await world.settle();
  world.approve('bob', old);
  await world.settle();
  expect(world.state.merges).toEqual([]);
  expect(await count(world, 'branch-updated')).toBe(1);
  expect(await count(world, 'head-moved')).toBe(0);
  late = false;
  const now = head(world);
  world.approve('bob');
  await world.settle();
  expect(world.state.merges).toMatchObject([{ head: now }]);
});

test.each([
  ['repository.push', 'before'],
  ['repository.push', 'after'],
  ['forge.postComment', 'before'],
  ['forge.postComment', 'after'],
] as const)(
  'invariant 8: killed at %s, %s it was done: the update is made once, and told once',
  async (point, when) => {
    const strike: Strike = {};
    const world = await strict(elsewhere(1), struck(strike));
    world.approve();
    strike[when] = (name) => {
      if (name !== point) return;
      delete strike[when];
      throw new Error('killed');
    };
    await expect(world.settle()).rejects.toThrow('killed');
    world.wait(300);
    await world.settle();
    await world.settle();
    expect(await count(world, 'branch-updated')).toBe(1);
    const now = head(world);
    expect((await world.repository.parents(now))[1]).toBe(main(world));
    expect(said(world, 'Please approve')).toHaveLength(1);
    world.approve('bob');
    await world.settle();
    expect(world.state.merges).toMatchObject([{ head: now }]);
  },
);

test('a diff is the same whatever lines it moved to and whatever files became of it, and not after a change beside it', () => {
  const diff = (id: string, line: number, beside: string) =>
    `diff --git a/x b/x\nindex ${id}..fffffff 100644\n--- a/x\n+++ b/x\n@@ -${line},2 +${line},2 @@ in a function\n ${beside}\n-5\n+9\n`;
  expect(sameDiff(diff('aaaaaaa', 3, 'lamp'), diff('bbbbbbb', 7, 'lamp'))).toBe(true);
  expect(sameDiff(diff('aaaaaaa', 3, 'lamp'), diff('aaaaaaa', 3, 'vase'))).toBe(false);
  expect(sameDiff(diff('aaaaaaa', 3, 'lamp'), diff('aaaaaaa', 3, 'lamp').replace('+9', '+8'))).toBe(false);
  expect(sameDiff(' index 1', ' index 2')).toBe(false);
});
