import type { ApprovedSpec } from './domain/approval.ts';
import { type Allowance, shareOf } from './domain/budget.ts';
import { answersOf } from './domain/case-files.ts';
import { equalJson } from './domain/compare-json.ts';
import type { Fact, FactOf } from './domain/fact.ts';
import { distinct, foremost, type Judged, ranked, ticketApart } from './domain/rank-candidates.ts';
import type { Report } from './domain/report/report.ts';
import type { Chosen } from './domain/round-fact.ts';
import { nothingSpent } from './domain/spent.ts';
import type { Contender, Round } from './domain/stage.ts';
import { implementSpec } from './implement-spec.ts';
import { judgeCandidate } from './judge-candidate.ts';
import { layOutWith, preparedFor } from './lay-out.ts';
import type { Agent, Ports } from './ports.ts';
import type { Base } from './read-base.ts';
import type { Reporting } from './report-tickets.ts';
import { recordAfterwards } from './write-once.ts';

/** A round in which several agents work side by side, each on a checkout of its own. */
export interface SideBySide {
  readonly approved: ApprovedSpec;
  /** All rounds of the attempt, this one last. */
  readonly rounds: readonly Round[];
  readonly round: Round;
}

/** Cases that are looked at for one that tells two candidates apart. */
const MOST_CASES = 500;

/** Makes those that the facts do not tell of (`missing`), all at once, and records each as it ends. Throws what one of them throws. */
export async function makeCandidates(
  ports: Ports,
  base: Base,
  { approved, rounds, round }: SideBySide,
  missing: readonly number[],
  agent: Agent | null,
  allowance: Allowance,
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const make = async (n: number): Promise<void> => {
    const share = shareOf(allowance, round.of);
    const attempt = { approved, rounds, round: round.round, candidate: n, allowance: share };
    const made = await implementSpec(ports, base, attempt, agent, stop);
    stop.throwIfAborted();
    const { spent } = made;
    const end =
      made.kind === 'round-ended'
        ? { candidate: made.candidate, reason: null }
        : { candidate: null, reason: made.reason };
    await recordAfterwards(ports, [{ kind: 'candidate-ended', round: round.round, n, ...end, spent }]);
  };
  const working = missing.map((n) =>
    make(n).catch((error: unknown) => {
      // Whatever the first one throws ends the others, and is what is thrown.
      failed.abort(error);
    }),
  );
  await Promise.all(working);
  signal.throwIfAborted();
  failed.signal.throwIfAborted();
}

async function judgeOne(
  ports: Ports,
  base: Base,
  approved: ApprovedSpec,
  round: number,
  { n, candidate }: Contender,
  signal: AbortSignal,
): Promise<FactOf<'candidate-judged'>> {
  if (candidate === null) throw new Error('there is no candidate to judge');
  const { tree, verdict, seconds } = await judgeCandidate(ports, base, approved, candidate, signal);
  const changes = await ports.repository.changes(await ports.repository.treeOf(candidate.base), candidate.tree);
  const lines = changes.reduce((sum, { added, removed }) => sum + added + removed, 0);
  return { kind: 'candidate-judged', round, n, tree, verdict, seconds, lines };
}

/** The first case that people may see, and of which two trees give different outputs; null where there is none. */
async function caseApart(
  ports: Ports,
  base: Base,
  approved: ApprovedSpec,
  trees: readonly [string, string],
  signal: AbortSignal,
): Promise<string | null> {
  const { configuration } = base;
  const { acceptance, guards } = approved.spec;
  const prepared = await preparedFor(ports, base, signal);
  const laid = await Promise.all(trees.map((tree) => layOutWith(ports, tree, answersOf(configuration), prepared)));
  try {
    for (const step of configuration.steps.filter(({ deterministic }) => deterministic)) {
      const standing = base.cases.get(step.name) ?? [];
      const cases = [...acceptance, ...guards, ...standing]
        .filter((one) => one.step === step.name)
        .slice(0, MOST_CASES);
      const inputs = cases.map(({ input }) => input);
      const [one = [], other = []] = await Promise.all(
        laid.map((checkout) => ports.suites.outputs(checkout, step, inputs, signal)),
      );
      const found = cases.find((_, at) => {
        const [a, b] = [one[at], other[at]];
        return a?.status === 'output' && b?.status === 'output' && !equalJson(a.output, b.output);
      });
      if (found !== undefined) return found.name;
    }
    return null;
  } finally {
    await Promise.all(laid.map((checkout) => checkout.dispose()));
  }
}

