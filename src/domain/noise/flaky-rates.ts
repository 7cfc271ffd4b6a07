import * as say from '../messages/noise.ts';
import { addsUp, ENOUGH_RUNS, type Repeats } from './repeats.ts';
import { type Interval, wilson } from './wilson.ts';

/** `flaky`: quarantine is suggested. `flaky-on-head`: the candidate made it flaky, which quarantine must not hide. */
export type Steadiness = 'steady' | 'flaky' | 'flaky-on-head' | 'red' | 'needs-history';

export interface FlakyRates {
  readonly verdict: Steadiness;
  readonly because: string;
  /** 95 % intervals of the pass rates; null for a side that was not run, or whose numbers do not add up. */
  readonly base: Interval | null;
  readonly head: Interval | null;
}

/** So many failures in 20 runs make a case flaky. */
const FAILURES = 2;

/** It has passed, and failed twice in 20 runs or as often in more. Two failures in fewer runs are two in 20 as well. */
const isFlaky = ({ passes, runs }: Repeats): boolean =>
  passes > 0 && runs - passes >= Math.max(FAILURES, (FAILURES * runs) / ENOUGH_RUNS);

function judge(base: Repeats, head: Repeats): { readonly verdict: Steadiness; readonly because: string } {
  if (!addsUp(base) || !addsUp(head)) return { verdict: 'needs-history', because: say.flaky.noHistory };
  if (isFlaky(base)) return { verdict: 'flaky', because: say.flaky.flaky(base) };
  if (base.runs < ENOUGH_RUNS)
    return { verdict: 'needs-history', because: say.flaky.needsHistory(base.runs, ENOUGH_RUNS) };
  if (base.passes === 0) return { verdict: 'red', because: say.flaky.red(base) };
  if (isFlaky(head)) return { verdict: 'flaky-on-head', because: say.flaky.onHead(base, head) };
  return { verdict: 'steady', because: say.flaky.steady(base) };
}

const intervalOf = (repeats: Repeats): Interval | null =>
  addsUp(repeats) && repeats.runs > 0 ? wilson(repeats) : null;

/** Whether a case is flaky by its recorded repeats on unchanged base. A case that never passes is red, not flaky. */
export const flakyRates = (base: Repeats, head: Repeats = { passes: 0, runs: 0 }): FlakyRates => ({
  ...judge(base, head),
  base: intervalOf(base),
  head: intervalOf(head),
});
