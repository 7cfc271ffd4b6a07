import { isOfSuite } from '../account.ts';
import { type JudgedCase, judgeStep } from '../judge.ts';
import { quarantine as say } from '../messages/noise.ts';
import type { Verdict } from '../verdict.ts';
import { expiredBy, isQuarantined, type Quarantined } from './quarantine.ts';

const told = (name: string, because: string): Verdict => ({ name, passed: true, because });

/**
 * The verdict on each step: what stands in quarantine on that day (as 2026-07-31) is told beside the
 * cases, and neither holds a candidate up nor guards the step; an entry that has run out is told, and counts for nothing.
 */
export function judgeSteps(
  steps: readonly { readonly name: string }[],
  judged: readonly JudgedCase[],
  list: readonly Quarantined[],
  today: string,
): readonly Verdict[] {
  return steps.map(({ name }) => {
    const all = judged.filter((one) => isOfSuite(one.role) && one.case.step === name);
    const isOut = (one: JudgedCase) => isQuarantined(list, name, one.case.name, today);
    const verdict = judgeStep(
      name,
      all.filter((one) => !isOut(one)),
    );
    const entries = list.filter((entry) => entry.step === name);
    const reported = entries
      .filter((entry) => isQuarantined([entry], name, entry.case, today))
      .map((entry) => told(entry.case, say.quarantined(entry)));
    const expired = expiredBy(entries, today).map((entry) => told(entry.case, say.expired(entry)));
    if (reported.length + expired.length === 0) return verdict;
    return { ...verdict, children: [...(verdict.children ?? []), ...reported, ...expired] };
  });
}