/** Something that comes out differently by the two: a stored ticket, else a case; null where nothing is known to. */
async function whatSetsApart(
  ports: Ports,
  base: Base,
  approved: ApprovedSpec,
  [one, other]: readonly [Compared, Compared],
  signal: AbortSignal,
): Promise<Chosen['apart'] | null> {
  const ticket = one.report !== null && other.report !== null ? ticketApart(one.report, other.report) : null;
  if (ticket !== null) return { with: other.of.n, what: 'ticket', name: ticket };
  const name = await caseApart(ports, base, approved, [one.of.judged.tree, other.of.judged.tree], signal);
  return name === null ? null : { with: other.of.n, what: 'case', name };
}

interface Compared {
  readonly of: Judged;
  readonly report: Report | null;
}

/** Which of those that are equally good so far is taken, and why: the one that changes the fewest outputs, or the first. */
async function chooseAmong(
  ports: Ports,
  base: Base,
  approved: ApprovedSpec,
  equals: readonly Judged[],
  reports: Reporting,
  signal: AbortSignal,
): Promise<{ taken: Judged; why: Pick<Chosen, 'because' | 'apart'> }> {
  const compared: Compared[] = [];
  for (const of of equals) compared.push({ of, report: await reports.of(base, of.judged.tree) });
  signal.throwIfAborted();
  const changed = ({ report }: Compared): number => report?.counts.changed ?? 0;
  const known = compared.every(({ report }) => report !== null);
  const fewest = known ? Math.min(...compared.map(changed)) : 0;
  const [first, ...others] = known ? compared.filter((one) => changed(one) === fewest) : compared;
  if (first === undefined) throw new Error('nothing to choose from');
  for (const other of others) {
    const apart = await whatSetsApart(ports, base, approved, [first, other], signal);
    if (apart !== null && apart !== undefined) return { taken: first.of, why: { because: 'tie', apart } };
  }
  return { taken: first.of, why: { because: others.length > 0 ? 'alike' : 'fewest' } };
}

/** The end of a round of which no candidate is green: a red one to learn from, or why there is none. */
function withoutGreen(round: Round, best: Judged | undefined): Fact | Judged {
  const reasons = round.tried.flatMap(({ reason }) => reason ?? []);
  const cannot = reasons.find(({ code }) => code === 'agent-cannot');
  // Somebody says that it cannot be done, and nobody has shown that it can.
  const told = cannot ?? reasons.find(({ code }) => code === 'budget-day') ?? reasons[0] ?? { code: 'agent-no-change' };
  if (best !== undefined && (cannot === undefined || best.judged.verdict.held === 'waits')) return best;
  return { kind: 'round-failed', round: round.round, reason: told, spent: nothingSpent };
}

async function choose(
  ports: Ports,
  base: Base,
  { approved, round }: SideBySide,
  reports: Reporting,
  signal: AbortSignal,
): Promise<readonly Fact[]> {
  const order = ranked(round);
  const green = order.filter(({ judged }) => judged.verdict.passed).length;
  const equals = foremost(order);
  const [first] = equals;
  const red = green === 0 ? withoutGreen(round, first) : null;
  if (red !== null && 'kind' in red) return [red];
  const several = equals.length > 1;
  const { taken, why } = several
    ? await chooseAmong(ports, base, approved, equals, reports, signal)
    : { taken: red ?? first, why: { because: green === 0 ? 'none' : green === 1 ? 'only' : 'smallest' } as const };
  if (taken === undefined) throw new Error('nothing to choose from');
  const { tree, verdict } = taken.judged;
  const chosen: Chosen = { n: taken.n, of: round.of, green, ...why };
  // What it spent stands with each candidate.
  const judged = { kind: 'judged', base: base.commit, tree, head: null, merge: false, verdict, seconds: 0 } as const;
  const told = await reports.beside(base, async (sound) => {
    if (verdict.passed) sound(tree);
    return judged;
  });
  const { candidate } = taken;
  return [{ kind: 'round-ended', round: round.round, candidate, spent: nothingSpent, by: 'model', chosen }, ...told];
}

/** What is next of a round whose candidates were all made: one more judged, each tree once, or the choice among them. */
export async function judgeOrChoose(
  ports: Ports,
  base: Base,
  of: SideBySide,
  reports: Reporting,
  signal: AbortSignal,
): Promise<readonly Fact[]> {
  const next = distinct(of.round.tried).find(({ judged }) => judged === null);
  if (next === undefined) return choose(ports, base, of, reports, signal);
  return [await judgeOne(ports, base, of.approved, of.round.round, next, signal)];
}
