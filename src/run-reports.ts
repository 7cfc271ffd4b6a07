import { confirmFlips, isSuspect, type Ran, type RunAgain, ranAs } from './confirm-flips.ts';
import { answersOf } from './domain/case-files.ts';
import type { Configuration, Report } from './domain/configuration.ts';
import { hangsOnBase, type JudgedCase } from './domain/judge.ts';
import { cases as say } from './domain/messages/reports.ts';
import { pairReports } from './domain/pair-reports.ts';
import { isCommit, type ReadReport } from './domain/reports/report.ts';
import type { Time } from './judge-in-time.ts';
import { layOutWith } from './lay-out.ts';
import type { Ports, Prepared } from './ports.ts';

/** What suites are run on: a tree with dependencies, and the commit that it was made of, where there is one. */
export interface ReportedOn {
  readonly tree: string;
  readonly prepared: Prepared | null;
  readonly commit?: string | undefined;
}

/** Runs one suite once, on a tree of its own; null where that was cut off. */
type RunOnce = (side: 'base' | 'head') => Promise<ReadReport | null>;

/** What each case came to in one more run. One that the report does not name, or a report without use, tells nothing. */
function ran(report: ReadReport, names: readonly string[]): readonly Ran[] {
  const known = Map.groupBy('cases' in report ? report.cases : [], ({ id }) => id);
  return names.map((name) => {
    const runs = (known.get(name) ?? []).map(({ outcome }) => ranAs(outcome));
    return runs.length === 0 || runs.includes(null) ? null : !runs.includes(false);
  });
}

/** Cases of a noisy suite that may be noise, after the whole suite was run again until it is known what they come to. */
async function withoutNoise(judged: readonly JudgedCase[], run: RunOnce): Promise<readonly JudgedCase[]> {
  const suspects = [...judged.entries()].filter(([, one]) => isSuspect(one));
  const again: RunAgain<string> = async (side, names, times) => {
    const runs: (readonly Ran[])[] = [];
    for (let i = 0; i < times; i++) {
      const report = await run(side);
      if (report === null) return null;
      runs.push(ran(report, names));
    }
    return names.map((_, at) => runs.map((one) => one[at] ?? null));
  };
  const confirmed = await confirmFlips(
    suspects.map(([, { case: of, base, head }]) => ({ of: of.name, base, head })),
    again,
  );
  const result = [...judged];
  for (const [at, [i, one]] of suspects.entries()) result[i] = { ...one, ...confirmed[at] };
  return result;
}

/** A report with what the same suite says of these cases in another run, where that says anything. */
function withCasesOf(report: ReadReport, other: ReadReport, names: ReadonlySet<string>): ReadReport {
  if ('problem' in report) return other;
  if ('problem' in other) return report;
  const told = new Set(other.cases.map(({ id }) => id).filter((id) => names.has(id)));
  return {
    ...report,
    cases: [...report.cases.filter(({ id }) => !told.has(id)), ...other.cases.filter(({ id }) => told.has(id))],
  };
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
  const checkout = await layOutWith(ports, on.tree, answersOf(configuration), on.prepared);
  try {
    return await ofThis(ports, on, await ports.suites.report(checkout, report, signal));
  } finally {
    await checkout.dispose();
  }
}

export interface ReportsHow extends Time {
  /** Whether head may mend a suite that leaves nothing to compare with on base: of a person's pull request alone. */
  readonly mends?: boolean;
}

/**
 * Runs the suites that leave reports on two trees, each run in a copy of its own, and pairs what they report by case. What
 * base fails to tell is asked there once more when no head runs: what runs beside base may keep it from running. Empty for
 * a configuration without such a suite.
 */
export async function runReports(
  ports: Pick<Ports, 'repository' | 'suites'>,
  configuration: Configuration,
  [before, after]: readonly [base: ReportedOn, head: ReportedOn],
  { mends = false, signal, again }: ReportsHow = {},
): Promise<readonly JudgedCase[]> {
  const suites = configuration.steps.flatMap(({ name, report }) => (report === undefined ? [] : [{ name, report }]));
  const runOn = (on: ReportedOn, report: Report, anew = false) =>
    reportOn(anew ? { ...ports, suites: ports.suites.anew() } : ports, configuration, on, report, signal);
  const once = await Promise.all(
    suites.map(({ report }) => Promise.all([runOn(before, report), runOn(after, report)])),
  );
  const judged: (() => Promise<readonly JudgedCase[]>)[] = [];
  for (const [i, [base, head]] of once.entries()) {
    const { name, report } = suites[i] as (typeof suites)[number];
    const { drop, deterministic } = report;
    const hanging = pairReports(name, base, head, { drop }).filter(hangsOnBase);
    const names = new Set(hanging.map((one) => one.case.name));
    const known = hanging.length === 0 ? base : withCasesOf(base, await runOn(before, report, true), names);
    const paired = pairReports(name, known, head, { drop, mends });
    const run: RunOnce = async (side) => {
      const on = side === 'base' ? before : after;
      const told = await reportOn(ports, configuration, on, report, again);
      return again?.aborted === true ? null : told;
    };
    // Scores have their own test of noise.
    const isSure = deterministic || drop !== undefined || 'problem' in head;
    judged.push(async () => (isSure ? paired : withoutNoise(paired, run)));
  }
  return (await Promise.all(judged.map((one) => one()))).flat();
}
