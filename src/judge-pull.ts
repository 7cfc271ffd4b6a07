import type { Case } from './domain/case.ts';
import { answersOf } from './domain/case-files.ts';
import { brokenOf, compareOracles, judgeOracle } from './domain/compare-oracles.ts';
import { CONFIGURATION_FILE } from './domain/configuration.ts';
import { dependencyGlobs } from './domain/dependencies.ts';
import { globMatcher } from './domain/glob.ts';
import { isForgiven, type JudgedCase, type SideResult } from './domain/judge.ts';
import { guard as say } from './domain/messages/guard.ts';
import { judgeSteps } from './domain/noise/apply-quarantine.ts';
import { extendedBy } from './domain/noise/quarantine.ts';
import { allOf, type Verdict } from './domain/verdict.ts';
import { judgeCases } from './judge-cases.ts';
import { judgeInTime, type Time } from './judge-in-time.ts';
import { layOutWith, preparedFor } from './lay-out.ts';
import { oracleChanges, type Pair } from './oracle-paths.ts';
import type { Checkout, Ports, Prepared, RawChange } from './ports.ts';
import { type Base, QUARANTINE_FILE, readBase } from './read-base.ts';
import { runCases } from './run-cases.ts';
import { runReports } from './run-reports.ts';

/** However long base's budget is: anybody may open a pull request. */
const MOST_MINUTES = 60;

const missing: SideResult = { outcome: 'missing', because: '' };
const whole = (parts: readonly Verdict[]): Verdict => allOf('gate', parts);
const alone = (because: string, held?: Verdict['held']): Verdict => ({
  name: 'gate',
  passed: false,
  because,
  ...(held !== undefined && { held }),
});

interface How extends Time {
  /** Of base, whatever the head says. */
  readonly prepared: Prepared | null;
  readonly onForgiven: () => void;
}

/** Lays trees out, and clears them away after use. Nothing finds its answers beside it. */
async function laidOut<T>(
  ports: Ports,
  [by, other]: readonly [Base, Base],
  commits: readonly string[],
  { prepared }: How,
  use: (laid: readonly Checkout[]) => Promise<T>,
): Promise<T> {
  const answers = [...answersOf(by.configuration), ...answersOf(other.configuration)];
  const laid: Checkout[] = [];
  try {
    for (const commit of commits)
      laid.push(await layOutWith(ports, await ports.repository.treeOf(commit), answers, prepared));
    return await use(laid);
  } finally {
    await Promise.all(laid.map((checkout) => checkout.dispose()));
  }
}

/** The head's tree with every file that base is judged by as it stands on base. */
async function withBasesOracle(ports: Ports, { from, head }: Pair, paths: readonly string[]): Promise<string> {
  const ids = await Promise.all(paths.map((path) => ports.repository.idOf(from, path)));
  const files = paths.map((path, i) => [path, ids[i] == null ? null : { id: ids[i] }] as const);
  return ports.repository.withFiles(await ports.repository.treeOf(head), Object.fromEntries(files));
}

/** Base's suites on both sides. */
async function byBase(
  ports: Ports,
  pair: Pair,
  base: Base,
  own: Base,
  paths: readonly string[],
  how: How,
): Promise<readonly JudgedCase[]> {
  const { from, head } = pair;
  const cases = [...base.cases.values()].flat().map((of) => ({ of, role: 'pass-to-pass' as const }));
  const judged = await laidOut(ports, [base, own], [from, head], how, ([before, after]) =>
    judgeCases(ports, base.configuration, [before as Checkout, after as Checkout], cases, how),
  );
  const on = [
    { tree: await ports.repository.treeOf(from), commit: from, prepared: how.prepared },
    { tree: await withBasesOracle(ports, pair, paths), commit: head, prepared: how.prepared },
  ] as const;
  return [...judged, ...(await runReports(ports, base.configuration, on, { ...how, mends: true }))];
}

const stepsOf = (
  ports: Ports,
  { configuration, quarantine }: Base,
  judged: readonly JudgedCase[],
): readonly Verdict[] => judgeSteps(configuration.steps, judged, quarantine, ports.clock.now().slice(0, 10));

/** What the head brings along itself: cases on the head alone, and what its reports name there. */
async function byOwn(ports: Ports, { from, head }: Pair, own: Base, other: Base, cases: readonly Case[], how: How) {
  const after = await laidOut(ports, [own, other], cases.length === 0 ? [] : [head], how, async ([checkout]) =>
    checkout === undefined ? [] : runCases(ports, own.configuration, checkout, cases, how.signal),
  );
  const judged = cases.map(
    (of, i): JudgedCase => ({ case: of, role: 'new', base: missing, head: after[i] ?? missing }),
  );
  const on = [
    { tree: await ports.repository.treeOf(from), commit: from, prepared: how.prepared },
    { tree: await ports.repository.treeOf(head), commit: head, prepared: how.prepared },
  ] as const;
  const reported = await runReports(ports, own.configuration, on, { ...how, mends: true });
  const [gone, there] = [true, false].map((is) => reported.filter((one) => (one.head.outcome === 'missing') === is));
  return { judged: [...judged, ...(there ?? [])], gone: (gone ?? []).map((one) => one.case) };
}

