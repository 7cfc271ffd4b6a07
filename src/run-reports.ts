import { confirmFlips, type RunAgain } from './confirm-flips.ts';
import { answersOf } from './domain/case-files.ts';
import type { Configuration, Report } from './domain/configuration.ts';
import type { JudgedCase } from './domain/judge.ts';
import { cases as say } from './domain/messages/reports.ts';
import { pairReports } from './domain/pair-reports.ts';
import { isCommit, type ReadReport } from './domain/reports/report.ts';
import type { Ports } from './ports.ts';

/** What suites are run on: a tree, and the commit that it was made of, where there is one. */
export interface ReportedOn {
  readonly tree: string;
  readonly commit?: string | undefined;
}

/** Runs one suite once, on a tree of its own. */
type RunOnce = (side: 'base' | 'head') => Promise<ReadReport>;

/** Whether each case passed in one more run. One that the report does not name, or a report without use, did not. */
function passed(report: ReadReport, names: readonly string[]): readonly boolean[] {
  const outcomes = 'cases' in report ? Map.groupBy(report.cases, ({ id }) => id) : new Map();
  return names.map((name) => outcomes.get(name)?.every((one: { outcome: string }) => one.outcome === 'pass') ?? false);
}

const isFlip = ({ base, head }: JudgedCase): boolean =>
  base.outcome === 'pass' && (head.outcome === 'fail' || head.outcome === 'error' || head.outcome === 'flaky');

/** Cases of a noisy suite that flipped, after the whole suite was run again until it is known what they come to. */
async function withoutNoise(judged: readonly JudgedCase[], run: RunOnce): Promise<readonly JudgedCase[]> {
  const flips = [...judged.entries()].filter(([, one]) => isFlip(one));
  const again: RunAgain<string> = async (side, names, times) => {
    const runs: (readonly boolean[])[] = [];
    for (let i = 0; i < times; i++) runs.push(passed(await run(side), names));
    return names.map((_, at) => runs.map((one) => one[at] ?? false));
  };
  const heads = await confirmFlips(
    flips.map(([, { case: of, head }]) => ({ of: of.name, head })),
    again,
  );
  const result = [...judged];
  for (const [at, [i, one]] of flips.entries()) result[i] = { ...one, head: heads[at] ?? one.head };
  return result;
}

/** A report that names a commit is of the one that is judged, or of one with the very same files; else it is of no use. */
async function ofThis(
  { repository }: Pick<Ports, 'repository'>,
  { tree, commit }: ReportedOn,
  report: ReadReport,
): Promise<ReadReport> {
  const named = 'cases' in report ? report.commit : undefined;
  if (named === undefined || (commit !== undefined && isCommit(named, commit))) return report;
  // What is no id, and what the mirror does not have, is no commit of these files.
  const its = await repository.treeOf(named.toLowerCase()).catch(() => null);
  return its === tree ? report : { problem: say.otherCommit(named) };
}

/** What a suite reports on a tree, run in a copy of its own. */
export async function reportOn(
  ports: Pick<Ports, 'repository' | 'suites'>,
  configuration: Configuration,
  on: ReportedOn,
  report: Report,
  signal?: AbortSignal,
): Promise<ReadReport> {
  const checkout = await ports.repository.checkout(on.tree, answersOf(configuration));
  try {
    return await ofThis(ports, on, await ports.suites.report(checkout, report, signal));
  } finally {
    await checkout.dispose();
  }
}

/**
 * Runs the suites that leave reports on two trees, each run in a copy of its own, and pairs what they report by case. Empty
 * for a configuration without such a suite.
 */
export async function runReports(
  ports: Pick<Ports, 'repository' | 'suites'>,
  configuration: Configuration,
  [before, after]: readonly [base: ReportedOn, head: ReportedOn],
  signal?: AbortSignal,
): Promise<readonly JudgedCase[]> {
  const runOn = (on: ReportedOn, report: Report) => reportOn(ports, configuration, on, report, signal);
  const judged = configuration.steps.map(async ({ name, report }): Promise<readonly JudgedCase[]> => {
    if (report === undefined) return [];
    const [base, head] = await Promise.all([runOn(before, report), runOn(after, report)]);
    const paired = pairReports(name, base, head, report.drop);
    // Scores have their own test of noise.
    if (report.deterministic || report.drop !== undefined) return paired;
    return withoutNoise(paired, (side) => runOn(side === 'base' ? before : after, report));
  });
  return (await Promise.all(judged)).flat();
}
