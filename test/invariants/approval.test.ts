import { expect, test } from 'vitest';
import { approveHead, type HeadUnderReview, type Permission, type Review } from '../../src/domain/approval.ts';
import { personOf } from '../../src/domain/person.ts';
import { tellStory } from '../../src/domain/tell-story.ts';
import { configuration } from './support/shop.ts';
import { APP } from './support/small-forge.ts';
import { type SmallWorld, smallWorld } from './support/small-world.ts';

const head = 'a'.repeat(40);
const person = (by: string, byId?: number) => personOf({ by, byId });
const on: HeadUnderReview = {
  head,
  author: person('corrigible[bot]'),
  requester: person('alice', 1),
  lastPusher: null,
  solo: false,
};
const good: Review = { id: 1, by: 'bob', isPerson: true, permission: 'write', state: 'approved', head, body: '' };

/** What the reviews come to, in one word. */
const comesTo = (reviews: readonly Review[], about: Partial<HeadUnderReview> = {}): string => {
  const outcome = approveHead(reviews, { ...on, ...about });
  return outcome.is === 'refused' ? outcome.code : outcome.is;
};

test('invariant 1: a good review approves', () => {
  expect(comesTo([good])).toBe('approval');
});

const refused: readonly (readonly [string, Partial<Review>, Partial<HeadUnderReview>])[] = [
  ['bot', { isPerson: false }, {}],
  ['author', { by: 'bob' }, { author: person('bob') }],
  ['requester', { by: 'alice' }, {}],
  ['last-pusher', {}, { lastPusher: person('bob') }],
  ['unknown-pusher', {}, { lastPusher: person('') }],
  ['requester', { by: 'alice2', byId: 1 }, {}],
  ['requester', { by: 'Alice' }, {}],
  ['author', { by: 'bob', byId: 2 }, { author: person('robert', 2) }],
  ['last-pusher', { by: 'bob', byId: 2 }, { lastPusher: person('robert', 2) }],
  ['last-pusher', { byId: 2 }, { lastPusher: person('BOB') }],
  ['stale-head', { head: 'b'.repeat(40) }, {}],
];
test.each(refused)('invariant 1: refused: %s', (code, review, about) => {
  expect(comesTo([{ ...good, ...review }], about)).toBe(code);
});

test('invariant 1: whoever took over a login is somebody else', () => {
  expect(comesTo([{ ...good, by: 'alice', byId: 3 }])).toBe('approval');
});

test('invariant 1: an opinion is of the account, however it is called meanwhile', () => {
  const before: Review = { ...good, by: 'Bob' };
  expect(comesTo([before, { ...before, id: 2, by: 'bob', state: 'dismissed' }])).toBe('none');
  expect(
    comesTo([
      { ...before, byId: 2 },
      { ...before, id: 2, by: 'robert', byId: 2, state: 'dismissed' },
    ]),
  ).toBe('none');
});

const roles: readonly (readonly [Permission, string])[] = [
  ['admin', 'approval'],
  ['maintain', 'approval'],
  ['write', 'approval'],
  ['triage', 'no-write'],
  ['read', 'no-write'],
  ['none', 'no-write'],
];
test.each(roles)('invariant 1: with permission %s: %s', (permission, outcome) => {
  expect(comesTo([{ ...good, permission }])).toBe(outcome);
});

test('invariant 1: solo mode lets the requester approve, and nobody else more', () => {
  expect(comesTo([{ ...good, by: 'alice' }], { solo: true })).toBe('approval');
  for (const [code, review, about] of refused.filter(([code]) => code !== 'requester'))
    expect(comesTo([{ ...good, ...review }], { ...about, solo: true })).toBe(code);
});

test('invariant 1: only the latest opinion of each person counts', () => {
  const then = (...states: readonly Review['state'][]) => states.map((state, i) => ({ ...good, id: i + 1, state }));
  expect(comesTo(then('approved', 'dismissed'))).toBe('none');
  expect(comesTo(then('approved', 'changes-requested'))).toBe('changes-requested');
  expect(comesTo(then('changes-requested', 'approved'))).toBe('approval');
  expect(comesTo(then('approved', 'commented', 'pending'))).toBe('approval');
  expect(comesTo(then('commented'))).toBe('none');
});

