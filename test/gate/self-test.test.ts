import { expect, test } from 'vitest';
import type { Outcome } from '../../src/domain/account.ts';
import type { JudgedCase } from '../../src/domain/judge.ts';
import { type Notice, noticeOf, proves, type StepTest, tellStep } from '../../src/domain/self-test.ts';

const judged = (...pairs: readonly (readonly [base: Outcome, head: Outcome])[]): readonly JudgedCase[] =>
  pairs.map(([base, head], i) => ({
    case: { step: 'plan', name: `case ${i}` },
    role: 'pass-to-pass',
    base: { outcome: base, because: '' },
    head: { outcome: head, because: '' },
  }));

test('a wrong output is told apart from a crash, and an output that nobody minds from none', () => {
  expect(noticeOf('plan', judged(['pass', 'pass'], ['pass', 'fail']), false)).toBe('output');
  expect(noticeOf('plan', judged(['pass', 'error'], ['pass', 'fail']), false)).toBe('output');
  expect(noticeOf('plan', judged(['pass', 'error'], ['pass', 'missing']), false)).toBe('crash');
  expect(noticeOf('plan', judged(['pass', 'pass']), false)).toBe('unseen');
  expect(noticeOf('plan', judged(['pass', 'pass']), true)).toBe('unreached');
});

test('a case that is red without any change makes no crash a wrong output', () => {
  expect(noticeOf('plan', judged(['fail', 'fail'], ['pass', 'error']), false)).toBe('crash');
  expect(noticeOf('plan', judged(['fail', 'fail'], ['pass', 'pass']), true)).toBe('unreached');
});

const tried = (...notices: readonly Notice[]): StepTest => ({
  step: 'plan',
  tried: notices.map((notice, i) => ({
    notice,
    mutation: { file: 'plan.yml', text: '', line: i + 1, before: 'reply: `a`', after: i === 0 ? null : 'reply: b' },
  })),
});

test('the share is told, then each change that nobody noticed', () => {
  expect(tellStep(tried('unseen', 'output', 'crash', 'unreached')).join('\n')).toMatchInlineSnapshot(`
    "plan: 2 of 4 changes were noticed, 1 of them by a crash.
      Nothing noticed, though an output of its cases changed:
        plan.yml:1 \`reply: 'a'\` removed
      Nothing noticed; no output of its cases changed:
        plan.yml:4 \`reply: 'a'\` → \`reply: b\`"
  `);
  expect(tellStep(tried('output'))).toEqual(['plan: 1 of 1 change was noticed.']);
});

test('a step that only ever crashed proves nothing, nor does one that could not be tried', () => {
  expect(proves(tried('output', 'unseen'))).toBe(true);
  for (const test of [tried('crash', 'unseen'), tried(), { step: 'plan', unusable: 'it is red' }] as const) {
    expect(proves(test)).toBe(false);
    expect(tellStep(test).at(-1)).toMatch(/guards nothing|can be changed|is red without/);
  }
});