/** Those of the paths that decide which dependencies there are, by either side. */
function dependenciesIn(paths: readonly string[], ...sides: readonly Base[]): readonly string[] {
  const globs = sides.flatMap(({ configuration }) => dependencyGlobs(configuration));
  return paths.filter(globMatcher(globs, true));
}

const keyOf = ({ step, name }: JudgedCase['case']): string => JSON.stringify([step, name]);

/** Cases that base's suites named on base, and nothing that the head brings along names: it runs them no more. */
function goneFrom(old: readonly JudgedCase[], still: readonly JudgedCase['case'][]): readonly JudgedCase['case'][] {
  const known = new Set(still.map(keyOf));
  return old.filter((one) => one.base.outcome !== 'missing' && !known.has(keyOf(one.case))).map((one) => one.case);
}

/** Judged twice where the head changes what it is judged by: by base's suites, and by its own. */
async function compare(
  ports: Ports,
  pair: Pair,
  base: Base,
  own: Base,
  files: readonly RawChange[],
  how: How,
): Promise<Verdict> {
  const paths = files.map(({ path }) => path);
  const old = await byBase(ports, pair, base, own, paths, how);
  if (old.some(isForgiven)) how.onForgiven();
  const change = compareOracles(base, own);
  if (files.length === 0) return whole([judgeOracle({ files, change, broken: [] }), ...stepsOf(ports, base, old)]);
  const fresh = await byOwn(ports, pair, own, base, [...change.changed, ...change.added], how);
  if (fresh.judged.some(isForgiven)) how.onForgiven();
  const same = new Set(change.same.map(keyOf));
  const kept = old.filter((one) => same.has(keyOf(one.case)));
  const told = [...change.removed, ...fresh.gone];
  const still = [...change.same, ...change.changed, ...change.added, ...fresh.judged.map((one) => one.case)];
  const removed = [...told, ...goneFrom(old, [...told, ...still])];
  const quarantined = extendedBy(base.quarantine, own.quarantine);
  const dependencies = dependenciesIn(paths, base, own);
  const oracle = judgeOracle({
    files,
    dependencies,
    change: { ...change, removed },
    broken: brokenOf(old),
    quarantined,
  });
  return whole([oracle, ...stepsOf(ports, own, [...kept, ...fresh.judged])]);
}

/** Base's own files cannot be used: a head that mends them is judged by what it brings along, once that is accepted. */
async function withoutBase(
  ports: Ports,
  pair: Pair,
  own: Base,
  files: readonly RawChange[],
  how: How,
): Promise<Verdict> {
  const cases = [...own.cases.values()].flat();
  const fresh = await byOwn(ports, pair, own, own, cases, how);
  const paths = files.map(({ path }) => path);
  const oracle = judgeOracle({
    files,
    dependencies: dependenciesIn(paths, own),
    change: { same: [], removed: fresh.gone, changed: [], added: cases },
    broken: [],
    // Which of them stand on base, nobody can read.
    quarantined: paths.includes(QUARANTINE_FILE) ? own.quarantine : [],
  });
  return whole([
    { ...oracle, because: `${say.baseUnusable}; ${oracle.because}` },
    ...stepsOf(ports, own, fresh.judged),
  ]);
}

/**
 * Judges a head, or its merge into base, against the commit of base that it stands on, case by case. Without a
 * configuration on base there is nothing to compare, and the verdict says so; what the head brings along is validated.
 * `onForgiven`: called where a case is good only because that commit of base is no better.
 */
export async function judgePull(
  ports: Ports,
  pair: Pair,
  stop: AbortSignal,
  onForgiven: () => void = () => {},
): Promise<Verdict> {
  const [base, own] = [await readBase(ports, pair.from), await readBase(ports, pair.head)];
  const files = await oracleChanges(ports, pair, [base, own]);
  const has = async (commit: string) => (await ports.repository.idOf(commit, CONFIGURATION_FILE)) !== null;
  if (!(await has(pair.from))) {
    if (!(await has(pair.head))) return alone(say.noConfiguration, 'neutral');
    return 'problems' in own ? alone(say.ownProblems(own.problems)) : alone(say.firstConfiguration, 'neutral');
  }
  if ('problems' in own) {
    const foreign = 'problems' in base && files.length === 0;
    return alone(foreign ? say.baseProblems(own.problems) : say.ownProblems(own.problems));
  }
  // Base says how long one may keep the machine busy.
  const { minutes } = ('base' in base ? base : own).base.configuration.budget;
  const prepared = 'base' in base ? await preparedFor(ports, base.base, stop) : null;
  return judgeInTime(Math.min(minutes, MOST_MINUTES), stop, (time) =>
    'problems' in base
      ? withoutBase(ports, pair, own.base, files, { ...time, prepared, onForgiven })
      : compare(ports, pair, base.base, own.base, files, { ...time, prepared, onForgiven }),
  );
}
