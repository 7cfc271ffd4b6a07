import type { Configuration, Report } from './domain/configuration.ts';
import { globMatcher } from './domain/glob.ts';
import type { JudgedCase, SideResult } from './domain/judge.ts';
import { planted as say } from './domain/messages/gate.ts';
import { mutationsOf } from './domain/mutate-step.ts';
import type { Mutation } from './domain/mutation.ts';
import type { ReadReport, UsableReport } from './domain/reports/report.ts';
import { lettingOthers } from './let-others.ts';
import { FileRefused, type Ports } from './ports.ts';
import { type ReportedOn, reportOn } from './run-reports.ts';

/** So many faults that the suite notices on base are shown to it on head. */
const WANTED = 2;
/** So many are tried on base for that. */
const TRIED = 6;

/** A suite, and the names of its cases that are green on both sides. */
interface Suite {
  readonly step: string;
  readonly report: Report;
  readonly green: ReadonlySet<string>;
}

/** Runs a suite with a fault in its files, or with none; `anew`: whatever is known of it. */
type Run = (on: ReportedOn, suite: Suite, fault: Mutation | null, anew?: 'anew') => Promise<ReadReport>;

/**
 * The green cases that are named beside the fault, where one of them is red by it and the rest of the report can be read:
 * the suite looked at it, and was not only upset. None where it was not.
 */
function seenBy(report: ReadReport, { green }: Suite): readonly string[] {
  const named = 'cases' in report ? report.cases.filter(({ id }) => green.has(id)) : [];
  return named.some(({ outcome }) => outcome === 'fail') ? named.map(({ id }) => id) : [];
}

/** All of them are reported as if there were no fault. */
function isPassedOver(report: UsableReport, names: readonly string[]): boolean {
  const passed = new Set(report.cases.filter(({ outcome }) => outcome === 'pass').map(({ id }) => id));
  return names.every((name) => passed.has(name));
}

/** What a report comes to, the same for the same outcomes in any order. */
const comesTo = ({ cases }: UsableReport): string =>
  cases
    .map(({ id, repeat, outcome }) => JSON.stringify([id, repeat, outcome]))
    .sort()
    .join();

/** Small changes of the files that a suite consists of, as they stand on base. */
async function faultsIn(
  { repository }: Pick<Ports, 'repository'>,
  base: ReportedOn,
  { step, report }: Suite,
  seed: number,
): Promise<readonly Mutation[]> {
  const files = (await repository.list(base.tree, '')).filter(globMatcher(report.oracle));
  const textOf = (path: string): Promise<string | null> =>
    repository.read(base.tree, path).catch((error: unknown) => {
      if (error instanceof FileRefused) return null;
      throw error;
    });
  return mutationsOf(step, [files], textOf, { count: TRIED, seed, pause: lettingOthers() });
}

const red = (because: string): SideResult => ({ outcome: 'fail', because });

/** What a suite reports on head, where it reports that twice; else what is wrong. One that fakes at random does neither. */
async function twice(run: Run, head: ReportedOn, suite: Suite, fault: Mutation | null): Promise<ReadReport> {
  const first = await run(head, suite, fault);
  const again = 'problem' in first ? first : await run(head, suite, fault, 'anew');
  if ('problem' in again)
    return { problem: fault === null ? say.unsteady(again.problem) : say.unreadable(again.problem) };
  return 'cases' in first && comesTo(first) !== comesTo(again) ? { problem: say.unsteady('') } : again;
}

/** How the suite takes faults on head that it notices on base; null where it notices none there either. */
async function judgeFaults(
  run: Run,
  [base, head]: readonly [base: ReportedOn, head: ReportedOn],
  suite: Suite,
  faults: readonly Mutation[],
): Promise<SideResult | null> {
  const noticed: (readonly [fault: Mutation, names: readonly string[]])[] = [];
  for (const fault of faults) {
    if (noticed.length === WANTED) break;
    const names = seenBy(await run(base, suite, fault), suite);
    if (names.length > 0) noticed.push([fault, names]);
  }
  if (noticed.length === 0) return null;
  const without = await twice(run, head, suite, null);
  if ('problem' in without) return red(without.problem);
  // One is enough: what is right on head may be right by a changed expectation, too.
  for (const [fault, names] of noticed) {
    const report = await twice(run, head, suite, fault);
    if ('problem' in report) return red(report.problem);
    if (!isPassedOver(report, names)) return { outcome: 'pass', because: '' };
  }
  return red(say.passedOver(noticed.length));
}

/**
 * Plants small faults in the files of each deterministic suite that leaves a report, and requires that on head, as on
 * base, one of them is reported. Code of a candidate runs beside such a suite: this finds one that reports in its place,
 * whatever the files say. Which faults, the head's tree decides: it holds cases that no agent has seen. One case for each
 * suite that passes them over, or on which none can be planted; none for the others.
 */
export async function plantFaults(
  ports: Pick<Ports, 'repository' | 'suites'>,
  configuration: Configuration,
  on: readonly [base: ReportedOn, head: ReportedOn],
  seen: readonly JudgedCase[],
  signal?: AbortSignal,
): Promise<readonly JudgedCase[]> {
  const seed = Number.parseInt(on[1].tree.slice(0, 8), 16);
  const run: Run = async (side, { report }, fault, anew) => {
    const { prepared } = side;
    const planted = async ({ file, text }: Mutation) => ports.repository.withFiles(side.tree, { [file]: text });
    const on = fault === null ? side : { tree: await planted(fault), prepared };
    const by = anew === undefined ? ports : { ...ports, suites: ports.suites.anew() };
    return reportOn(by, configuration, on, report, signal);
  };
  const judged = configuration.steps.map(async ({ name: step, report }): Promise<readonly JudgedCase[]> => {
    if (report === undefined || !report.deterministic || report.drop !== undefined) return [];
    const isGreen = ({ case: of, base, head }: JudgedCase) =>
      of.step === step && base.outcome === 'pass' && head.outcome === 'pass';
    const suite = { step, report, green: new Set(seen.filter(isGreen).map((one) => one.case.name)) };
    const result = await judgeFaults(run, on, suite, await faultsIn(ports, on[0], suite, seed));
    const of = { case: { step, name: say.name }, role: 'pass-to-pass' } as const;
    const skipped: SideResult = { outcome: 'skip', because: say.none };
    if (result === null) return [{ ...of, base: skipped, head: skipped }];
    return result.outcome === 'pass' ? [] : [{ ...of, base: { outcome: 'pass', because: '' }, head: result }];
  });
  return (await Promise.all(judged)).flat();
}
