import type { Case } from './domain/case.ts';
import { answersOf } from './domain/case-files.ts';
import { brokenOf, compareOracles, judgeOracle } from './domain/compare-oracles.ts';
import { globMatcher } from './domain/glob.ts';
import { ALWAYS_ORACLE, oracleGlobs } from './domain/integrity.ts';
import { type JudgedCase, judgeStep, type SideResult } from './domain/judge.ts';
import { guard as say } from './domain/messages/guard.ts';
import { allOf, type Verdict } from './domain/verdict.ts';
import type { Ports } from './ports.ts';
import { type Base, CONFIGURATION_FILE, type ReadBase, readBase } from './read-base.ts';
import { runCases } from './run-cases.ts';

/** A head of somebody's pull request, and the commit of the base branch that it stands on. */
interface Pair {
  readonly from: string;
  readonly head: string;
}

/** However long base's budget is. */
const MOST_MINUTES = 60;

const missing: SideResult = { outcome: 'missing', because: '' };
const whole = (parts: readonly Verdict[]): Verdict => allOf('gate', parts);
const alone = (because: string, held?: Verdict['held']): Verdict => ({
  name: 'gate',
  passed: false,
  because,
  ...(held !== undefined && { held }),
});

/** Paths of the head's changes that decide what it, or the next pull request, is judged by. */
async function oraclePaths(ports: Ports, { from, head }: Pair, sides: readonly ReadBase[]): Promise<readonly string[]> {
  const globs = sides.flatMap((side) => ('base' in side ? oracleGlobs(side.base.configuration) : ALWAYS_ORACLE));
  const isOracle = globMatcher(globs, true);
  const trees = await Promise.all([from, head].map((commit) => ports.repository.treeOf(commit)));
  const changes = await ports.repository.changes(trees[0] ?? '', trees[1] ?? '');
  return changes.map(({ path }) => path).filter(isOracle);
}

/** Runs cases of one commit's suites on the trees of several. Nothing finds its answers beside it. */
async function runOn(
  ports: Ports,
  by: Base,
  other: Base,
  runs: readonly { readonly commit: string; readonly cases: readonly Case[] }[],
  signal: AbortSignal,
): Promise<readonly (readonly SideResult[])[]> {
  const answers = [...answersOf(by.configuration), ...answersOf(other.configuration)];
  return Promise.all(
    runs.map(async ({ commit, cases }) => {
      if (cases.length === 0) return [];
      const checkout = await ports.repository.checkout(await ports.repository.treeOf(commit), answers);
      try {
        return await runCases(ports, by.configuration, checkout, cases, signal);
      } finally {
        await checkout.dispose();
      }
    }),
  );
}

/** Base's cases on both sides. */
async function byBase(ports: Ports, { from, head }: Pair, base: Base, own: Base, signal: AbortSignal) {
  const cases = [...base.cases.values()].flat();
  const runs = [from, head].map((commit) => ({ commit, cases }));
  const [before = [], after = []] = await runOn(ports, base, own, runs, signal);
  return cases.map(
    (of, i): JudgedCase => ({
      case: of,
      role: 'pass-to-pass',
      base: before[i] ?? missing,
      head: after[i] ?? missing,
    }),
  );
}

const stepsOf = ({ configuration }: Base, judged: readonly JudgedCase[]): readonly Verdict[] =>
  configuration.steps.map(({ name }) =>
    judgeStep(
      name,
      judged.filter((one) => one.case.step === name),
    ),
  );

/** What the head brings along itself, on the head alone. */
async function byOwn(
  ports: Ports,
  { head }: Pair,
  own: Base,
  other: Base,
  cases: readonly Case[],
  signal: AbortSignal,
) {
  const [after = []] = await runOn(ports, own, other, [{ commit: head, cases }], signal);
  return cases.map((of, i): JudgedCase => ({ case: of, role: 'new', base: missing, head: after[i] ?? missing }));
}

/** Judged twice where the head changes what it is judged by: by base's suites, and by its own. */
async function compare(ports: Ports, pair: Pair, base: Base, own: Base, paths: readonly string[], signal: AbortSignal) {
  const old = await byBase(ports, pair, base, own, signal);
  if (paths.length === 0)
    return whole([judgeOracle({ paths, change: compareOracles(base, own), broken: [] }), ...stepsOf(base, old)]);
  const change = compareOracles(base, own);
  const fresh = await byOwn(ports, pair, own, base, [...change.changed, ...change.added], signal);
  const same = new Set(change.same.map(({ step, name }) => JSON.stringify([step, name])));
  const kept = old.filter((one) => same.has(JSON.stringify([one.case.step, one.case.name])));
  return whole([judgeOracle({ paths, change, broken: brokenOf(old) }), ...stepsOf(own, [...kept, ...fresh])]);
}

/** Base's own files cannot be used: a head that mends them is judged by what it brings along, once that is accepted. */
async function withoutBase(ports: Ports, pair: Pair, own: Base, paths: readonly string[], signal: AbortSignal) {
  const cases = [...own.cases.values()].flat();
  const fresh = await byOwn(ports, pair, own, own, cases, signal);
  const oracle = judgeOracle({ paths, change: { same: [], removed: [], changed: [], added: cases }, broken: [] });
  return whole([{ ...oracle, because: `${say.baseUnusable}; ${oracle.because}` }, ...stepsOf(own, fresh)]);
}

/**
 * Judges the head of somebody's pull request against the commit of base that it stands on, case by case. Without a
 * configuration on base there is nothing to compare, and the verdict says so; what the head brings along is validated.
 */
export async function judgePull(ports: Ports, pair: Pair, stop: AbortSignal): Promise<Verdict> {
  const [base, own] = [await readBase(ports, pair.from), await readBase(ports, pair.head)];
  const paths = await oraclePaths(ports, pair, [base, own]);
  const has = async (commit: string) => (await ports.repository.idOf(commit, CONFIGURATION_FILE)) !== null;
  if (!(await has(pair.from))) {
    if (!(await has(pair.head))) return alone(say.noConfiguration, 'neutral');
    return 'problems' in own ? alone(say.ownProblems(own.problems)) : alone(say.firstConfiguration, 'neutral');
  }
  if ('problems' in own) {
    const foreign = 'problems' in base && paths.length === 0;
    return alone(foreign ? say.baseProblems(own.problems) : say.ownProblems(own.problems));
  }
  // Anybody may open a pull request: base says how long one may keep the machine busy.
  const { minutes } = ('base' in base ? base : own).base.configuration.budget;
  const limit = AbortSignal.timeout(Math.min(minutes, MOST_MINUTES) * 60_000);
  const signal = AbortSignal.any([stop, limit]);
  const verdict = await ('problems' in base
    ? withoutBase(ports, pair, own.base, paths, signal)
    : compare(ports, pair, base.base, own.base, paths, signal));
  return limit.aborted && !stop.aborted ? alone(say.tooLong(minutes)) : verdict;
}
