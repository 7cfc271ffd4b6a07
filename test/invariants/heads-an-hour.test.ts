import { expect, test } from 'vitest';
import { HEADS_AN_HOUR } from '../../src/bound-heads.ts';
import type { Permission } from '../../src/domain/approval.ts';
import type { Fact } from '../../src/domain/fact.ts';
import { keyOf } from '../../src/domain/rejection.ts';
import { standingOf } from '../../src/domain/standing.ts';
import { guardPullRequest } from '../../src/guard-pull-request.ts';
import { REF, smallWorld } from './support/small-world.ts';

interface Before {
  /** How many other heads of it were judged. */
  readonly others?: number;
  /** How long ago. */
  readonly minutes?: number;
  /** What carol, who opened it, may do. */
  readonly may?: Permission;
  /** Who asked to judge its head again. */
  readonly asked?: string;
  /** Who comments `/recheck` after that. */
  readonly comments?: string;
  /** Its own judgement was begun already. */
  readonly isBegun?: boolean;
}

/** What becomes of a head of carol's that is not judged yet. */
async function next({ others = HEADS_AN_HOUR, minutes = 1, may = 'read', asked, comments, isBegun = false }: Before) {
  const world = smallWorld();
  await world.proposed();
  const { state, repository } = world;
  const ports = { ...world.ports, ref: { ...REF, issue: 55 } };
  state.roles.set('carol', may);
  const head = repository.commitOn(state.pull?.branch ?? '', { 'README.md': 'Hers.' });
  const begun = (of: string): Fact => ({ kind: 'run-queued', what: 'judge', head: of, base: null });
  const heads = Array.from({ length: others }, (_, i) => `${i}`.padStart(40, '0'));
  await ports.ledger.append(keyOf(ports.ref), 0, [...heads, ...(isBegun ? [head] : [])].map(begun));
  world.wait(minutes * 60);
  const at = ports.clock.now();
  const found: Fact = { kind: 'pull-request-found', author: 'carol', head, by: 'carol', into: 'main' };
  const again: Fact[] = asked === undefined ? [] : [{ kind: 'recheck-requested', head, by: asked, comment: 1 }];
  const { stage, rechecks } = standingOf([found, ...again].map((fact, i) => ({ seq: i + 1, at, fact })));
  if (stage.name !== 'guarded') throw new Error(stage.name);
  const who = { by: comments ?? '', byPerson: true, marker: '', on: ports.ref.issue };
  if (comments !== undefined) state.comments.push({ id: 77, ...who, body: '/recheck', createdAt: at, updatedAt: at });
  return { world, head, done: await guardPullRequest(ports, { stage, rechecks }) };
}

test('10 of a pull request of somebody who may not write so many heads an hour are judged, and the next one is told', async () => {
  expect((await next({ others: HEADS_AN_HOUR - 1 })).done).toBe('judge');
  const { world, head, done } = await next({});
  expect(done).toEqual([expect.objectContaining({ kind: 'checks-posted', head, green: false })]);
  const [gate, ...more] = world.state.checks.filter((check) => check.head === head).slice(-1);
  expect([gate?.conclusion, more]).toEqual(['action_required', []]);
  expect(gate?.text).toContain('10 commits of this pull request were judged within an hour');
  expect(world.alarms.at(-1)).toBeGreaterThan(50 * 60_000);
  expect(world.alarms.at(-1)).toBeLessThan(60 * 60_000);
});

test('10 it is judged when that hour is over, or when a writer asks for it', async () => {
  expect((await next({ minutes: 61 })).done).toBe('judge');
  expect((await next({ asked: 'bob' })).done).toBe('judge');
  expect((await next({ asked: 'carol' })).done).not.toBe('judge');
});

test('10 what somebody asked for who may not write does not keep a writer from asking', async () => {
  const asked = { kind: 'recheck-requested', by: 'bob' };
  expect((await next({ asked: 'carol', comments: 'bob' })).done).toEqual([expect.objectContaining(asked)]);
  const refused = { kind: 'command-refused', reason: expect.objectContaining({ code: 'recheck-pending' }) };
  expect((await next({ asked: 'carol', comments: 'carol' })).done).toEqual([expect.objectContaining(refused)]);
  expect((await next({ asked: 'bob', comments: 'bob' })).done).toEqual([expect.objectContaining(refused)]);
});

test('10 whoever may write has as many judged as they push, and what was begun goes on', async () => {
  expect((await next({ may: 'write' })).done).toBe('judge');
  expect((await next({ isBegun: true })).done).toBe('judge');
});

test('10 what nobody wants any more keeps nothing busy: a head that is closed, or pushed over, while it is judged', async () => {
  for (const change of ['close', 'push', 'nothing'] as const) {
    const world = smallWorld();
    await world.proposed();
    const { ports, state, repository } = world;
    const branch = state.pull?.branch ?? '';
    const head = repository.remote.get(branch) ?? '';
    const found: Fact = { kind: 'pull-request-found', author: 'carol', head, by: 'carol', into: 'main' };
    const begun: Fact = { kind: 'run-queued', what: 'judge', head, base: null };
    const { stage } = standingOf([found, begun].map((fact, i) => ({ seq: i + 1, at: ports.clock.now(), fact })));
    if (stage.name !== 'guarded') throw new Error(stage.name);
    if (change === 'close' && state.pull !== null) state.pull.open = false;
    if (change === 'push') repository.commitOn(branch, { 'README.md': 'More.' });
    await guardPullRequest(ports, { stage, rechecks: [] });
    const ended = world.seen.log.filter((line) => line.startsWith('run cancelled'));
    expect([change, ended.length]).toEqual([change, change === 'nothing' ? 0 : 1]);
  }
});
