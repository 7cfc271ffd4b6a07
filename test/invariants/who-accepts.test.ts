import { expect, test } from 'vitest';
import type { Fact } from '../../src/domain/fact.ts';
import { standingOf } from '../../src/domain/standing.ts';
import { guardPullRequest } from '../../src/guard-pull-request.ts';
import { smallWorld } from './support/small-world.ts';

/** What becomes of bob's acceptance, minutes after he gave it, where a head of carol's was seen to be pushed by these. */
async function accepting(
  seen: readonly string[],
  minutes = 11,
  others: readonly { by: string; byPerson?: boolean; body?: string; edited?: boolean }[] = [],
): Promise<Fact | undefined> {
  const world = smallWorld();
  await world.proposed();
  const { ports, state, repository } = world;
  const head = repository.remote.get(state.pull?.branch ?? '') ?? '';
  const found: Fact = { kind: 'pull-request-found', author: 'carol', head, by: '' };
  for (const by of seen) await ports.ledger.notePush(ports.ref.repo, head, { login: by, id: null });
  const at = ports.clock.now();
  const who = { by: 'bob', byPerson: true, marker: '', on: ports.ref.issue };
  state.comments.push({ id: 999, ...who, body: `/accept-oracle ${head}`, createdAt: at, updatedAt: at });
  others.forEach(({ edited, ...other }, n) => {
    const body = `/accept-oracle ${head}`;
    state.comments.push({ id: 500 + n, ...who, body, ...other, createdAt: at, updatedAt: edited ? '2030-01-01' : at });
  });
  world.wait(minutes * 60);
  const { stage } = standingOf([{ seq: 1, at, fact: found }]);
  if (stage.name !== 'guarded') throw new Error(stage.name);
  const facts = await guardPullRequest(ports, { stage, rechecks: [] });
  return facts === 'judge' ? undefined : facts[0];
}

test('5 who pushed does not accept, and where nobody saw it nobody does, in words that say what to do', async () => {
  expect(await accepting(['bob'])).toMatchObject({ kind: 'command-refused', reason: { code: 'accept-last-pusher' } });
  expect(await accepting(['carol', 'bob'])).toMatchObject({ kind: 'command-refused' });
  expect(await accepting([])).toMatchObject({ kind: 'command-refused', reason: { code: 'accept-unknown-pusher' } });
  expect(await accepting(['carol'])).toMatchObject({ kind: 'oracle-accepted', by: 'bob' });
});

test('5 a push may be told late: until then nothing is decided', async () => {
  expect(await accepting([], 1)).toBeUndefined();
});

test('5 where nobody saw who pushed, two writers accept: one of them at least did not', async () => {
  expect(await accepting([], 1, [{ by: 'alice' }])).toMatchObject({ kind: 'oracle-accepted' });
  for (const other of [
    { by: 'bob' },
    { by: 'carol' },
    { by: 'tom' },
    { by: 'robot', byPerson: false },
    { by: 'alice', edited: true },
    { by: 'alice', body: `/accept-oracle ${'1'.repeat(40)}` },
    { by: 'alice', body: '/recheck' },
  ])
    expect([other, await accepting([], 1, [other])]).not.toEqual([
      other,
      expect.objectContaining({ by: 'bob', kind: 'oracle-accepted' }),
    ]);
  expect(await accepting(['bob'], 11, [{ by: 'alice' }])).toMatchObject({ reason: { code: 'accept-last-pusher' } });
});
