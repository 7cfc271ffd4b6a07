import { expect, test } from 'vitest';
import { judgeOracle } from '../../src/domain/compare-oracles.ts';
import type { Fact, FactOf } from '../../src/domain/fact.ts';
import { hashOf } from '../../src/domain/hash.ts';
import { standingOf } from '../../src/domain/standing.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { guardPullRequest } from '../../src/guard-pull-request.ts';
import { smallWorld } from './support/small-world.ts';

const oracle: Verdict = judgeOracle({
  ...{
    files: [{ path: 'evals/price.yml', status: 'deleted', oldMode: '100644', newMode: '0', oldId: 'a', newId: '0' }],
  },
  ...{ change: { same: [], removed: [], changed: [], added: [] }, broken: [] },
});
const verdict: Verdict = {
  name: 'gate',
  passed: false,
  held: 'waits',
  because: 'a person is next',
  children: [oracle],
};

interface Head {
  /** Who was seen to push it. */
  readonly seen?: readonly string[];
  /** Its checks were shown before bob's acceptance by a process that died before it noted that. */
  readonly died?: boolean;
  /** How long after bob's acceptance it is looked at. */
  readonly minutes?: number;
  readonly others?: readonly { by: string; byPerson?: boolean; body?: string; edited?: boolean; before?: boolean }[];
  /** What was recorded of the head, oldest first, by when bob accepted it. `before` of others is a second earlier. */
  readonly known?: (at: string) => readonly Known[];
}

type Known = Omit<FactOf<'judged'>, 'head'> | Omit<FactOf<'checks-posted'>, 'head'>;

const judged = { kind: 'judged', base: 'b', tree: 't', merge: false, verdict, seconds: 1 } as const;
const posted = { kind: 'checks-posted', green: false } as const;
const named: NonNullable<Head['known']> = (at) => [judged, { ...posted, verdictHash: hashOf(verdict), shownAt: at }];

/** What becomes of bob's acceptance of a head of carol's. */
async function accepting({ seen = ['carol'], died = false, minutes = 11, others = [], known = named }: Head) {
  const world = smallWorld();
  await world.proposed();
  const { ports, state, repository } = world;
  const head = repository.remote.get(state.pull?.branch ?? '') ?? '';
  const found: Fact = { kind: 'pull-request-found', author: 'carol', head, by: '' };
  for (const by of seen) await ports.ledger.notePush(ports.ref.repo, head, { login: by, id: null });
  const [before, at] = [ports.clock.now(), ports.clock.now()];
  const facts = [found, ...known(at).map((fact): Fact => ({ ...fact, head }))];
  const look = async () => {
    const { stage } = standingOf(facts.map((fact, i) => ({ seq: 1 + i, at, fact })));
    if (stage.name !== 'guarded') throw new Error(stage.name);
    return guardPullRequest(ports, { stage, rechecks: [] });
  };
  if (died) await look();
  const written = died ? ports.clock.now() : at;
  const who = { by: 'bob', byPerson: true, marker: '', on: ports.ref.issue };
  state.comments.push({ id: 999, ...who, body: `/accept-oracle ${head}`, createdAt: written, updatedAt: written });
  others.forEach(({ edited, before: isOlder, ...other }, n) => {
    const createdAt = isOlder ? before : at;
    const [body, updatedAt] = [`/accept-oracle ${head}`, edited ? '2030-01-01' : createdAt];
    state.comments.push({ id: 500 + n, ...who, body, ...other, createdAt, updatedAt });
  });
  world.wait(minutes * 60);
  for (;;) {
    const made = await look();
    if (made === 'judge' || made[0]?.kind !== 'checks-posted') return made === 'judge' ? made : made[0];
    facts.push(...made);
  }
}

test('5 who pushed does not accept, and where nobody saw it nobody does, in words that say what to do', async () => {
  expect(await accepting({ seen: ['bob'] })).toMatchObject({
    kind: 'command-refused',
    reason: { code: 'accept-last-pusher' },
  });
  expect(await accepting({ seen: ['carol', 'bob'] })).toMatchObject({ kind: 'command-refused' });
  expect(await accepting({ seen: [] })).toMatchObject({
    kind: 'command-refused',
    reason: { code: 'accept-unknown-pusher' },
  });
  expect(await accepting({})).toMatchObject({
    ...{ kind: 'oracle-accepted', by: 'bob' },
    named: [expect.stringMatching(/^[0-9a-f]{64}$/)],
  });
});

test('5 a push may be told late: until then nothing is decided', async () => {
  expect(await accepting({ seen: [], minutes: 1 })).toBeUndefined();
});

test('5 where nobody saw who pushed, two writers accept: one of them at least did not', async () => {
  expect(await accepting({ seen: [], minutes: 1, others: [{ by: 'alice' }] })).toMatchObject({
    kind: 'oracle-accepted',
  });
  for (const other of [
    { by: 'bob' },
    { by: 'carol' },
    { by: 'tom' },
    { by: 'robot', byPerson: false },
    { by: 'alice', edited: true },
    { by: 'alice', before: true },
    { by: 'alice', body: `/accept-oracle ${'1'.repeat(40)}` },
    { by: 'alice', body: '/recheck' },
  ])
    expect([other, await accepting({ seen: [], minutes: 1, others: [other] })]).not.toEqual([
      other,
      expect.objectContaining({ by: 'bob', kind: 'oracle-accepted' }),
    ]);
  expect(await accepting({ seen: ['bob'], others: [{ by: 'alice' }] })).toMatchObject({
    reason: { code: 'accept-last-pusher' },
  });
});

test.each<[string, NonNullable<Head['known']>]>([
  ['nothing is judged yet', () => []],
  ['it is judged, and no check says so yet', () => [judged]],
  [
    'its checks are of an older judgement',
    (at) => [{ ...posted, verdictHash: hashOf('another'), shownAt: at }, judged],
  ],
  [
    'it was written before its checks',
    (at) => [
      judged,
      { ...posted, verdictHash: hashOf(verdict), shownAt: new Date(Date.parse(at) + 1000).toISOString() },
    ],
  ],
  ['nobody knows when its checks were shown', () => [judged, { ...posted, verdictHash: hashOf(verdict) }]],
])('5 nobody accepts what no check has named to them: %s', async (_, known) => {
  expect(await accepting({ known })).toMatchObject({ kind: 'command-refused', reason: { code: 'accept-unseen' } });
});

test('5 what a check named counts, though who showed it died before noting that', async () => {
  const after = (at: string) => [{ ...posted, verdictHash: hashOf('another'), shownAt: at }, judged];
  for (const known of [() => [judged], after])
    expect(await accepting({ known, died: true })).toMatchObject({ kind: 'oracle-accepted', by: 'bob' });
});

test('5 where nothing waits there is nothing to accept', async () => {
  const green = { name: 'gate', passed: true, because: 'everything passed' };
  const known: Head['known'] = (at) => [
    { ...judged, verdict: green },
    { ...posted, verdictHash: hashOf(green), shownAt: at },
  ];
  expect(await accepting({ known })).toMatchObject({ reason: { code: 'accept-nothing' } });
});
