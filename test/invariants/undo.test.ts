import { expect, onTestFinished, test, vi } from 'vitest';
import { acceptInverse } from '../../src/accept-inverse.ts';
import { keyOf } from '../../src/domain/rejection.ts';
import { standingOf } from '../../src/domain/standing.ts';
import { WATCH_MS } from '../../src/domain/watch.ts';
import { advance } from '../../src/loop.ts';
import type { Ports } from '../../src/ports.ts';
import { configuration, shopFiles } from './support/shop.ts';
import { REF, type SmallWorld, smallWorld } from './support/small-world.ts';

/** A case that holds for base alone: with it there, the fix is red. */
const lampIs5 = `${shopFiles['evals/price.yml']}  - { name: a lamp is 5, input: { thing: lamp }, expect: [{ path: /price, op: eq, value: 5 }] }\n`;

/** A world in which base moves after everything was read, in the moment of the merge. */
function racing(change: Readonly<Record<string, string>>): SmallWorld {
  let moved = false;
  const world: SmallWorld = smallWorld({
    around: (name, call) => {
      if (name === 'forge.merge' && !moved) {
        moved = true;
        world.repository.commitOn('main', change);
      }
      return call();
    },
  });
  return world;
}

async function approved(world: SmallWorld): Promise<SmallWorld> {
  await world.proposed();
  world.approve();
  await world.settle();
  expect(world.state.merges).toHaveLength(1);
  return world;
}

const saidOnce = (world: SmallWorld, text: string) => world.said().filter((said) => said.includes(text)).length;

test('what was merged red, because base moved in that moment, gets a revert pull request, and is told', async () => {
  const world = await approved(racing({ 'evals/price.yml': lampIs5 }));
  expect((await world.facts()).find(({ kind }) => kind === 'merged')).toMatchObject({
    asJudged: false,
    red: expect.stringContaining('step price'),
  });
  const [revert] = world.state.reverts;
  expect(revert).toMatchObject({
    number: 101,
    branch: 'corrigible/7-undo-1',
    title: 'Revert "The lamp costs 9" (#100)',
  });
  expect(revert?.body).toContain('The base branch moved while this was being merged');
  const files = world.repository.filesOf(world.repository.remote.get('corrigible/7-undo-1') ?? '');
  expect(files).toEqual({ ...shopFiles, 'evals/price.yml': lampIs5 });
  expect(world.said().join()).not.toContain('thank you');
  expect(saidOnce(world, 'undone in #101, which I have proposed by myself')).toBe(2);
  expect(world.state.issue.open).toBe(true);
  expect(await world.stageName()).toBe('returned');
});

test('what was merged while base moved and is green all the same is as good as judged', async () => {
  const world = await approved(racing({ 'README.md': 'Hello.' }));
  expect(world.state.reverts).toEqual([]);
  expect(await world.stageName()).toBe('merged');
  expect(world.state.issue.open).toBe(false);
});

test('what was merged and cannot be judged is told in words, and nothing is reverted', async () => {
  const world = await approved(racing({ '.github/corrigible.yml': 'version: 2\n' }));
  expect((await world.facts()).find(({ kind }) => kind === 'merged')).not.toHaveProperty('red');
  expect(world.state.reverts).toEqual([]);
  expect(saidOnce(world, 'was not judged green')).toBe(1);
});

test('what was merged and is not judged in time is told in words, and nothing is reverted', async () => {
  const real = AbortSignal.timeout;
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => (ms === 7 * 60_000 ? AbortSignal.abort() : real(ms)));
  onTestFinished(() => void vi.restoreAllMocks());
  const minutes = `${configuration}budget: { minutes: 7 }\n`;
  const world = await approved(racing({ '.github/corrigible.yml': minutes, 'evals/price.yml': lampIs5 }));
  expect((await world.facts()).find(({ kind }) => kind === 'merged')).not.toHaveProperty('red');
  expect(world.state.reverts).toEqual([]);
  expect(saidOnce(world, 'was not judged green')).toBe(1);
});

