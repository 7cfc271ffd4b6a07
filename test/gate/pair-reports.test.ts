import { expect, test } from 'vitest';
import { account } from '../../src/domain/account.ts';
import { judgeStep } from '../../src/domain/judge.ts';
import { type PairHow, pairReports } from '../../src/domain/pair-reports.ts';
import { readReport } from '../../src/domain/reports/read-report.ts';
import type { ReadReport, ReportedCase } from '../../src/domain/reports/report.ts';

const cases = (
  ...of: readonly (readonly [id: string, outcome: ReportedCase['outcome'], repeat?: number])[]
): ReadReport => ({
  cases: of.map(([id, outcome, repeat]) => ({
    id,
    outcome,
    because: outcome === 'pass' ? '' : `it said ${outcome} @everyone`,
    ...(repeat !== undefined && { repeat }),
  })),
});
const broken: ReadReport = { problem: 'the report is cut off' };

/** What each case comes to, by its id. */
const accounts = (base: ReadReport, head: ReadReport, how?: PairHow) =>
  Object.fromEntries(
    pairReports('plan', base, head, how).map((one) => [
      one.case.name,
      account(one.role, one.base.outcome, one.head.outcome),
    ]),
  );

test('cases are paired by their ids, and one that is not there on a side is missing there', () => {
  const base = cases(['kept', 'pass'], ['broken', 'pass'], ['gone', 'pass'], ['red', 'fail'], ['off', 'skip']);
  const head = cases(
    ['kept', 'pass'],
    ['broken', 'fail'],
    ['red', 'fail'],
    ['off', 'skip'],
    ['more', 'pass'],
    ['bad', 'fail'],
  );
  expect(accounts(base, head)).toEqual({
    kept: 'kept',
    broken: 'broken',
    gone: 'gone',
    red: 'already-red',
    off: 'skipped-both',
    more: 'new-green',
    bad: 'new-red',
  });
});

test('of repeated runs of a case one that errs is an error, and one both ways is flaky', () => {
  const steady = cases(['a', 'pass', 1], ['a', 'pass', 2], ['b', 'pass', 1], ['b', 'pass', 2]);
  const noisy = cases(['a', 'pass', 1], ['a', 'fail', 2], ['b', 'pass', 1], ['b', 'error', 2]);
  expect(accounts(steady, noisy)).toEqual({ a: 'undecided', b: 'errs' });
});

test('a report that cannot be used is never good, whatever base has', () => {
  expect(accounts(cases(['a', 'pass']), broken)).toEqual({ 'the report': 'errs' });
  expect(accounts(broken, broken)).toEqual({ 'the report': 'errs' });
  const told = judgeStep('plan', pairReports('plan', cases(['a', 'pass']), broken));
  expect(told).toMatchObject({ passed: false, because: expect.stringContaining('the report is cut off') });
});

test('a report that base lacks proves nothing for a candidate, whatever head has: it waits, and says what to do', () => {
  expect(accounts(broken, cases(['a', 'pass']))).toEqual({ 'the report': 'uncompared' });
  expect(accounts(broken, cases(['a', 'fail']), { drop: 5 })).toEqual({ 'the report': 'uncompared' });
  expect(judgeStep('plan', pairReports('plan', broken, cases(['a', 'pass'])))).toMatchObject({
    passed: false,
    held: 'waits',
    because: expect.stringMatching(/comment `\/recheck`.* on the base branch.* the report is cut off$/i),
  });
});

test('a person’s head may mend it, by its scores too, and each of its cases has to be green', () => {
  const mends = true;
  expect(accounts(broken, cases(['a', 'pass']), { mends })).toEqual({ 'the report': 'mended', a: 'new-green' });
  const red = pairReports('plan', broken, cases(['a', 'pass'], ['b', 'fail']), { mends });
  expect(judgeStep('plan', red).passed).toBe(false);
  const scores = pairReports(
    'plan',
    broken,
    scored(3, () => 0.5),
    { mends, drop: 5 },
  );
  expect(judgeStep('plan', scores).passed).toBe(true);
});

test('words of a report mention nobody', () => {
  const [one] = pairReports('plan', cases(['a', 'pass']), cases(['a', 'fail']));
  expect(one?.head.because).toBe('`it said fail @everyone`');
});

const scored = (
  count: number,
  score: (i: number) => number,
  outcome: ReportedCase['outcome'] = 'fail',
): ReadReport => ({
  cases: Array.from({ length: count }, (_, i) => ({ id: `case ${i}`, outcome, because: '', score: score(i) })),
});
const byScore = (base: ReadReport, head: ReadReport) => {
  const { passed, held, because } = judgeStep('plan', pairReports('plan', base, head, { drop: 5 }));
  return { passed, held, because };
};

test('where scores decide a drop within the tolerance is green, whatever single cases did', () => {
  const base = scored(400, () => 0.8);
  expect(
    byScore(
      base,
      scored(400, (i) => (i % 20 === 0 ? 0.7 : 0.8)),
    ),
  ).toMatchObject({ passed: true });
});

test('a larger drop is red, and says by how much', () => {
  expect(
    byScore(
      scored(400, () => 0.8),
      scored(400, (i) => (i % 4 === 0 ? 0.3 : 0.8)),
    ),
  ).toMatchObject({
    passed: false,
    because: expect.stringMatching(/the scores: .*12\.5 points lower/),
  });
});

test('a suite that is too small to see the drop leaves it to a person', () => {
  expect(
    byScore(
      scored(6, () => 0.8),
      scored(6, (i) => 0.8 - i / 100),
    ),
  ).toMatchObject({
    passed: false,
    held: 'waits',
    because: expect.stringContaining('underpowered: can only see ≥'),
  });
});

test('cases of one root cause are one: four hundred copies of two are too few to tell', () => {
  const copied = (score: number): ReadReport => {
    const lines = Array.from({ length: 400 }, (_, i) => ({
      id: `case ${i}`,
      pass: true,
      score,
      cause: `cause ${i % 2}`,
    }));
    const text = [...lines, { end: 400 }].map((line) => `${JSON.stringify(line)}\n`).join('');
    return readReport('jsonl', new TextEncoder().encode(text));
  };
  expect(byScore(copied(0.8), copied(0.8))).toMatchObject({
    passed: false,
    held: 'waits',
    because: expect.stringContaining('400 cases of 2 root causes'),
  });
});

test('a case that is gone, errs or has no score blocks whatever the mean is', () => {
  const base = scored(400, () => 0.5);
  expect(
    byScore(
      base,
      scored(399, () => 1),
    ).because,
  ).toContain('case 399');
  expect(
    byScore(
      base,
      scored(400, () => 1, 'error'),
    ).passed,
  ).toBe(false);
  expect(
    byScore(base, cases(...Array.from({ length: 400 }, (_, i) => [`case ${i}`, 'pass'] as const))).because,
  ).toContain('score');
});
