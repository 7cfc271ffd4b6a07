import type { Outcome, Role } from './account.ts';
import type { JudgedCase, SideResult } from './judge.ts';
import { itsWords } from './messages/gate.ts';
import * as say from './messages/suites.ts';
import { compareScores, type Scored } from './noise/compare-scores.ts';
import type { ReadReport, ReportedCase, UsableReport } from './reports/report.ts';

const missing: SideResult = { outcome: 'missing', because: say.report.absent };

/** Runs of one case, as one: what came out both ways is noise, and what did not run is never made good by a run that did. */
function folded(runs: readonly ReportedCase[]): SideResult {
  const outcomes = new Set(runs.map(({ outcome }) => outcome));
  const worst = (['error', 'fail', 'skip', 'pass'] as const).find((outcome) => outcomes.has(outcome)) ?? 'error';
  const outcome: Outcome = worst === 'fail' && outcomes.has('pass') ? 'flaky' : worst;
  const words = runs.find((run) => run.outcome === worst)?.because ?? '';
  return { outcome, because: words === '' ? say.report.said(worst) : itsWords(words) };
}

const resultsOf = (report: { readonly cases: readonly ReportedCase[] }): ReadonlyMap<string, SideResult> =>
  new Map([...Map.groupBy(report.cases, ({ id }) => id)].map(([id, runs]) => [id, folded(runs)]));

/** The report as a whole, where a side has none that can be used: an error there, and whatever the other side is. */
const asWhole = (step: string, base: ReadReport, head: ReadReport, role: Role): JudgedCase => {
  const side = (report: ReadReport): SideResult =>
    'problem' in report
      ? { outcome: 'error', because: report.problem }
      : { outcome: 'pass', because: say.report.said('pass') };
  return { case: { step, name: say.report.whole }, role, base: side(base), head: side(head) };
};

/** The same bound for the same scores. */
const SEED = 1;

/** Each case's score, the mean of its runs, and its root cause where its first run names one. */
const scoresOf = ({ cases }: { readonly cases: readonly ReportedCase[] }): readonly Scored[] =>
  [...Map.groupBy(cases, ({ id }) => id)].map(([name, runs]) => ({
    case: name,
    score: runs.reduce((sum, { score = Number.NaN }) => sum + score, 0) / runs.length,
    ...(runs[0]?.cause !== undefined && { cause: runs[0].cause }),
  }));

/** All scores of cases that both sides have, as one case: green, red, or too few to tell. */
function byScores(step: string, base: UsableReport, head: UsableReport, drop: number): JudgedCase {
  const whole = { case: { step, name: say.report.scores }, role: 'pass-to-pass' as const };
  const green: SideResult = { outcome: 'pass', because: say.report.said('pass') };
  const red = (because: string): JudgedCase => ({ ...whole, base: green, head: { outcome: 'error', because } });
  const known = new Set(base.cases.map(({ id }) => id));
  const still = new Set(head.cases.map(({ id }) => id));
  const before = scoresOf(base).filter((one) => still.has(one.case));
  const after = scoresOf(head).filter((one) => known.has(one.case));
  const found = compareScores(before, after, { delta: drop, seed: SEED });
  if ('problem' in found) return red(found.problem);
  const outcomes = { 'not-worse': 'pass', worse: 'fail', underpowered: 'flaky' } as const;
  return { ...whole, base: green, head: { outcome: outcomes[found.verdict], because: found.because } };
}

/** Where the scores decide, a case only has to have been run. */
const wasRun = (result: SideResult): SideResult =>
  result.outcome === 'fail' || result.outcome === 'flaky' ? { ...result, outcome: 'pass' } : result;

export interface PairHow {
  /** Points: the mean of the scores decides instead of each case. */
  readonly drop?: number | undefined;
  /** Whether head may mend a report that base does not have: of a person's pull request, never of a candidate. */
  readonly mends?: boolean;
}

/** The cases of a step's report on base and on head, by their ids. One that is not there on a side is missing there. */
export function pairReports(
  step: string,
  base: ReadReport,
  head: ReadReport,
  { drop, mends = false }: PairHow = {},
): readonly JudgedCase[] {
  const whole = asWhole(step, base, head, mends ? 'pass-to-pass' : 'report');
  if ('problem' in head) return [whole];
  if ('problem' in base) return mends ? [whole, ...paired(step, { cases: [] }, head, drop)] : [whole];
  const cases = paired(step, base, head, drop);
  return drop === undefined ? cases : [...cases, byScores(step, base, head, drop)];
}

function paired(step: string, base: UsableReport, head: UsableReport, drop: number | undefined): readonly JudgedCase[] {
  const after = resultsOf(head);
  const before = resultsOf(base);
  const side = (result: SideResult = missing) => (drop === undefined ? result : wasRun(result));
  return [...new Set([...before.keys(), ...after.keys()])].map((name) => ({
    case: { step, name },
    role: before.has(name) ? 'pass-to-pass' : 'new',
    base: side(before.get(name)),
    head: side(after.get(name)),
  }));
}
