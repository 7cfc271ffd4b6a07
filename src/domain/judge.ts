import { type Account, account, isGood, type Outcome, type Role } from './account.ts';
import type { Case } from './case.ts';
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
  readonly case: Pick<Case, 'name' | 'step'>;
  readonly role: Role;
  readonly base: SideResult;
  readonly head: SideResult;
}

const words: Readonly<Record<Account, (judged: JudgedCase) => string>> = {
  fixed: () => say.fixed,
  kept: () => say.kept,
  'already-red': () => say.alreadyRed,
  'not-red-on-base': () => say.notRedOnBase,
  'errs-on-base': ({ base }) => say.errsOnBase(base.because),
  'red-on-base': () => say.redOnBase,
  'still-red': ({ head }) => say.stillRed(head.because),
  broken: ({ head }) => say.broken(head.because),
  errs: ({ head }) => say.errs(head.because),
  'not-run': () => say.notRun,
};

function findingOf(judged: JudgedCase): Verdict & { account: Account } {
  const result = account(judged.role, judged.base.outcome, judged.head.outcome);
  const { expected, got } = judged.head;
  return {
    account: result,
    name: judged.case.name,
    passed: isGood(result),
    because: words[result](judged),
    ...(isGood(result) || expected === undefined ? {} : { expected, got: got ?? '' }),
  };
}

const plain = ({ account: _, ...verdict }: Verdict & { account: Account }): Verdict => verdict;

/** The cases of one step that stand on base. Only what is not simply kept is listed; a step without cases fails. */
export function judgeStep(step: string, cases: readonly JudgedCase[]): Verdict {
  const name = `step ${step}`;
  const findings = cases.map(findingOf);
  const listed = findings.filter((f) => f.account !== 'kept').map(plain);
  const failed = listed.filter((f) => !f.passed);
  const kept = findings.length - listed.length;
  const told = say.failedParts(failed);
  // No case at all, or all of them red before and after: nothing shows that the step does anything right.
  const unguarded = cases.length === 0 ? say.noSuite(step) : say.nothingGreen(step);
  const because = told || (kept === 0 ? unguarded : say.casesKept(kept, listed.length));
  return { name, passed: failed.length === 0 && kept > 0, because, children: listed };
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
  const evidence: readonly Verdict[] = fixed ? [] : [{ name: 'evidence', passed: false, because: say.noEvidence }];
  return allOf('spec', [...open.map(plain), holdOut, ...evidence]);
}

/** The whole: integrity, the spec, and each step. */
export const judgeAll = (integrity: Verdict, spec: Verdict, steps: readonly Verdict[]): Verdict =>
  allOf('gate', [integrity, spec, ...steps]);
