import { expect, test } from 'vitest';
import type { Outcome } from '../../src/domain/account.ts';
import type { JudgedCase } from '../../src/domain/judge.ts';
import { judgeSteps } from '../../src/domain/noise/apply-quarantine.ts';
import type { Quarantined } from '../../src/domain/noise/quarantine.ts';

const entry: Quarantined = {
  step: 'plan',
  case: 'shaky',
  owner: 'carol',
  since: '2026-07-20',
  until: '2026-07-31',
  reason: 'the model wavers',
};
const judged = (name: string, base: Outcome, head: Outcome): JudgedCase => ({
  case: { step: 'plan', name },
  role: 'pass-to-pass',
  base: { outcome: base, because: '' },
  head: { outcome: head, because: 'red' },
});
const verdictOn = (today: string, ...cases: readonly JudgedCase[]) =>
  judgeSteps([{ name: 'plan' }], cases, [entry], today)[0];

test('a case in quarantine is told with its owner and its end, and blocks nothing', () => {
  const verdict = verdictOn('2026-07-31', judged('steady', 'pass', 'pass'), judged('shaky', 'pass', 'fail'));
  expect(verdict).toMatchObject({ passed: true, because: '1 of 1 cases as before' });
  expect(verdict?.children).toEqual([
    { name: 'shaky', passed: true, because: 'quarantined until 2026-07-31, `carol` repairs it: the model wavers' },
  ]);
});

test('once the quarantine has run out the case blocks again, and that is told', () => {
  const verdict = verdictOn('2026-08-01', judged('steady', 'pass', 'pass'), judged('shaky', 'pass', 'fail'));
  expect(verdict?.passed).toBe(false);
  expect(verdict?.because).toContain('shaky');
  expect(verdict?.children?.map(({ because }) => because).join()).toContain('ended on 2026-07-31 and counts no more');
});

test('a case in quarantine guards nothing: a step with no other case is not green', () => {
  expect(verdictOn('2026-07-25', judged('shaky', 'pass', 'pass'))?.passed).toBe(false);
});
