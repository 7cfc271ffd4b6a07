import { expect, test } from 'vitest';
import type { Fact } from '../../src/domain/fact.ts';
import type { At } from '../../src/domain/stage.ts';
import { standingOf } from '../../src/domain/standing.ts';

const [head, other] = ['1'.repeat(40), '2'.repeat(40)];
const verdict = { name: 'gate', passed: true, because: '' };
const found: Fact = { kind: 'pull-request-found', author: 'carol', head, by: 'carol' };
const queued: Fact = { kind: 'run-queued', what: 'judge', head, base: null };
const judged: Fact = { kind: 'judged', base: '', tree: '', head, merge: false, verdict, seconds: 1 };
const asked = (of = head): Fact => ({ kind: 'recheck-requested', head: of, by: 'carol', comment: 1 });

const guardedBy = (...facts: readonly Fact[]): At<'guarded'> => {
  const recorded = [found, ...facts].map((fact, i) => ({ seq: i + 1, at: '2026-03-16T12:00:00.000Z', fact }));
  return standingOf(recorded).stage as At<'guarded'>;
};

test('a run is anew from a request on until it has judged the head', () => {
  expect(guardedBy(queued).queued?.anew).toBe(false);
  expect(guardedBy(queued, judged, asked(), queued).queued?.anew).toBe(true);
  const lost: Fact = { kind: 'run-lost', queued: 5, because: '', weather: true };
  expect(guardedBy(queued, judged, asked(), queued, lost, queued).queued?.anew).toBe(true);
  expect(guardedBy(queued, judged, asked(), queued, judged).judged).toEqual(judged);
  expect(guardedBy(queued, judged, asked(), queued, judged, queued).queued?.anew).toBe(false);
});

test('what was begun before the request is no answer to it', () => {
  const during = guardedBy(queued, asked(), judged);
  expect(during).toMatchObject({ judged: null, queued: null });
  expect(guardedBy(queued, asked(), judged, queued).queued?.anew).toBe(true);
  expect(guardedBy(queued, asked(), judged, queued, judged).judged).toEqual(judged);
});

test('a request about another head changes nothing for this one', () => {
  expect(guardedBy(asked(other), queued).queued?.anew).toBe(false);
  expect(guardedBy(queued, asked(other), judged).judged).toEqual(judged);
});