test('invariant 1: an objection of a writer wins over any approval; one of a bot or a reader does not', () => {
  const objection: Review = { ...good, id: 2, by: 'carol', state: 'changes-requested' };
  expect(comesTo([objection, good])).toBe('changes-requested');
  expect(comesTo([{ ...objection, permission: 'read' }, good])).toBe('approval');
  expect(comesTo([{ ...objection, isPerson: false }, good])).toBe('approval');
});

/** A proposal at its review, with something wrong; returns whether it was merged, and why not. */
async function mergedWith(wrong: (world: SmallWorld) => Promise<unknown> | unknown) {
  const world = smallWorld();
  await world.proposed();
  await wrong(world);
  if (world.state.reviews.length === 0) world.approve();
  await world.settle();
  const held = (await world.facts()).findLast(
    (fact) => fact.kind === 'merge-refused' || fact.kind === 'review-refused',
  );
  return { merged: world.state.merges.length === 1, why: held?.reason.code ?? null, world };
}

test('invariant 1: what is approved is merged, and nothing else of the same world is needed', async () => {
  expect(await mergedWith(() => {})).toMatchObject({ merged: true, why: null });
});

test('invariant 1: a permission that was taken away before the merge counts for nothing', async () => {
  expect(await mergedWith(({ state }) => state.roles.set('bob', 'read'))).toMatchObject({
    merged: false,
    why: 'review-no-write',
  });
});

test('invariant 1: an approval by a bot with every right does not merge', async () => {
  expect(await mergedWith((world) => world.approve('robot', undefined, false))).toMatchObject({
    merged: false,
    why: 'review-bot',
  });
});

test('invariant 1: who pushed last cannot approve, and nobody can while it is not known who did', async () => {
  const pushed = (by?: string) =>
    mergedWith(({ state, push }) => push(state.pull!.branch, { 'rules/price.json': '{ "lamp": 9, "vase": 7 } ' }, by));
  expect(await pushed('bob')).toMatchObject({ merged: false, why: 'review-last-pusher' });
  expect(await pushed()).toMatchObject({ merged: false, why: 'review-unknown-pusher' });
  expect(await pushed('carol')).toMatchObject({ merged: true });
});

test('invariant 1: who cleared the spec, or pushed last, cannot approve under another name', async () => {
  const renamed = (from: string, to: string) =>
    mergedWith((world) => {
      world.rename(from, to);
      world.approve(to);
    });
  expect(await renamed('alice', 'alice2')).toMatchObject({ merged: false, why: 'review-requester' });
  expect(await renamed('bob', 'robert')).toMatchObject({ merged: true });
  const pushed = await mergedWith(async (world) => {
    await world.push(world.state.pull!.branch, { 'rules/price.json': '{ "lamp": 9, "vase": 7 } ' }, 'bob');
    world.rename('bob', 'robert');
    world.approve('robert');
  });
  expect(pushed).toMatchObject({ merged: false, why: 'review-last-pusher' });
});

test('invariant 1: an approval of the head before a push does not merge', async () => {
  const outcome = await mergedWith(async (world) => {
    const { branch } = world.state.pull!;
    world.approve('bob');
    await world.push(branch, { 'rules/price.json': '{ "lamp": 9, "vase": 7 } ' }, 'carol');
  });
  expect(outcome).toMatchObject({ merged: false, why: 'review-stale-head' });
});

test.each([
  ['the rejection is closed', null, (w) => Object.assign(w.state.issue, { open: false })],
  ['the label is gone', 'merge-label', (w) => w.unlabel()],
  ['the label holds it', 'merge-hold', (w) => w.state.issue.labels.push('corrigible-hold')],
  ['the pull request is a draft', 'merge-draft', (w) => Object.assign(w.state.pull!, { draft: true })],
  [
    'a required check has not passed',
    'merge-required',
    (w) => Object.assign(w.state, { required: [{ name: 'ci', app: null }] }),
  ],
] satisfies readonly [string, string | null, (world: SmallWorld) => unknown][])(
  'invariant 1: an approved head is not merged when %s',
  async (_, code, wrong) => {
    expect(await mergedWith(wrong)).toMatchObject({ merged: false, why: code });
  },
);

