import { expect, test } from 'vitest';
import { concernedBy } from '../../src/concern.ts';
import type { Fact } from '../../src/domain/fact.ts';
import { LABELS } from '../../src/domain/labels.ts';
import { keyOf } from '../../src/domain/rejection.ts';
import { tend } from '../../src/loop.ts';
import type { Suites } from '../../src/ports.ts';
import { shopFiles } from './support/shop.ts';
import { REF, type SmallScript, type SmallWorld, smallWorld } from './support/small-world.ts';

const PULL = 100;
const main = (world: SmallWorld) => world.repository.remote.get('main') ?? '';
const head = (world: SmallWorld) => world.repository.remote.get(world.state.pull?.branch ?? '') ?? '';
const said = (world: SmallWorld, text: string) => world.said().filter((body) => body.includes(text));
const count = async (world: SmallWorld, kind: string) =>
  (await world.facts()).filter((fact) => fact.kind === kind).length;
const checksOf = (world: SmallWorld, commit: string) =>
  Object.fromEntries(world.state.checks.filter((one) => one.head === commit).map((one) => [one.name, one.conclusion]));

/** A proposal whose base has a merge queue. */
async function queued(script: SmallScript = {}): Promise<SmallWorld> {
  const world = smallWorld(script);
  await world.proposed();
  world.state.queue = [];
  return world;
}

async function note(world: SmallWorld, fact: Fact, ref = REF): Promise<void> {
  const last = (await world.ports.ledger.read(keyOf(ref))).at(-1)?.seq ?? 0;
  await world.ports.ledger.append(keyOf(ref), last, [fact]);
}

/** GitHub makes a group of base and the pull request, `besides` other changes, and asks for its checks. */
async function ask(
  world: SmallWorld,
  besides: Readonly<Record<string, string>> = {},
  on = main(world),
): Promise<string> {
  const { repository } = world;
  const merged = await repository.merge(on, head(world));
  if ('conflicts' in merged) throw new Error('conflict');
  const tree = await repository.withFiles(merged.tree, besides);
  const group = await repository.commit(tree, [on], `group ${Object.keys(besides).join()}`);
  repository.remote.set(`gh-readonly-queue/main/pr-${PULL}-${on}`, group);
  await note(world, { kind: 'group-asked', head: group, base: on, into: 'main', pull: PULL });
  return group;
}

test('where a queue merges, an approved head is put into it once, and nothing is merged past it', async () => {
  const world = await queued();
  world.approve();
  await world.settle();
  await world.settle();
  expect(world.state.queue).toEqual([head(world)]);
  expect(world.state.merges).toEqual([]);
  expect(await count(world, 'enqueued')).toBe(1);
});

test('a branch that a queue keeps up to date is not brought up to date by the app', async () => {
  const world = await queued();
  world.state.upToDate = true;
  const old = head(world);
  world.repository.commitOn('main', { 'README.md': 'Moved.' });
  await world.settle();
  expect(head(world)).toBe(old);
});

test('a group gets the checks of its pull request on its own commit, without judging the same tree twice', async () => {
  const world = await queued();
  const judged = await count(world, 'judged');
  const group = await ask(world);
  await world.settle();
  expect(checksOf(world, group)).toEqual(checksOf(world, head(world)));
  expect(checksOf(world, group)['corrigible/gate']).toBe('success');
  expect(await count(world, 'judged')).toBe(judged);
});

test('a group whose checks somebody wants again is judged again, whatever is known of its tree', async () => {
  const world = await queued();
  const group = await ask(world);
  await world.settle();
  const [judged, posted] = [await count(world, 'judged'), world.state.checks.length];
  const again = { kind: 'recheck-requested', head: group, by: 'bob', comment: null } as const;
  await note(world, again);
  await world.settle();
  expect(await count(world, 'judged')).toBe(judged + 1);
  expect(checksOf(world, group)['corrigible/gate']).toBe('success');
  expect(world.state.checks.length).toBeGreaterThan(posted);
  expect(world.state.checks.slice(posted).every((check) => check.head === group)).toBe(true);
  await note(world, { ...again, delivery: '2' });
  await world.settle();
  expect(await count(world, 'judged')).toBe(judged + 2);
});

