import { confirmFlips, type RunAgain } from './confirm-flips.ts';
import { answersOf } from './domain/case-files.ts';
import type { Configuration, Report } from './domain/configuration.ts';
import type { JudgedCase } from './domain/judge.ts';
import { pairReports } from './domain/pair-reports.ts';
import type { ReadReport } from './domain/reports/report.ts';
import type { Ports } from './ports.ts';

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

/**
 * Runs the suites that leave reports on two trees, each run in a copy of its own, and pairs what they report by case. Empty
 * for a configuration without such a suite.
 */
export async function runReports(
  ports: Pick<Ports, 'repository' | 'suites'>,
  configuration: Configuration,
  trees: readonly [base: string, head: string],
  signal?: AbortSignal,
): Promise<readonly JudgedCase[]> {
  const answers = answersOf(configuration);
  const runOn = async (tree: string, report: Report): Promise<ReadReport> => {
    const checkout = await ports.repository.checkout(tree, answers);
    try {
      return await ports.suites.report(checkout, report, signal);
    } finally {
      await checkout.dispose();
    }
  };
  const judged = configuration.steps.map(async ({ name, report }): Promise<readonly JudgedCase[]> => {
    if (report === undefined) return [];
    const [base, head] = await Promise.all([runOn(trees[0], report), runOn(trees[1], report)]);
    const paired = pairReports(name, base, head, report.drop);
    // Scores have their own test of noise.
    if (report.deterministic || report.drop !== undefined) return paired;
    return withoutNoise(paired, (side) => runOn(trees[side === 'base' ? 0 : 1], report));
  });
  return (await Promise.all(judged)).flat();
}
