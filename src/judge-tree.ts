import { account, isGood, isOfSuite } from './domain/account.ts';
import type { ApprovedSpec } from './domain/approval.ts';
import { answersOf, caseFilesOf } from './domain/case-files.ts';
import { globMatcher } from './domain/glob.ts';
import { judgeIntegrity, oracleGlobs } from './domain/integrity.ts';
import { type JudgedCase, judgeAll, judgeSpec } from './domain/judge.ts';
import * as say from './domain/messages/gate.ts';
import { judgeSteps } from './domain/noise/apply-quarantine.ts';
import type { Verdict } from './domain/verdict.ts';
import { judgeCases, type RoleCase, type Sides } from './judge-cases.ts';
import { apartOfSpec, judgeHoldOuts } from './judge-hold-outs.ts';
import { judgeInTime, type Time } from './judge-in-time.ts';
import { layOutWith, preparedFor } from './lay-out.ts';
import { plantFaults } from './plant-faults.ts';
import type { Ports, Prepared } from './ports.ts';
import type { Base } from './read-base.ts';
import { type ReportedOn, runReports } from './run-reports.ts';

/** Largest diff that is searched for secrets. */
const DIFF_BYTES = 2_000_000;

/** The tree of base plus exactly the approved cases: what every candidate of this spec is measured from. */
const caseTreeOf = async (ports: Ports, base: Base, approved: ApprovedSpec): Promise<string> =>
  ports.repository.withFiles(
    await ports.repository.treeOf(base.commit),
    caseFilesOf(base.configuration.steps, approved, ports.ref.issue),
  );

/** All that is run at first. */
const openCases = (base: Base, approved: ApprovedSpec): readonly RoleCase[] => [
  ...[...base.cases.values()].flat().map((of) => ({ of, role: 'pass-to-pass' as const })),
  ...apartOfSpec(base.configuration, approved.spec),
];

async function layOutBoth<T>(
  ports: Ports,
  base: Base,
  trees: Trees,
  prepared: Prepared | null,
  use: (sides: Sides) => Promise<T>,
): Promise<T> {
  const answers = answersOf(base.configuration);
  const laying = await Promise.allSettled(trees.map((tree) => layOutWith(ports, tree, answers, prepared)));
  const laid = laying.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  try {
    for (const one of laying) if (one.status === 'rejected') throw one.reason;
    const [before, after] = laid;
    if (before === undefined || after === undefined) throw new Error('two trees were asked for');
    return await use([before, after]);
  } finally {
    await Promise.all(laid.map((checkout) => checkout.dispose()));
  }
}

async function integrityOf(ports: Ports, base: Base, approved: ApprovedSpec, head: string): Promise<Verdict> {
  const from = await caseTreeOf(ports, base, approved);
  const budget = base.configuration.budget;
  const diff = await ports.repository.diff(from, head, DIFF_BYTES);
  return judgeIntegrity({
    changes: await ports.repository.changes(from, head),
    paths: approved.paths,
    oracle: oracleGlobs(base.configuration),
    limits: { lines: budget['diff-lines'], files: budget['diff-files'] },
    diff: diff.length >= DIFF_BYTES ? null : diff,
  });
}

export interface JudgeHow {
  /**
   * In a round: steps whose declared inputs the candidate leaves untouched are not run where it is red anyway. What is
   * proposed was run whole: a green verdict never carries anything over.
   */
  readonly carryOver?: boolean;
  /** The commit that the tree was made of, where there is one. */
  readonly commit?: string | undefined;
  /** Called when integrity stands: from then on what is in the tree may be run. */
  readonly onSound?: () => void;
  readonly signal?: AbortSignal | undefined;
}

type Trees = readonly [base: string, head: string];

/** Names of the steps whose declared inputs a head changes, and of the one that it is to repair. */
async function touchedSteps(
  ports: Ports,
  base: Base,
  approved: ApprovedSpec,
  trees: Trees,
): Promise<ReadonlySet<string>> {
  const paths = (await ports.repository.changes(...trees)).map(({ path }) => path);
  const touched = base.configuration.steps.filter(
    ({ name, inputs }) => name === approved.spec.step || paths.some(globMatcher(inputs)),
  );
  return new Set(touched.map(({ name }) => name));
}

/** Runs every suite of some steps, and the approved cases that are not apart, on both sides. */
async function runSteps(
  ports: Ports,
  base: Base,
  on: readonly [base: ReportedOn, head: ReportedOn],
  sides: Sides,
  cases: readonly RoleCase[],
  names: ReadonlySet<string>,
  time: Time,
): Promise<readonly JudgedCase[]> {
  const { configuration } = base;
  const steps = configuration.steps.filter(({ name }) => names.has(name));
  const judged = await judgeCases(ports, configuration, sides, cases, time);
  return [...judged, ...(await runReports(ports, { ...configuration, steps }, on, time))];
}