test('GitHub’s button on a red group has it judged again, on one that was merged nothing', async () => {
  const world = await queued();
  const group = await ask(world, { 'src/else.ts': 'hidden' });
  await world.settle();
  const posted = world.state.checks.length;
  const by = { login: 'bob', id: 2, isPerson: true };
  const places = { installation: 1, repo: REF.repo, repos: [REF.repo], repository: null, repositories: [] };
  const press = (guid: string, sha = group, who = by) =>
    concernedBy(
      { ...places, about: { sha }, by: who, what: 'check', action: 'rerequested', guid },
      REF.repo,
      world.ports.ledger,
      'corrigible[bot]',
    );
  expect(await press('1', 'e'.repeat(40))).toEqual([]);
  expect(await press('2', group, { ...by, isPerson: false })).toEqual([]);
  expect(await press('3')).toEqual([keyOf(REF)]);
  await world.settle();
  expect(world.state.checks.length).toBeGreaterThan(posted);
  expect(checksOf(world, group)['corrigible/gate']).toBe('failure');
  await note(world, {
    kind: 'merged',
    head: head(world),
    sha: group,
    asJudged: true,
    by: 'bob',
  });
  expect(await press('4')).toEqual([]);
});

test('a group on a base that moved is judged against exactly that base, and a red one is red', async () => {
  const world = await queued();
  const lamp = '  - { name: a lamp is 5, input: { thing: lamp }, expect: [{ path: /price, op: eq, value: 5 }] }';
  const good = await world.repository.commit(
    await world.repository.withFiles(await world.repository.treeOf(main(world)), { 'docs/a.md': 'A' }),
    [main(world)],
    'another',
  );
  const fine = await ask(world, {}, good);
  await world.settle();
  expect(checksOf(world, fine)['corrigible/gate']).toBe('success');
  expect((await world.facts()).findLast(({ kind }) => kind === 'judged')).toMatchObject({ base: good, head: fine });
  const before = await world.repository.withFiles(await world.repository.treeOf(main(world)), {
    'evals/price.yml': `${shopFiles['evals/price.yml']}${lamp}\n`,
  });
  const bad = await ask(world, {}, await world.repository.commit(before, [main(world)], 'yet another'));
  await world.settle();
  expect(checksOf(world, bad)).toMatchObject({ 'corrigible/gate': 'failure', 'corrigible/step/price': 'failure' });
});

test('what a group holds besides the fix is not waved through', async () => {
  const world = await queued();
  const group = await ask(world, { 'src/else.ts': 'hidden' });
  await world.settle();
  expect(checksOf(world, group)).toMatchObject({ 'corrigible/gate': 'failure', 'corrigible/integrity': 'failure' });
});

test('a group whose files of base cannot be used is red, with the file named', async () => {
  const world = await queued();
  const { repository } = world;
  const broken = await repository.withFiles(await repository.treeOf(main(world)), {
    '.github/corrigible.yml': 'version: 9\n',
  });
  const group = await ask(world, {}, await repository.commit(broken, [main(world)], 'broken'));
  await world.settle();
  expect(checksOf(world, group)).toEqual({ 'corrigible/gate': 'failure' });
  expect(world.state.checks.at(-1)?.text).toContain('.github/corrigible.yml');
});

test('an approval that was taken back while it waits makes its group red', async () => {
  const world = await queued();
  world.approve();
  await world.settle();
  Object.assign(world.state.reviews[0] ?? {}, { state: 'dismissed' });
  const group = await ask(world);
  await world.settle();
  expect(world.state.queue).toEqual([]);
  expect(checksOf(world, group)).toEqual({ 'corrigible/gate': 'failure' });
  expect(world.state.checks.at(-1)?.text).toContain('took it out of the merge queue again');
});

