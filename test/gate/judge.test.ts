import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Outcome, Role } from '../../src/domain/account.ts';
import { hangsOnBase, type JudgedCase, judgeSpec, judgeStep } from '../../src/domain/judge.ts';
import type { Verdict } from '../../src/domain/verdict.ts';

const outcomes: readonly Outcome[] = ['pass', 'fail', 'error', 'skip', 'missing', 'flaky'];
const roles: readonly Role[] = ['red-to-green', 'guard', 'pass-to-pass', 'new', 'report'];

const judged = (role: Role, base: Outcome, head: Outcome, name = 'a case'): JudgedCase => ({
  case: { name, step: 'fetch' },
  role,
  base: { outcome: base, because: `what base gave` },
  head: { outcome: head, because: `what head gave` },
});
const stands = (base: Outcome, head: Outcome) => judged('pass-to-pass', base, head);
const times = (count: number, of: JudgedCase): readonly JudgedCase[] => Array.from({ length: count }, () => of);

/** What is said of one case of the spec. */
const wordsFor = (of: JudgedCase): string => judgeSpec([of], 'a reason').children?.[0]?.because ?? '';

test('every account has words of its own', () => {
  const every = roles.flatMap((role) =>
    outcomes.flatMap((base) => outcomes.map((head) => wordsFor(judged(role, base, head)))),
  );
  expect([...new Set(every)].sort()).toMatchInlineSnapshot(`
    [
      "green in some runs and red in others, on base and now",
      "green in some runs on base and red in others, green now",
      "green on base, green now",
      "green on base, red now: what head gave",
      "it does not run now: what head gave",
      "it does not run on base, nor when it is run there again, so there is nothing to compare with. Comment \`/recheck\` to try again, or mend it on the base branch first, in a pull request of your own. Of base it is said: what base gave",
      "it does not run on base: what base gave",
      "it has a result on base, but none now",
      "it is green in some runs and red in others, so a person has to decide: what head gave",
      "it is skipped now: what head gave",
      "it is skipped on base, so it proves nothing: what base gave",
      "it must be green on base, but is red there",
      "it passes on base already, so it proves nothing",
      "it was not run",
      "no result on base, green now",
      "no result on base, red now: what head gave",
      "not green on base, green now",
      "now it is green in some runs and red in others, so it proves nothing",
      "on base it is green in some runs and red in others, so it proves nothing",
      "red on base already",
      "red on base, green now",
      "skipped on base and now, so it shows nothing",
      "still red: what head gave",
    ]
  `);
});

test('a step in which everything is as before says so in one line, and lists nothing', () => {
  expect(judgeStep('fetch', times(20, stands('pass', 'pass')))).toEqual({
    name: 'step fetch',
    passed: true,
    because: '20 of 20 cases as before',
    children: [],
  });
});

test('a step says of its cases how many are kept, mended, new, noisy, skipped and red already', () => {
  const verdict = judgeStep('fetch', [
    ...times(12, stands('pass', 'pass')),
    ...times(2, stands('fail', 'pass')),
    stands('skip', 'pass'),
    ...times(3, judged('new', 'missing', 'pass')),
    stands('flaky', 'pass'),
    stands('flaky', 'flaky'),
    ...times(4, stands('skip', 'skip')),
    ...times(2, stands('fail', 'fail')),
    stands('fail', 'flaky'),
  ]);
  expect(verdict.passed).toBe(true);
  expect(verdict.because).toBe(
    '12 cases as before, 3 green now but not on base, 3 new and green, 2 green in some runs and red in others, 4 skipped on base and now, 3 red on base already',
  );
  expect(verdict.children).toHaveLength(15);
});

test('one case is a case', () => {
  const told = judgeStep('fetch', [stands('pass', 'pass'), stands('fail', 'fail')]).because;
  expect(told).toBe('1 case as before, 1 red on base already');
});

const nothingGreen = 'no case of step `fetch` is green, so nothing guards it';
test.each([
  ['skipped on both sides', [stands('skip', 'skip')]],
  ['red already', [stands('fail', 'fail'), stands('fail', 'fail')]],
  ['noisy on both sides', [stands('flaky', 'flaky')]],
  ['each of them', [stands('skip', 'skip'), stands('fail', 'flaky'), stands('flaky', 'flaky')]],
  ['red already, beside a new green one', [stands('fail', 'fail'), judged('new', 'missing', 'pass')]],
  ['skipped, beside a new green one', [stands('skip', 'skip'), judged('new', 'missing', 'pass')]],
] as const)('a step is not guarded by cases that are %s', (_, cases) => {
  expect(judgeStep('fetch', cases)).toMatchObject({ passed: false, because: nothingGreen });
});

