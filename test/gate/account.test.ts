import fc from 'fast-check';
import { expect, test } from 'vitest';
import { account, isGood, isOfSuite, type Outcome, type Role } from '../../src/domain/account.ts';

/** Base downwards, head across; `+` lets the candidate pass. */
const matrices: Readonly<Record<Role, string>> = {
  'red-to-green': `
    base\\head  pass             fail             error            skip             missing          flaky
    pass       not-red-on-base  not-red-on-base  not-red-on-base  not-red-on-base  not-red-on-base  not-red-on-base
    fail       +fixed           still-red        errs             skips            gone             flaky-now
    error      errs-on-base     errs-on-base     errs-on-base     errs-on-base     errs-on-base     errs-on-base
    skip       skips-on-base    skips-on-base    skips-on-base    skips-on-base    skips-on-base    skips-on-base
    missing    not-run          not-run          not-run          not-run          not-run          not-run
    flaky      flaky-on-base    flaky-on-base    flaky-on-base    flaky-on-base    flaky-on-base    flaky-on-base
  `,
  'hold-out': `
    base\\head  pass             fail             error            skip             missing          flaky
    pass       not-red-on-base  not-red-on-base  not-red-on-base  not-red-on-base  not-red-on-base  not-red-on-base
    fail       +fixed           still-red        errs             skips            gone             flaky-now
    error      errs-on-base     errs-on-base     errs-on-base     errs-on-base     errs-on-base     errs-on-base
    skip       skips-on-base    skips-on-base    skips-on-base    skips-on-base    skips-on-base    skips-on-base
    missing    not-run          not-run          not-run          not-run          not-run          not-run
    flaky      flaky-on-base    flaky-on-base    flaky-on-base    flaky-on-base    flaky-on-base    flaky-on-base
  `,
  guard: `
    base\\head  pass             fail             error            skip             missing          flaky
    pass       +kept            broken           errs             skips            gone             undecided
    fail       red-on-base      red-on-base      red-on-base      red-on-base      red-on-base      red-on-base
    error      errs-on-base     errs-on-base     errs-on-base     errs-on-base     errs-on-base     errs-on-base
    skip       skips-on-base    skips-on-base    skips-on-base    skips-on-base    skips-on-base    skips-on-base
    missing    not-run          not-run          not-run          not-run          not-run          not-run
    flaky      +kept-noisy      undecided        errs             skips            gone             undecided
  `,
  'pass-to-pass': `
    base\\head  pass             fail             error            skip             missing          flaky
    pass       +kept            broken           errs             skips            gone             undecided
    fail       +mended          +already-red     errs             skips            gone             +already-red
    error      +mended          uncompared       errs             skips            gone             uncompared
    skip       +mended          new-red          errs             +skipped-both    gone             undecided
    missing    not-run          not-run          not-run          not-run          not-run          not-run
    flaky      +kept-noisy      undecided        errs             skips            gone             +still-noisy
  `,
  new: `
    base\\head  pass             fail             error            skip             missing          flaky
    pass       +kept            broken           errs             skips            gone             undecided
    fail       +mended          +already-red     errs             skips            gone             +already-red
    error      +mended          uncompared       errs             skips            gone             uncompared
    skip       +mended          new-red          errs             +skipped-both    gone             undecided
    missing    +new-green       new-red          errs             skips            not-run          undecided
    flaky      +kept-noisy      undecided        errs             skips            gone             +still-noisy
  `,
  report: `
    base\\head  pass             fail             error            skip             missing          flaky
    pass       +kept            broken           errs             skips            gone             undecided
    fail       +mended          +already-red     errs             skips            gone             +already-red
    error      uncompared       uncompared       errs             skips            gone             uncompared
    skip       +mended          new-red          errs             +skipped-both    gone             undecided
    missing    not-run          not-run          not-run          not-run          not-run          not-run
    flaky      +kept-noisy      undecided        errs             skips            gone             +still-noisy
  `,
};
const outcomes: readonly Outcome[] = ['pass', 'fail', 'error', 'skip', 'missing', 'flaky'];
const roles = Object.keys(matrices) as Role[];