/** What is run from now on errs, and the head is to be judged again. */
async function breakAndRecheck(world: SmallWorld): Promise<void> {
  const broken: Suites = {
    ...world.ports.suites,
    outputs: async (_, __, inputs) => inputs.map(() => ({ status: 'error' as const, because: 'gone' })),
    anew: () => broken,
  };
  Object.assign(world.ports, { suites: broken });
  await note(world, { kind: 'recheck-requested', head: head(world), by: 'alice', comment: null });
}

const takenBack: readonly (readonly [what: string, how: (world: SmallWorld) => unknown])[] = [
  ['an approval that is dismissed', ({ state }) => Object.assign(state.reviews[0] ?? {}, { state: 'dismissed' })],
  ['a request for changes', (world) => world.requestChanges('bob', 'Not like this.')],
  ['the label that holds it', ({ state }) => state.issue.labels.push(LABELS.hold)],
  ['a label that is taken off', (world) => world.unlabel()],
  ['a changed text', ({ state }) => Object.assign(state.issue, { body: `${state.issue.body} And more.` })],
  ['a draft', ({ state }) => Object.assign(state.pull ?? {}, { draft: true })],
  ['a head that is red when it is judged again', breakAndRecheck],
  ['a rejection that is closed', ({ state }) => Object.assign(state.issue, { open: false, closedBy: 'alice' })],
];

test.each(takenBack)('%s takes out of the queue what is green there already, and makes it red', async (_, how) => {
  const world = await queued();
  world.approve();
  await world.settle();
  const group = await ask(world);
  await world.settle();
  expect(checksOf(world, group)['corrigible/gate']).toBe('success');
  await how(world);
  await world.settle();
  await world.settle();
  expect(world.state.queue).toEqual([]);
  expect(await count(world, 'dequeued')).toBe(1);
  expect(checksOf(world, group)['corrigible/gate']).toBe('failure');
});

test('a group that is known to be gone is not answered again', async () => {
  const world = await queued();
  world.approve();
  await world.settle();
  const group = await ask(world);
  await world.settle();
  await note(world, { kind: 'group-gone', head: group, because: 'dequeued' });
  world.state.issue.labels.push(LABELS.hold);
  await world.settle();
  expect(checksOf(world, group)['corrigible/gate']).toBe('success');
});

test('what was held in the queue is put in again when nothing holds it, and its next group is judged', async () => {
  const world = await queued();
  world.approve();
  await world.settle();
  world.state.issue.labels.push(LABELS.hold);
  await world.settle();
  expect(world.status()).toContain('Not merged, because the label');
  world.state.issue.labels.splice(world.state.issue.labels.indexOf(LABELS.hold), 1);
  await world.settle();
  expect(world.state.queue).toEqual([head(world)]);
  expect(world.status()).not.toContain('Not merged');
  const group = await ask(world);
  await world.settle();
  expect(checksOf(world, group)['corrigible/gate']).toBe('success');
});

test('an approval that is taken back while it is held leaves no reason behind', async () => {
  const world = smallWorld();
  await world.proposed();
  world.state.issue.labels.push(LABELS.hold);
  world.approve();
  await world.settle();
  expect(world.status()).toContain('Not merged, because the label');
  Object.assign(world.state.reviews[0] ?? {}, { state: 'dismissed' });
  await world.settle();
  expect(world.status()).not.toContain('Not merged');
});

test.each(['before', 'after'] as const)('invariant 8: killed %s it is taken out, it is out, and red', async (when) => {
  let armed = false;
  const world = await queued({
    around: async (name, call) => {
      const struck = armed && name === 'forge.dequeue';
      if (struck) armed = false;
      if (struck && when === 'before') throw new Error('killed');
      const result = await call();
      if (struck) throw new Error('killed');
      return result;
    },
  });
  world.approve();
  await world.settle();
  const group = await ask(world);
  await world.settle();
  world.state.issue.labels.push(LABELS.hold);
  armed = true;
  await expect(world.settle()).rejects.toThrow('killed');
  await world.settle();
  expect(world.state.queue).toEqual([]);
  expect(await count(world, 'dequeued')).toBe(1);
  expect(checksOf(world, group)['corrigible/gate']).toBe('failure');
});