test('a red head that somebody merged by hand is not taken back unasked', async () => {
  const world = smallWorld();
  await world.proposed();
  const { branch } = world.state.pull!;
  await world.push(branch, { 'rules/price.json': '{ "lamp": 6, "vase": 7 }' }, 'carol');
  await world.settle();
  const head = world.repository.remote.get(branch) ?? '';
  world.repository.remote.set('main', head);
  Object.assign(world.state.pull!, { merged: true, open: false });
  await world.settle();
  expect((await world.facts()).find(({ kind }) => kind === 'merged')).toMatchObject({
    asJudged: false,
    by: 'somebody',
  });
  expect(world.state.reverts).toEqual([]);
});

/** The same app at another rejection of the same repository, with the same wish for another ticket. */
function second(world: SmallWorld): Ports {
  const { ports, state } = world;
  const issue = { ...state.issue, body: state.issue.body.replace('T-1', 'T-2'), open: true, labels: ['rejection'] };
  const read = async (number: number) => ({ ...issue, number, authorIsPerson: true, isPullRequest: false });
  return { ...ports, ref: { ...REF, issue: 8 }, forge: { ...ports.forge, issue: read } };
}

/** About the same thing as the first ticket: of two about different things no fix of one mends the other. */
const T2 = { 'tickets/T-2.json': shopFiles['tickets/T-1.json'] ?? '' };

/** A merged fix, and the same fault rejected again so many milliseconds later. */
async function rejectedAgain(after: number) {
  const world = await approved(smallWorld({ files: T2 }));
  expect(world.state.issue.open).toBe(false);
  world.wait(after / 1000);
  await world.settle();
  await world.push('main', { 'rules/price.json': shopFiles['rules/price.json'] ?? '' }, 'carol');
  const other = second(world);
  await advance(other);
  await world.settle();
  const stage = async () => standingOf(await world.ports.ledger.read(keyOf(other.ref))).stage;
  return { world, other, stage };
}

test('the same fault rejected again within the watch opens the merged one with its history', async () => {
  const { world, other, stage } = await rejectedAgain(WATCH_MS / 2);
  expect(await stage()).toMatchObject({ name: 'declined', declined: { reason: { code: 'recurred', detail: '#7' } } });
  expect((await world.facts()).find(({ kind }) => kind === 'outcome')).toMatchObject({
    outcome: 'recurred',
    what: '#8',
  });
  expect(await world.stageName()).toBe('returned');
  expect(world.state.issue.open).toBe(true);
  expect(saidOnce(world, 'The same fault was rejected again in #8.')).toBe(2);
  for (const text of ['@rita, @alice, @bob', 'Cleared by alice.', 'Merged in #100'])
    expect(world.said().join()).toContain(text);

  const { comments } = world.state;
  const id = (comments.at(-1)?.id ?? 0) + 1;
  const at = world.now();
  comments.push({ id, on: 8, by: 'alice', byPerson: true, marker: null, body: '/retry', createdAt: at, updatedAt: at });
  await advance(other);
  expect((await stage()).name).toBe('drafted');
});

test('the same fault rejected after the watch is a rejection of its own', async () => {
  const { world, stage } = await rejectedAgain(WATCH_MS + 1000);
  expect((await stage()).name).toBe('drafted');
  expect(await world.stageName()).toBe('merged');
  expect(world.state.issue.open).toBe(false);
});

test('a request that was taken back before it was followed does nothing', async () => {
  const world = await approved(smallWorld());
  const id = await world.askUndo('/undo');
  const comment = world.state.comments.find((one) => one.id === id)!;
  comment.body = 'Never mind.';
  await world.settle();
  expect(world.state.reverts).toEqual([]);
  expect(saidOnce(world, 'the comment does not ask for it any more')).toBe(1);
  await world.askUndo('/undo');
  world.state.roles.set('bob', 'read');
  await world.settle();
  expect(world.state.reverts).toEqual([]);
});