test.each([stands('error', 'fail'), stands('error', 'flaky'), judged('report', 'error', 'pass')])(
  'what does not run on base leaves a step to a person: %o',
  (one) => {
    expect(judgeStep('fetch', [stands('pass', 'pass'), one])).toMatchObject({ passed: false, held: 'waits' });
    expect(judgeStep('fetch', [stands('pass', 'fail'), one])).not.toHaveProperty('held');
  },
);

test('base is asked again only where it did not run, and what it comes to decides', () => {
  const hangs = roles.flatMap((role) =>
    outcomes.flatMap((base) =>
      outcomes.flatMap((head) => (hangsOnBase(judged(role, base, head)) ? [`${role}: ${base} → ${head}`] : [])),
    ),
  );
  expect(hangs).toEqual([
    'red-to-green: error → pass',
    'guard: error → pass',
    'pass-to-pass: error → fail',
    'pass-to-pass: error → flaky',
    'new: error → fail',
    'new: error → flaky',
    'report: error → pass',
    'report: error → fail',
    'report: error → flaky',
  ]);
});

test('a step that is new altogether is guarded by its new cases', () => {
  expect(judgeStep('fetch', times(2, judged('new', 'missing', 'pass')))).toMatchObject({
    passed: true,
    because: '2 new and green',
  });
});

test('what fails is named, not counted', () => {
  const verdict = judgeStep('fetch', [
    ...times(5, stands('pass', 'pass')),
    judged('pass-to-pass', 'pass', 'flaky', 'a lamp'),
    judged('pass-to-pass', 'pass', 'skip', 'a vase'),
  ]);
  expect(verdict.passed).toBe(false);
  expect(verdict.because).toMatchInlineSnapshot(
    `"a lamp: it is green in some runs and red in others, so a person has to decide: what head gave; a vase: it is skipped now: what head gave"`,
  );
});

test('of many that fail the first fifty are told, and all are listed', () => {
  const verdict = judgeStep(
    'fetch',
    Array.from({ length: 60 }, (_, i) => judged('pass-to-pass', 'pass', 'fail', `case ${i}`)),
  );
  expect(verdict.because).toMatch(/case 49: green on base, red now: what head gave; and 10 more$/);
  expect(verdict.children).toHaveLength(60);
});

test('what was asserted and what came instead go with a case that fails, and with no other', () => {
  const red = { outcome: 'fail', because: 'red', expected: '/a eq 1', got: '2' } as const;
  const of = (base: Outcome): Verdict | undefined =>
    judgeStep('fetch', [{ ...stands(base, 'fail'), head: red }]).children?.[0];
  expect(of('pass')).toMatchObject({ expected: '/a eq 1', got: '2' });
  expect(of('fail')).not.toHaveProperty('expected');
});

test('noise, skips and what is missing are no evidence in a spec', () => {
  for (const base of outcomes)
    for (const head of outcomes) {
      const { passed } = judgeSpec([judged('red-to-green', base, head), judged('guard', 'pass', 'pass')], 'a reason');
      expect(passed, `${base} → ${head}`).toBe(base === 'fail' && head === 'pass');
    }
});

test.each([
  ['kept', judged('guard', 'pass', 'pass')],
  ['noisy', judged('guard', 'flaky', 'pass')],
  ['mended', stands('fail', 'pass')],
  ['skipped on both sides', stands('skip', 'skip')],
  ['new and green', judged('new', 'missing', 'pass')],
  ['red already', stands('fail', 'fail')],
])('what is %s passes and is no evidence', (_, of) => {
  const { passed, children } = judgeSpec([of], 'a reason');
  expect(passed).toBe(false);
  expect(children?.filter((child) => !child.passed).map(({ name }) => name)).toEqual(['evidence']);
});

const anyOutcome = fc.constantFrom(...outcomes);
const anyStanding = fc.tuple(fc.constantFrom<Role>('pass-to-pass', 'new'), anyOutcome, anyOutcome);
const anyStep = fc.array(
  anyStanding.map(([role, base, head]) => judged(role, base, head)),
  { maxLength: 6 },
);

test('a green step has a green case, and counts every case once', () => {
  fc.assert(
    fc.property(anyStep, (cases) => {
      const { passed, because } = judgeStep('fetch', cases);
      if (!passed) return;
      expect(cases.some(({ head }) => head.outcome === 'pass')).toBe(true);
      const counts = because.includes(' of ') ? [/\d+/.exec(because)?.[0]] : because.match(/\d+/g);
      expect(counts?.reduce((sum, count) => sum + Number(count), 0)).toBe(cases.length);
    }),
    { numRuns: 2000 },
  );
});

test('a step does not turn green by a further case that is not green', () => {
  fc.assert(
    fc.property(anyStep, anyStanding, (cases, [role, base, head]) => {
      fc.pre(head !== 'pass' && !judgeStep('fetch', cases).passed);
      expect(judgeStep('fetch', [...cases, judged(role, base, head)]).passed).toBe(false);
    }),
    { numRuns: 2000 },
  );
});