test('what leaves the queue unmerged is told once, and an approval puts it in again', async () => {
  const world = await queued();
  world.approve();
  await world.settle();
  const group = await ask(world, { 'src/else.ts': 'hidden' });
  await world.settle();
  world.state.queue = [];
  await note(world, { kind: 'group-gone', head: group, because: 'dequeued' });
  await world.settle();
  await world.settle();
  expect(said(world, '@bob, approve it once more')).toHaveLength(1);
  expect(world.status()).toContain('it was taken out of the merge queue: with what was before it there');
  expect(world.state.queue).toEqual([]);
  world.approve();
  await world.settle();
  expect(world.state.queue).toEqual([head(world)]);
  expect(await count(world, 'enqueued')).toBe(2);
});

test('a merge by the queue is found, with whose approval it was', async () => {
  const world = await queued();
  world.approve();
  await world.settle();
  const approved = head(world);
  const group = await ask(world);
  await world.settle();
  world.repository.remote.set('main', group);
  world.state.queue = [];
  Object.assign(world.state.pull ?? {}, { merged: true, open: false });
  await world.settle();
  expect((await world.facts()).find(({ kind }) => kind === 'merged')).toMatchObject({
    head: approved,
    by: 'bob',
    asJudged: true,
  });
});

test.each(['before', 'after'] as const)(
  'invariant 8: killed %s it is put in, it is in the queue once',
  async (when) => {
    let armed = false;
    const world = await queued({
      around: async (name, call) => {
        const struck = armed && name === 'forge.enqueue';
        if (struck) armed = false;
        if (struck && when === 'before') throw new Error('killed');
        const result = await call();
        if (struck) throw new Error('killed');
        return result;
      },
    });
    world.approve();
    armed = true;
    await expect(world.settle()).rejects.toThrow('killed');
    await world.settle();
    expect(world.state.queue).toEqual([head(world)]);
    expect(await count(world, 'enqueued')).toBe(1);
  },
);

test('a group that nobody waits for any more is not answered', async () => {
  const world = await queued();
  const group = await ask(world, { 'docs/x.md': 'x' });
  await note(world, { kind: 'group-gone', head: group, because: 'invalidated' });
  await world.settle();
  expect(checksOf(world, group)).toEqual({});
});

test('a group that is not here yet is waited for, and given up after a while', async () => {
  const world = await queued();
  await note(world, { kind: 'group-asked', head: 'f'.repeat(40), base: main(world), into: 'main', pull: PULL });
  await world.settle();
  expect(await count(world, 'group-gone')).toBe(0);
  world.wait(11 * 60);
  await world.settle();
  expect(await count(world, 'group-gone')).toBe(1);
});

test('a group into another branch than the app judges is red', async () => {
  const world = await queued();
  const at = main(world);
  await note(world, { kind: 'group-asked', head: head(world), base: at, into: 'release', pull: PULL });
  await world.settle();
  expect(world.state.checks.at(-1)).toMatchObject({ conclusion: 'failure' });
  expect(world.state.checks.at(-1)?.text).toContain('judges only what goes into `main`');
});

test('a group of which no pull request can be told gets a red check, not silence', async () => {
  const world = smallWorld();
  const ref = { ...REF, issue: 0 };
  await note(world, { kind: 'group-asked', head: main(world), base: main(world), into: 'main', pull: 0 }, ref);
  await tend({ ...world.ports, ref });
  world.wait(60);
  await tend({ ...world.ports, ref });
  expect(checksOf(world, main(world))).toEqual({ 'corrigible/gate': 'failure' });
  expect(world.state.checks).toHaveLength(1);
});