test('a new label on a rejection that came back begins a new attempt at the spec as it stands', async () => {
  const world = await approved(smallWorld());
  await world.askUndo('/undo');
  await world.settle();
  expect(await world.stageName()).toBe('returned');
  world.repository.remote.set('main', world.repository.remote.get('corrigible/7-undo-1') ?? '');
  world.unlabel();
  await world.settle();
  expect((await world.facts()).findLast(({ kind }) => kind === 'outcome')).toMatchObject({ recognised: 'revert' });
  world.label();
  await world.settle();
  expect((await world.facts()).map(({ kind }) => kind)).toContain('abandoned');
  expect(await world.stageName()).toBe('proposed');
});

test('a merge that was made as a rebase is undone as a whole, from what it was made onto', async () => {
  const world = smallWorld();
  await world.proposed();
  const { branch } = world.state.pull!;
  // The branch stands on base: a rebase of it changes nothing.
  const head = world.repository.remote.get(branch) ?? '';
  world.repository.remote.set('main', head);
  Object.assign(world.state.pull!, { merged: true, open: false });
  await world.settle();
  await world.askUndo('/undo');
  await world.settle();
  const files = world.repository.filesOf(world.repository.remote.get('corrigible/7-undo-1') ?? '');
  expect(files).toEqual(shopFiles);
});

/** What becomes of a verdict that waits for its oracle alone, when the head of the revert is taken for an inverse. */
async function acceptedBy(world: SmallWorld, head: string, issue = 7): Promise<boolean> {
  const oracle = { name: 'oracle', passed: false, held: 'waits', because: 'it changes what it is judged by' } as const;
  const verdict = { name: 'gate', passed: false, because: 'a person has to decide', children: [oracle] };
  const pair = { from: world.repository.remote.get('main') ?? '', head };
  return (await acceptInverse(world.ports, verdict, issue, pair)).passed;
}

async function undone(before?: (world: SmallWorld) => void): Promise<{ world: SmallWorld; head: string }> {
  const world = await approved(smallWorld());
  before?.(world);
  await world.askUndo('/undo');
  await world.settle();
  return { world, head: world.repository.remote.get('corrigible/7-undo-1') ?? '' };
}

test('invariant 5: the oracle of a revert is accepted where it is exactly the inverse of a merge that is recorded', async () => {
  const { world, head } = await undone();
  expect(await acceptedBy(world, head)).toBe(true);
  expect(await acceptedBy(world, head, 8)).toBe(false);
  const later = await undone((of) => of.repository.commitOn('main', { 'README.md': 'Later.' }));
  expect(await acceptedBy(later.world, later.head)).toBe(true);
});

test.each([
  ['a file more', { 'README.md': 'Hello.' }],
  ['a case of the fix kept', { 'evals/price/rejection-7.yml': 'cases: []\n' }],
  ['a case of others softened', { 'evals/price.yml': 'cases: []\n' }],
])('invariant 5: a revert with %s waits for a writer', async (_, change) => {
  const { world } = await undone();
  expect(await acceptedBy(world, world.repository.commitOn('corrigible/7-undo-1', change))).toBe(false);
});

test('invariant 5: a merge that brought more than cases to the oracle is not taken back without a writer', async () => {
  const world = smallWorld();
  await world.proposed();
  const { branch } = world.state.pull!;
  await world.push(branch, { 'evals/reply.yml': `${shopFiles['evals/reply.yml']}# stricter\n` }, 'carol');
  await world.settle();
  world.repository.remote.set('main', world.repository.remote.get(branch) ?? '');
  Object.assign(world.state.pull!, { merged: true, open: false });
  await world.settle();
  await world.askUndo('/undo');
  await world.settle();
  const head = world.repository.remote.get('corrigible/7-undo-1') ?? '';
  expect(world.repository.filesOf(head)).toEqual(shopFiles);
  expect(await acceptedBy(world, head)).toBe(false);
});
