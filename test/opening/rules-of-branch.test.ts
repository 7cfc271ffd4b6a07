import { expect, test } from 'vitest';
import type { ReviewThread } from '../../src/ports.ts';
import { type SmallWorld, smallWorld } from '../invariants/support/small-world.ts';

/** A world in which bob has approved the fix of `rules/price.json` that alice cleared, and these rules hold. */
async function approved(
  rules: Partial<SmallWorld['state']['rules']>,
  owners = '',
  more: (world: SmallWorld) => void = () => {},
) {
  const world = smallWorld({ files: { '.github/CODEOWNERS': owners } });
  Object.assign(world.state.rules, rules);
  await world.proposed();
  world.approve('bob');
  more(world);
  await world.settle();
  return world;
}
const isMerged = ({ state }: SmallWorld): boolean => state.merges.length === 1;

test('approvals that are missing are counted, and one more merges', async () => {
  const world = await approved({ approvals: 3 });
  expect(world.status()).toContain('the rules of the branch want 2 more approvals by people with write permission');
  // Of the requester as well: that is GitHub’s rule, not ours.
  world.approve('alice');
  await world.settle();
  expect(world.status()).toContain('the rules of the branch want one more approval by people with write permission');
  world.approve('carol');
  await world.settle();
  expect(isMerged(world)).toBe(true);
});

test('GitHub counts an approval of an older head and a bot’s, so they are not missed; nobody’s below write', async () => {
  const old = await approved({ approvals: 2 }, '', (world) => world.approve('carol', 'a'.repeat(40)));
  expect(isMerged(old)).toBe(true);
  const bot = await approved({ approvals: 2 }, '', (world) => world.approve('robot', undefined, false));
  expect(isMerged(bot)).toBe(true);
  const reader = await approved({ approvals: 2 }, '', (world) => world.approve('rita'));
  expect(isMerged(reader)).toBe(false);
});

test.each([
  [
    '* @carol',
    'code owners have not approved what is theirs: `evals/price/rejection-7.yml` waits for carol; `rules/price.json` waits for carol',
  ],
  ['rules/ @carol @alice @rita', '`rules/price.json` waits for carol or alice.'],
])('with CODEOWNERS %j it says whom it waits for, and merges when one of them approved', async (owners, words) => {
  const world = await approved({ codeOwners: true }, owners);
  expect(isMerged(world)).toBe(false);
  expect(world.status()).toContain(words);
  world.approve('carol');
  await world.settle();
  expect(isMerged(world)).toBe(true);
});

test.each([
  '',
  '* @bob',
  '* @carol\nrules/ @BOB\nevals/',
  // Only GitHub knows whether bob is one of those.
  '* @carol @acme/pricing',
  '* @carol price@shop.example',
  // Who may not write is no owner.
  '* @rita @ghost',
])('with CODEOWNERS %j GitHub is asked to merge', async (owners) => {
  expect(isMerged(await approved({ codeOwners: true }, owners))).toBe(true);
});

test('code owners of base count, not those of the pull request, and only where the rule is set', async () => {
  expect(isMerged(await approved({}, '* @carol'))).toBe(true);
  const world = await approved({ codeOwners: true }, '* @carol');
  await world.push('main', { '.github/CODEOWNERS': '* @bob' });
  await world.settle();
  expect(isMerged(world)).toBe(true);
});

const thread = (isResolved: boolean): ReviewThread => ({
  id: 'PRRT_1',
  isResolved,
  isOutdated: true,
  path: 'rules/price.json',
  line: null,
  comments: [],
  more: false,
});

test('conversations are read only where they have to be resolved, and hold the merge until they are', async () => {
  expect(isMerged(await approved({}, '', ({ state }) => state.threads.push(thread(false))))).toBe(true);
  const world = await approved({ conversations: true }, '', ({ state }) => state.threads.push(thread(false)));
  expect(world.status()).toContain('a conversation on the pull request is not resolved');
  world.state.threads = [thread(true)];
  await world.settle();
  expect(isMerged(world)).toBe(true);
});

test('what GitHub alone knows is told in our words, once, and tried again after a while', async () => {
  const world = await approved({}, '', ({ state }) =>
    state.refusals.push(
      'Repository rule violations found Waiting on code owner review from acme/pricing.',
      'Repository rule violations found Waiting on code owner review from acme/pricing.',
    ),
  );
  expect(world.status()).toContain('Not merged, because it waits for the approval of a code owner: acme/pricing.');
  await world.settle();
  expect((await world.facts()).filter(({ kind }) => kind === 'merge-refused')).toHaveLength(1);
  world.wait(30);
  await world.settle();
  world.wait(60);
  await world.settle();
  expect(isMerged(world)).toBe(true);
});
