import { type Account, account, isGood, type Outcome, type Role } from './account.ts';
import type { Case, Place } from './case.ts';
import * as say from './messages/gate.ts';
import { allOf, type Verdict } from './verdict.ts';

/** What one case came to on one tree, with the words for a person and for the next round. */
export interface SideResult {
  readonly outcome: Outcome;
  readonly because: string;
  readonly expected?: string;
  readonly got?: string;
}

export interface JudgedCase {
  readonly case: Pick<Case, 'name' | 'step'> & { readonly at?: Place };
  readonly role: Role;
  readonly base: SideResult;
  readonly head: SideResult;
}

const words: Readonly<Record<Account, (judged: JudgedCase) => string>> = {
  fixed: () => say.fixed,
  kept: () => say.kept,
  'kept-noisy': () => say.keptNoisy,
  'still-noisy': () => say.stillNoisy,
  mended: () => say.mended,
  'new-green': () => say.newGreen,
  'already-red': () => say.alreadyRed,
  'skipped-both': () => say.skippedBoth,
  'not-red-on-base': () => say.notRedOnBase,
  'red-on-base': () => say.redOnBase,
  'errs-on-base': ({ base }) => say.errsOnBase(base.because),
  'skips-on-base': ({ base }) => say.skipsOnBase(base.because),
  'flaky-on-base': () => say.flakyOnBase,
  'still-red': ({ head }) => say.stillRed(head.because),
  'flaky-now': () => say.flakyNow,
  broken: ({ head }) => say.broken(head.because),
  'new-red': ({ head }) => say.newRed(head.because),
  errs: ({ head }) => say.errs(head.because),
  skips: ({ head }) => say.skips(head.because),
  gone: () => say.gone,
  'not-run': () => say.notRun,
  undecided: ({ head }) => say.undecided(head.because),
  uncompared: ({ base }) => say.uncompared(base.because),
};

/** Accounts that are neither good nor bad: a person decides. */
const waits: ReadonlySet<Account> = new Set(['undecided', 'uncompared']);

type Finding = Verdict & { readonly account: Account };

const accountOf = ({ role, base, head }: JudgedCase): Account => account(role, base.outcome, head.outcome);

function findingOf(judged: JudgedCase): Finding {
  const result = accountOf(judged);
  const finding: Finding = {
    account: result,
    name: judged.case.name,
    passed: isGood(result),
    because: words[result](judged),
    ...(waits.has(result) && { held: 'waits' }),
    ...(judged.case.at !== undefined && !isGood(result) && { at: judged.case.at }),
  };
  const { expected, got = '' } = judged.head;
  return finding.passed || expected === undefined ? finding : { ...finding, expected, got };
}

/** Base did not run, and what it comes to when it does decides: head is good beside some result of base, but not so. */
export const hangsOnBase = ({ role, base, head }: JudgedCase): boolean =>
  base.outcome === 'error' &&
  !isGood(account(role, 'error', head.outcome)) &&
  (['pass', 'fail'] as const).some((outcome) => isGood(account(role, outcome, head.outcome)));

/** Good only because base is no better. */
export const isForgiven = ({ role, base, head }: JudgedCase): boolean =>
  head.outcome !== 'pass' && isGood(account(role, base.outcome, head.outcome));

const plain = ({ account: _, ...verdict }: Finding): Verdict => verdict;

function tallyOf(cases: readonly JudgedCase[]): say.Tally {
  const counts = new Map<Account, number>();
  for (const of of cases) counts.set(accountOf(of), (counts.get(accountOf(of)) ?? 0) + 1);
  const count = (of: Account) => counts.get(of) ?? 0;
  return {
    kept: count('kept'),
    mended: count('mended'),
    new: count('new-green'),
    noisy: count('kept-noisy') + count('still-noisy'),
    skipped: count('skipped-both'),
    alreadyRed: count('already-red'),
  };
}

/** Something is green on head. Where base has cases, cases that only head has do not stand in for them. */
function isGuarded(cases: readonly JudgedCase[]): boolean {
  const standing = cases.filter(({ role }) => role !== 'new');
  return (standing.length > 0 ? standing : cases).some(({ head }) => head.outcome === 'pass');
}

/** The cases of one step's suites. Only what is not simply kept is listed; a step of which nothing is green fails. */
export function judgeStep(step: string, cases: readonly JudgedCase[]): Verdict {
  const name = `step ${step}`;
  const listed = cases.filter((of) => accountOf(of) !== 'kept').map((of) => plain(findingOf(of)));
  const failed = listed.filter((f) => !f.passed);
  const guarded = isGuarded(cases);
  const unguarded = cases.length === 0 ? say.noSuite(step) : say.nothingGreen(step);
  const because = say.failedParts(failed) || (guarded ? say.casesStand(tallyOf(cases)) : unguarded);
  // Not failed, and not passed either: a person decides.
  const isHeld = guarded && failed.length > 0 && failed.every(({ held }) => held === 'waits');
  return { name, passed: failed.length === 0 && guarded, ...(isHeld && { held: 'waits' }), because, children: listed };
}

/**
 * The approved cases: each acceptance case red on base and green on head, each guard green on both. Hold-outs show as
 * one bit. Without a case that turned green there is no evidence (invariant 7).
 */
export function judgeSpec(cases: readonly JudgedCase[], noHoldOut: string | undefined): Verdict {
  const holdOuts = cases.filter((c) => c.role === 'hold-out').map(findingOf);
  const open = cases.filter((c) => c.role !== 'hold-out').map(findingOf);
  const fixed = open.some((f) => f.account === 'fixed');
  const failedSteps = cases.filter((c) => c.role === 'hold-out' && !findingOf(c).passed).map((c) => c.case.step);
  const holdOut: Verdict =
    holdOuts.length === 0
      ? {
          name: 'hold-outs',
          passed: noHoldOut !== undefined,
          because: noHoldOut === undefined ? say.noHoldOutAtAll : say.noHoldOut(noHoldOut),
        }
      : {
          name: 'hold-outs',
          passed: failedSteps.length === 0,
          because: failedSteps.length === 0 ? say.holdOutPassed : say.holdOutFailed([...new Set(failedSteps)]),
        };
  const proven = new Set(cases.filter(({ role }) => role === 'red-to-green').map((c) => c.case.step));
  const guarded = cases.some((c) => c.role === 'guard' && proven.has(c.case.step));
  const guards: readonly Verdict[] = guarded ? [] : [{ name: 'guards', passed: true, because: say.noGuard }];
  const evidence: readonly Verdict[] = fixed ? [] : [{ name: 'evidence', passed: false, because: say.noEvidence }];
  return allOf('spec', [...open.map(plain), holdOut, ...guards, ...evidence]);
}

/** The whole: integrity, the spec, and each step. */
export const judgeAll = (integrity: Verdict, spec: Verdict, steps: readonly Verdict[]): Verdict =>
  allOf('gate', [integrity, spec, ...steps]);