test('invariant 1: a gate of that name by another app does not count, ours red counts', async () => {
  const foreign = { app: APP + 1, name: 'corrigible/gate', stamp: 'x', conclusion: 'success', text: '' };
  const outcome = await mergedWith(({ state }) => {
    const { head: at } = state.checks.find((check) => check.name === 'corrigible/gate')!;
    state.checks.splice(0, state.checks.length, { ...foreign, head: at });
  });
  expect(outcome).toMatchObject({ merged: false, why: 'merge-required' });
});

test('invariant 1: a required check that is pinned to an app is not met by another app', async () => {
  const by = (app: number) =>
    mergedWith(({ state }) => {
      const { head: at } = state.checks[0]!;
      state.required = [{ name: 'ci', app: 55 }];
      state.checks.push({ head: at, name: 'ci', app, stamp: '', conclusion: 'success', text: '' });
    });
  expect(await by(56)).toMatchObject({ merged: false, why: 'merge-required' });
  expect(await by(55)).toMatchObject({ merged: true });
});

test('invariant 1: what the merge would become is judged when base has moved, and a red result is not merged', async () => {
  const reply = '{ "prefix": "It costs about" }';
  // Each of the two is green alone: the case that came to base holds for base's reply, not for the new price.
  const withCase =
    'cases:\n  - { name: a vase is 7, input: { thing: vase }, expect: [{ path: /price, op: eq, value: 7 }] }\n  - { name: a lamp is 5, input: { thing: lamp }, expect: [{ path: /price, op: eq, value: 5 }] }\n';
  const green = await mergedWith(({ push }) => push('main', { 'README.md': 'Hello.' }));
  expect(green).toMatchObject({ merged: true });
  expect(green.world.mainFiles()).toMatchObject({ 'README.md': 'Hello.' });
  const red = await mergedWith(({ push }) => push('main', { 'evals/price.yml': withCase, 'README.md': reply }));
  expect(red).toMatchObject({ merged: false, why: 'merge-red' });
});

test('a head that GitHub calls moved though it stands where it stood is merged a little later, and not told as moved', async () => {
  let refused = false;
  const world = smallWorld({
    around: async (name, call) => {
      if (name !== 'forge.merge' || refused) return call();
      refused = true;
      return { merged: false, why: 'moved', message: 'Head branch was modified' };
    },
  });
  await world.proposed();
  world.approve();
  await world.settle();
  world.wait(30);
  await world.settle();
  expect(world.state.merges).toHaveLength(1);
  expect((await world.facts()).map(({ kind }) => kind)).not.toContain('head-moved');
});

test('invariant 1: an approval in solo mode is recorded as one, in the fact, the merge, the status and the story', async () => {
  const files = { '.github/corrigible.yml': `${configuration}solo: true\n` };
  const world = smallWorld({ files });
  await world.proposed();
  world.approve('alice');
  await world.settle();
  expect(await world.facts()).toContainEqual(expect.objectContaining({ kind: 'approved', by: 'alice', solo: true }));
  expect(world.state.merges[0]?.body).toMatch(/\nApproved-by: alice\nSolo: true$/);
  expect(world.status()).toContain('Solo mode: alice cleared this and approved it; nobody else looked at it.');
  const story = tellStory(await world.recorded(), false)?.events.map(({ sentence }) => sentence);
  expect(story?.join('\n')).toMatch(/alice approved \w{10}, in solo mode/);
});

test('invariant 1: where somebody else approved as well, it is not solo', async () => {
  const files = { '.github/corrigible.yml': `${configuration}solo: true\n` };
  const world = smallWorld({ files });
  await world.proposed();
  world.approve('alice');
  world.approve('bob');
  await world.settle();
  expect(world.state.merges[0]?.body).toMatch(/\nApproved-by: bob$/);
  expect(world.status()).not.toContain('Solo mode');
});

test('invariant 1: what was taken back while the merge was held does not merge when it is let go', async () => {
  const held = async (then: (world: SmallWorld) => void) => {
    const world = smallWorld();
    await world.proposed();
    world.state.issue.labels.push('corrigible-hold');
    world.approve('bob');
    await world.settle();
    then(world);
    world.state.issue.labels.splice(world.state.issue.labels.indexOf('corrigible-hold'), 1);
    await world.settle();
    return world.state.merges.length;
  };
  expect(await held(() => {})).toBe(1);
  // GitHub dismisses a review in its place.
  expect(await held(({ state }) => Object.assign(state.reviews[0]!, { state: 'dismissed' }))).toBe(0);
  expect(await held(({ state }) => state.roles.set('bob', 'triage'))).toBe(0);
  expect(await held((world) => world.requestChanges('bob'))).toBe(0);
  expect(await held((world) => world.requestChanges('carol'))).toBe(0);
});

