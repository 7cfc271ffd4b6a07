import { expect, test } from 'vitest';
import type { Fact } from '../../src/domain/fact.ts';
import type { At } from '../../src/domain/stage.ts';
import { standingOf } from '../../src/domain/standing.ts';

const head = '1'.repeat(40);
const found: Fact = { kind: 'pull-request-found', author: 'carol', head, by: 'carol' };
const queued: Fact = { kind: 'run-queued', what: 'judge', head, base: null };
const restarted = (seq: number): Fact => ({ kind: 'run-restarted', queued: seq });
const carried: Fact = { kind: 'branch-updated', head, from: head, base: head };
const lost = (hopeless: boolean): Fact => ({ kind: 'run-lost', queued: 2, because: '', weather: false, hopeless });

const guardedBy = (...facts: readonly Fact[]): At<'guarded'> => {
  const recorded = [found, ...facts].map((fact, i) => ({ seq: i + 1, at: '2026-03-16T12:00:00.000Z', fact }));
  return standingOf(recorded).stage as At<'guarded'>;
};

test('restarts count for the work that is queued, and no more once anything came of it', () => {
  expect(guardedBy(queued).queued?.restarts).toBe(0);
  expect(guardedBy(queued, restarted(2), restarted(2)).queued?.restarts).toBe(2);
  expect(guardedBy(queued, restarted(1)).queued?.restarts).toBe(0);
  expect(guardedBy(queued, restarted(2), lost(false), queued).queued?.restarts).toBe(0);
  expect(guardedBy(queued, restarted(2), carried).queued?.restarts ?? 0).toBe(0);
});

test('work that is hopeless is not tried again', () => {
  expect(guardedBy(queued, lost(false)).lost?.ours).toBe(1);
  expect(guardedBy(queued, lost(true)).lost?.ours).toBe(Number.POSITIVE_INFINITY);
});