/** Red in the verdict whatever the suites come to. */
const isRed = ({ role, base, head }: JudgedCase): boolean =>
  !isOfSuite(role) && !isGood(account(role, base.outcome, head.outcome));

const stepOf = (verdict: Verdict): string => verdict.name.replace(/^step /, '');

/** Judgements of steps that were not run, and of those that broke though nothing that they say they depend on changed. */
function withInputs(verdict: Verdict, touched: ReadonlySet<string>, carried: boolean): Verdict {
  if (touched.has(stepOf(verdict))) return verdict;
  if (carried) return { name: verdict.name, passed: true, because: say.carriedOver };
  if (verdict.passed) return verdict;
  const wrong: Verdict = { name: 'inputs', passed: false, because: say.undeclaredInputs };
  return { ...verdict, children: [...(verdict.children ?? []), wrong] };
}

/**
 * Judges a tree against base: integrity first, and nothing of a tree that fails it is run; then every step's cases and
 * the approved ones on both sides; hold-outs last, in sandboxes of their own of which no output is shown. What is green by
 * then has to notice faults that are planted in suites of the repository's own. All of it within `budget.minutes`.
 */
export async function judgeTree(
  ports: Ports,
  base: Base,
  approved: ApprovedSpec,
  head: string,
  how: JudgeHow = {},
): Promise<Verdict> {
  const integrity = await integrityOf(ports, base, approved, head);
  if (!integrity.passed) return { ...integrity, name: 'gate', children: [integrity] };
  how.onSound?.();
  const prepared = await preparedFor(ports, base, how.signal);
  const { minutes } = base.configuration.budget;
  return judgeInTime(minutes, how.signal, (time) =>
    judgeRuns(ports, base, approved, { integrity, head, how, time, prepared }),
  );
}

/** What is judged by running it. */
interface Running {
  readonly integrity: Verdict;
  readonly head: string;
  readonly how: JudgeHow;
  readonly time: Time;
  readonly prepared: Prepared | null;
}

async function judgeRuns(
  ports: Ports,
  base: Base,
  approved: ApprovedSpec,
  { integrity, head, how: { carryOver = false, commit }, time, prepared }: Running,
): Promise<Verdict> {
  const { configuration, quarantine } = base;
  const trees: Trees = [await ports.repository.treeOf(base.commit), head];
  const touched = await touchedSteps(ports, base, approved, trees);
  const untouched = new Set(configuration.steps.map(({ name }) => name).filter((name) => !touched.has(name)));
  const on = [
    { tree: trees[0], commit: base.commit, prepared },
    { tree: head, commit, prepared },
  ] as const;
  const today = ports.clock.now().slice(0, 10);
  const stepsBy = (cases: readonly JudgedCase[]) => judgeSteps(configuration.steps, cases, quarantine, today);
  // Told by the very verdicts that count: what they leave out, as a case in quarantine, makes nothing red.
  const isDecided = (cases: readonly JudgedCase[]): boolean =>
    cases.some(isRed) || stepsBy(cases).some((step) => touched.has(stepOf(step)) && !step.passed);
  const { seen, holdOuts, carried } = await layOutBoth(ports, base, trees, prepared, async (sides) => {
    const open = openCases(base, approved);
    const waits = ({ of, role }: RoleCase) => role === 'pass-to-pass' && untouched.has(of.step);
    const run = (cases: readonly RoleCase[], names: ReadonlySet<string>) =>
      runSteps(ports, base, on, sides, cases, names, time);
    const first = await run(
      open.filter((one) => !waits(one)),
      touched,
    );
    const carried = carryOver && untouched.size > 0 && isDecided(first);
    const seen = carried ? first : [...first, ...(await run(open.filter(waits), untouched))];
    return { seen, carried, holdOuts: await judgeHoldOuts(ports, configuration, sides, approved.spec, seen, time) };
  });
  const spec = judgeSpec([...seen.filter((j) => !isOfSuite(j.role)), ...holdOuts], approved.spec['no-hold-out']);
  const judgeBy = (cases: readonly JudgedCase[]): Verdict => {
    const steps = stepsBy(cases).map((step) => withInputs(step, touched, carried));
    return judgeAll(integrity, spec, steps);
  };
  const verdict = judgeBy(seen);
  if (!verdict.passed) return verdict;
  if (carried) throw new Error('a green verdict carries nothing over');
  // Only what would be proposed is worth the time.
  const planted = await plantFaults(ports, configuration, on, seen, time.signal);
  return planted.length === 0 ? verdict : judgeBy([...seen, ...planted]);
}