test('invariant 1: an objection counts no more once its writer may not write, or it is dismissed', async () => {
  const objected = async (then: (world: SmallWorld) => void) => {
    const world = smallWorld();
    await world.proposed();
    world.requestChanges('carol');
    world.approve('bob');
    await world.settle();
    expect(world.state.merges).toEqual([]);
    then(world);
    await world.settle();
    return world.state.merges.length;
  };
  expect(await objected(() => {})).toBe(0);
  expect(await objected(({ state }) => state.roles.set('carol', 'read'))).toBe(1);
  expect(await objected(({ state }) => Object.assign(state.reviews[0]!, { state: 'dismissed' }))).toBe(1);
  expect(await objected((world) => world.approve('carol'))).toBe(1);
});

/** Each account's reviews, oldest first; what GitHub shows as its latest opinion; what all of it comes to. */
const effective: readonly (readonly [string, readonly (readonly [string, Review['state']])[], string])[] = [
  ['an approval', [['bob', 'approved']], 'approval'],
  [
    'a comment after it',
    [
      ['bob', 'approved'],
      ['bob', 'commented'],
    ],
    'approval',
  ],
  [
    'a draft of a review after it',
    [
      ['bob', 'approved'],
      ['bob', 'pending'],
    ],
    'approval',
  ],
  ['its dismissal', [['bob', 'dismissed']], 'none'],
  [
    'a comment after its dismissal',
    [
      ['bob', 'dismissed'],
      ['bob', 'commented'],
    ],
    'none',
  ],
  [
    'another one after its dismissal',
    [
      ['bob', 'dismissed'],
      ['bob', 'approved'],
    ],
    'approval',
  ],
  [
    'a dismissal of the later one, which revives no earlier one',
    [
      ['bob', 'approved'],
      ['bob', 'dismissed'],
    ],
    'none',
  ],
  [
    'a dismissed approval after an objection',
    [
      ['bob', 'changes-requested'],
      ['bob', 'dismissed'],
    ],
    'none',
  ],
  [
    'an objection after it',
    [
      ['bob', 'approved'],
      ['bob', 'changes-requested'],
    ],
    'changes-requested',
  ],
  [
    'a comment after an objection',
    [
      ['bob', 'changes-requested'],
      ['bob', 'commented'],
    ],
    'changes-requested',
  ],
  [
    'one after an objection',
    [
      ['bob', 'changes-requested'],
      ['bob', 'approved'],
    ],
    'approval',
  ],
  [
    'an objection of another, before',
    [
      ['carol', 'changes-requested'],
      ['bob', 'approved'],
    ],
    'changes-requested',
  ],
  [
    'an objection of another, after',
    [
      ['bob', 'approved'],
      ['carol', 'changes-requested'],
    ],
    'changes-requested',
  ],
  [
    'an objection of another that was taken back by an approval',
    [
      ['carol', 'changes-requested'],
      ['bob', 'approved'],
      ['carol', 'approved'],
    ],
    'approval',
  ],
  [
    'a dismissed objection of another',
    [
      ['carol', 'dismissed'],
      ['bob', 'approved'],
    ],
    'approval',
  ],
  [
    'a comment of another',
    [
      ['bob', 'approved'],
      ['carol', 'commented'],
    ],
    'approval',
  ],
  [
    'comments alone',
    [
      ['bob', 'commented'],
      ['carol', 'pending'],
    ],
    'none',
  ],
  ['nothing', [], 'none'],
];
test.each(effective)('invariant 1: of reviews the latest opinion of each counts: %s', (_, given, outcome) => {
  expect(comesTo(given.map(([by, state], i) => ({ ...good, id: i + 1, by, state })))).toBe(outcome);
});

test('invariant 1: the merge names the rejection, the spec, the rubric and who approved', async () => {
  const { world } = await mergedWith(() => {});
  expect(world.state.merges[0]?.body).toMatch(
    /^Rejection: #7\nRubric: set-price@\w{10}\nSpec: \w{64}\nApproved-by: bob$/,
  );
});
