import { expect, test } from 'vitest';
import { answerRecheck } from '../../src/answer-recheck.ts';
import type { Permission } from '../../src/domain/approval.ts';
import type { Fact } from '../../src/domain/fact.ts';
import { hashOf } from '../../src/domain/hash.ts';
import { standingOf } from '../../src/domain/standing.ts';
import { guardPullRequest } from '../../src/guard-pull-request.ts';
import { smallWorld } from './support/small-world.ts';

const green = { name: 'gate', passed: true, because: 'every check passed' };

/** What comes of these comments on carol's pull request, of whose head these facts tell besides. */
async function asking(by: readonly string[], before: (head: string) => readonly Fact[], may: Permission) {
  const world = smallWorld();
  await world.proposed();
  const { ports, state, repository } = world;
  const head = repository.remote.get(state.pull?.branch ?? '') ?? '';
  state.roles.set('carol', may);
  const at = ports.clock.now();
  by.forEach((who, n) => {
    const comment = { by: who, byPerson: true, marker: '', on: ports.ref.issue, body: '/recheck' };
    state.comments.push({ id: 900 + n, ...comment, createdAt: at, updatedAt: at });
  });
  const found: Fact = { kind: 'pull-request-found', author: 'carol', head, by: '' };
  const facts = [found, ...before(head)].map((fact, n) => ({ seq: n + 1, at, fact }));
  const { stage, rechecks } = standingOf(facts);
  if (stage.name !== 'guarded') throw new Error(stage.name);
  const answers = await guardPullRequest(ports, { stage, rechecks });
  if (answers === 'judge') throw new Error('nothing was answered');
  return answers.map((fact) => (fact.kind === 'command-refused' ? fact.reason.code : fact.kind));
}

const asked = (head: string, by = 'carol', comment: number | null = 1): Fact => ({
  kind: 'recheck-requested',
  head,
  by,
  comment,
});
const judged = (head: string): Fact => ({
  kind: 'judged',
  base: 'a',
  tree: 'b',
  head,
  merge: false,
  verdict: green,
  seconds: 1,
});
const posted = (head: string): Fact => ({
  ...{ kind: 'checks-posted', head, green: true },
  ...{ verdictHash: hashOf(green), shownAt: '2026-01-01T00:00:00Z' },
});
const times = (n: number, by?: string) => (head: string) =>
  Array.from({ length: n }, () => [asked(head, by), judged(head), posted(head)]).flat();

test('10 whoever may not write has one head judged again three times, and a writer as often as they like', async () => {
  expect(await asking(['carol'], times(2), 'read')).toEqual(['recheck-requested']);
  expect(await asking(['carol'], times(3), 'read')).toEqual(['recheck-used-up']);
  expect(await asking(['carol'], times(30), 'write')).toEqual(['recheck-requested']);
});

test('10 what others asked for, or was asked of another head, does not count', async () => {
  expect(await asking(['carol'], times(3, 'bob'), 'read')).toEqual(['recheck-requested']);
  expect(await asking(['carol'], () => times(3)('another'), 'read')).toEqual(['recheck-requested']);
});

test('10 nothing is judged again while it is being judged again for a writer, whoever asks', async () => {
  const before = (by: string) => (head: string) => [judged(head), posted(head), asked(head, by)];
  expect(await asking(['bob', 'carol'], before('bob'), 'read')).toEqual(['recheck-pending', 'recheck-pending']);
  expect(await asking(['carol'], before('carol'), 'read')).toEqual(['recheck-pending']);
  const begun = (head: string): Fact => ({ kind: 'run-queued', what: 'judge', head, base: null });
  const underWay = (head: string) => [...before('carol')(head), begun(head)];
  expect(await asking(['bob'], underWay, 'read')).toEqual(['recheck-pending']);
  // It may wait for its turn until a writer asks.
  expect(await asking(['bob'], before('carol'), 'read')).toEqual(['recheck-requested']);
  expect(await asking(['bob', 'carol', 'bob'], (head) => [judged(head), posted(head)], 'read')).toEqual([
    'recheck-requested',
    'recheck-pending',
    'recheck-pending',
  ]);
});

test('what could not be judged again, because something stands in the way, may be asked for again', async () => {
  const held = (head: string): Fact => ({ kind: 'merge-refused', head, reason: { code: 'shared-head' } });
  expect(await asking(['bob'], (head) => [asked(head), held(head)], 'write')).toEqual(['recheck-requested']);
});

test('10 the head of the app’s own pull request is judged again one at a time', async () => {
  const world = smallWorld();
  await world.proposed();
  const stage = await world.stage();
  if (stage.name !== 'proposed') throw new Error(stage.name);
  const { head } = stage.proposal;
  const ask = { kind: 'recheck-asked', comment: 5, by: 'bob' } as const;
  const rechecks = [asked(head, 'bob')].filter((fact) => fact.kind === 'recheck-requested');
  const pending = { ...stage, judgements: [] };
  expect(await answerRecheck(world.ports, stage, ask, rechecks)).toMatchObject({ kind: 'recheck-requested' });
  expect(await answerRecheck(world.ports, pending, ask, [])).toMatchObject({ kind: 'recheck-requested' });
  expect(await answerRecheck(world.ports, pending, ask, rechecks)).toMatchObject({
    kind: 'command-refused',
    reason: { code: 'recheck-pending' },
  });
});