const cells = roles.flatMap((role) => {
  const [[, ...heads] = [], ...rows] = matrices[role]
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/ +/));
  return rows.flatMap(([base, ...told]) =>
    told.map((expected, i) => [role, base as Outcome, heads[i] as Outcome, expected] as const),
  );
});

test('the table has a cell for each of the 6 × 6 × 6 combinations, once', () => {
  const written = new Set(cells.map(([role, base, head]) => `${role}: ${base} → ${head}`));
  const all = roles.flatMap((role) => outcomes.flatMap((base) => outcomes.map((head) => `${role}: ${base} → ${head}`)));
  expect(cells).toHaveLength(216);
  expect([...written].sort()).toEqual(all.sort());
});

test.each(cells)('%s: %s → %s is %s', (role, base, head, expected) => {
  const told = account(role, base, head);
  expect(`${isGood(told) ? '+' : ''}${told}`).toBe(expected);
});

test('the cases of suites are those that stand on base, the new ones and what a suite reports as a whole', () => {
  expect(roles.filter(isOfSuite)).toEqual(['pass-to-pass', 'new', 'report']);
});

/**
 * What is worse than each outcome. A skip says nothing of the case, so it is neither better nor worse than what failed
 * or is flaky.
 */
const worse: Readonly<Record<Outcome, readonly Outcome[]>> = {
  pass: ['flaky', 'fail', 'skip', 'error', 'missing'],
  flaky: ['fail', 'error', 'missing'],
  fail: ['error', 'missing'],
  skip: ['error', 'missing'],
  error: ['missing'],
  missing: [],
};
const anyRole = fc.constantFrom(...roles);
const anyOutcome = fc.constantFrom(...outcomes);

test('worsening the head never turns a bad account good', () => {
  fc.assert(
    fc.property(anyRole, anyOutcome, anyOutcome, (role, base, head) => {
      if (isGood(account(role, base, head))) return;
      for (const than of worse[head]) expect(isGood(account(role, base, than)), `${head}, then ${than}`).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test('nothing that is missing or errs on head is ever good', () => {
  fc.assert(
    fc.property(anyRole, anyOutcome, fc.constantFrom<Outcome>('missing', 'error'), (role, base, head) => {
      expect(isGood(account(role, base, head))).toBe(false);
    }),
  );
});

test('only what was red in every run and is green in every run proves a fix, and only for cases of the spec', () => {
  fc.assert(
    fc.property(anyRole, anyOutcome, anyOutcome, (role, base, head) => {
      const proof = (role === 'red-to-green' || role === 'hold-out') && base === 'fail' && head === 'pass';
      expect(account(role, base, head) === 'fixed').toBe(proof);
    }),
    { numRuns: 1000 },
  );
});

test('only what is green on both sides is kept', () => {
  fc.assert(
    fc.property(anyRole, anyOutcome, anyOutcome, (role, base, head) => {
      if (account(role, base, head) === 'kept') expect([base, head]).toEqual(['pass', 'pass']);
    }),
    { numRuns: 1000 },
  );
});

test('a case that base knows is no newer for being called new', () => {
  for (const base of outcomes.filter((outcome) => outcome !== 'missing'))
    for (const head of outcomes) expect(account('new', base, head)).toBe(account('pass-to-pass', base, head));
});

test('a standing case without a result on base is no new one', () => {
  for (const head of outcomes) expect(account('pass-to-pass', 'missing', head)).toBe('not-run');
});

test('red is forgiven only where base was run, and a suite counts only where its report on base can be read', () => {
  fc.assert(
    fc.property(anyRole, anyOutcome, (role, head) => {
      if (isGood(account(role, 'error', head)))
        expect([role, head]).toEqual([expect.stringMatching(/^(?:pass-to-pass|new)$/), 'pass']);
    }),
    { numRuns: 1000 },
  );
});
