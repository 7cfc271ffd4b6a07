import { baseOfHead } from './base-of-head.ts';
import type { Configuration } from './domain/configuration.ts';
import type { Fact, FactOf, Reason } from './domain/fact.ts';
import { because as why } from './domain/messages/people.ts';
import { keyOf } from './domain/rejection.ts';
import { type Remark, remarksHash } from './domain/review.ts';
import type { FileProblem } from './domain/rubric.ts';
import type { At, Round } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import { toldEnough } from './domain/told-by-hold-outs.ts';
import { implementSpec } from './implement-spec.ts';
import { judgeCandidate } from './judge-candidate.ts';
import { heldByOthers, letGoOf, reasonOf, setAside } from './keep-budget.ts';
import type { Ports } from './ports.ts';
import { type Base, readBase } from './read-base.ts';
import { lookBack } from './reflect.ts';
import type { Reporting } from './report-tickets.ts';
import { readRemarks, revisingAgent } from './sort-review.ts';
import { recordAfterwards } from './write-once.ts';

/** A proposal whose review makes another round. */
interface Revising {
  readonly stage: At<'proposed'>;
  readonly routed: FactOf<'revision-routed'>;
  /** The rounds that were made for this review. */
  readonly rounds: readonly Round[];
}

async function revisingNow(ports: Ports): Promise<Revising | null> {
  const { stage } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  if (stage.name !== 'proposed' || stage.queued?.fact.what !== 'revise') return null;
  const { routed = null, stopped = null } = stage.revision ?? {};
  if (routed === null || stopped !== null) return null;
  return { stage, routed, rounds: stage.rounds.filter(({ round }) => round > routed.after) };
}

/** What the agent is to do, by the words that stand in the review now; or why it does nothing. */
async function wishesOf(
  ports: Ports,
  { stage, routed }: Revising,
  where: Pick<Base, 'configuration' | 'commit'>,
): Promise<readonly Remark[] | Reason> {
  const remarks = await readRemarks(ports, stage.proposal.pullRequest, routed.review, where);
  if (remarks === null) return { code: 'revision-withdrawn' };
  if (remarks === 'too-much' || remarksHash(remarks) !== routed.remarksHash) return { code: 'revision-edited' };
  return remarks.filter((_, index) => routed.remarks[index]?.answer === undefined);
}

async function oneMove(
  ports: Ports,
  revising: Revising,
  base: Base,
  today: Configuration,
  reports: Reporting,
  signal: AbortSignal,
): Promise<readonly Fact[]> {
  const { stage, routed, rounds } = revising;
  const last = rounds.at(-1);
  const stop = (reason: Reason): readonly Fact[] => [{ kind: 'revision-stopped', review: routed.review, reason }];
  // What the day's budget cut off is made again on another day.
  const cutOff = last?.failed?.code === 'budget-day';
  if (last?.failed && !cutOff) return stop(last.failed);
  const candidate = last?.judged === null ? last.candidate : null;
  if (candidate !== null)
    return reports.beside(base, (sound) => judgeCandidate(ports, base, stage.approved, candidate, signal, sound));
  const { held, because = '' } = last?.judged?.verdict ?? {};
  if (last?.judged && (held === 'waits' || last.round - routed.after >= base.configuration.budget.rounds))
    return stop({ code: 'rounds-used', detail: because });
  if (last?.judged && toldEnough(stage.rounds)) return stop({ code: 'rounds-hold-outs', detail: because });
  const wishes = await wishesOf(ports, revising, { configuration: today, commit: base.commit });
  if ('code' in wishes) return stop(wishes);
  const agent = revisingAgent(ports, base.configuration);
  const funds = await setAside(ports, base.configuration, agent);
  if (funds === 'held') return [heldByOthers(stage.queued?.seq ?? 0)];
  if ('usedUp' in funds) {
    if (funds.usedUp === 'rejection') return stop(reasonOf(funds));
    const queued = stage.queued?.seq ?? 0;
    return [{ kind: 'run-lost', queued, because: why(reasonOf(funds)), weather: true }];
  }
  const looked = await lookBack(ports, base, stage.approved, last, agent, funds, signal);
  if (looked !== null) return [looked];
  // A round that was started and neither ended nor failed was cut off by a crash: it is made again.
  const round = last === undefined ? routed.after + 1 : last.judged === null ? last.round : last.round + 1;
  await recordAfterwards(ports, [
    { kind: 'round-started', round, base: base.commit, budget: base.configuration.budget.rejection },
  ]);
  const attempt = { approved: stage.approved, rounds, round, allowance: funds };
  reports.begin(base);
  return [await implementSpec(ports, base, attempt, agent, signal, { head: stage.proposal.head, wishes, today })];
}

/**
 * Rounds of the agent on top of what stands on the branch, each judged like any candidate, until one is green or none is
 * left. What is green waits to be pushed. Returns what is wrong with the repository's files, if that stops it.
 */
export async function reviseRounds(
  ports: Ports,
  reports: Reporting,
  signal: AbortSignal,
): Promise<readonly FileProblem[]> {
  for (;;) {
    signal.throwIfAborted();
    const revising = await revisingNow(ports);
    if (revising === null) return [];
    const today = await readBase(ports);
    if ('problems' in today) return today.problems;
    // A candidate is judged against the base it was made on.
    const last = revising.rounds.at(-1);
    const made = last?.candidate && last.judged === null ? last.candidate.base : null;
    const read = await readBase(ports, made ?? (await baseOfHead(ports, revising.stage, today.base.commit)));
    if ('problems' in read) return read.problems;
    const facts = await oneMove(ports, revising, read.base, today.base.configuration, reports, signal);
    signal.throwIfAborted();
    await recordAfterwards(ports, facts);
    await letGoOf(ports);
  }
}
