import { contradictionsOf } from './check-spec.ts';
import type { UsedUp } from './domain/budget.ts';
import type { Fact } from './domain/fact.ts';
import { because } from './domain/messages/people.ts';
import { contradiction } from './domain/messages/rounds.ts';
import { keyOf } from './domain/rejection.ts';
import type { FileProblem } from './domain/rubric.ts';
import { nothingSpent } from './domain/spent.ts';
import type { At, Round } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import { toldEnough } from './domain/told-by-hold-outs.ts';
import { agentFor, implementSpec } from './implement-spec.ts';
import { judgeCandidate } from './judge-candidate.ts';
import { heldByOthers, letGoOf, reasonOf, setAside } from './keep-budget.ts';
import type { Agent, Ports } from './ports.ts';
import { type Base, readBase } from './read-base.ts';
import { lookBack } from './reflect.ts';
import type { Reporting } from './report-tickets.ts';
import { judgeOrChoose, makeCandidates } from './try-candidates.ts';
import { recordAfterwards } from './write-once.ts';

/** What the rounds so far say is next: another round, judging the last candidate, or the end of the attempt. */
type Next =
  /** Several candidates of a round are being made, judged or compared. */
  | { readonly is: 'go-on' }
  | { readonly is: 'implement'; readonly round: number }
  | { readonly is: 'judge' }
  | { readonly is: 'end'; readonly fact: Fact };

function nextOf(stage: At<'cleared'>, rounds: number, deterministic: boolean): Next {
  const last = stage.rounds.at(-1);
  if (last === undefined) return { is: 'implement', round: 1 };
  // What the day's budget cut off is made again on another day.
  if (last.failed?.code === 'budget-day') return { is: 'implement', round: last.round };
  if (last.failed !== null) return { is: 'end', fact: { kind: 'stopped', reason: last.failed } };
  if (last.candidate === null && last.tried.length > 0) return { is: 'go-on' };
  // A round that was started and neither ended nor failed was cut off by a crash: it is made again.
  if (last.candidate === null) return { is: 'implement', round: last.round };
  if (last.judged === null) return { is: 'judge' };
  const { held, because: why } = last.judged.verdict;
  // The same recipe gives the same candidate, and what waits for a person waits with another one, too.
  if (deterministic || held === 'waits' || last.round >= rounds)
    return { is: 'end', fact: { kind: 'stopped', reason: { code: 'rounds-used', detail: why } } };
  if (toldEnough(stage.rounds))
    return { is: 'end', fact: { kind: 'stopped', reason: { code: 'rounds-hold-outs', detail: why } } };
  return { is: 'implement', round: last.round + 1 };
}

/** A limit that leaves nothing ends the attempt in words, or this run of it, until the day is over. */
const outOf = (funds: UsedUp, queued: number): Fact =>
  funds.usedUp === 'day'
    ? { kind: 'run-lost', queued, because: because(reasonOf(funds)), weather: true }
    : { kind: 'stopped', reason: reasonOf(funds) };

async function oneMove(
  ports: Ports,
  stage: At<'cleared'>,
  base: Base,
  reports: Reporting,
  signal: AbortSignal,
): Promise<readonly Fact[]> {
  const agent = agentFor(ports, base, stage.approved);
  const next = nextOf(stage, base.configuration.budget.rounds, agent?.kind === 'recipe');
  if (next.is === 'end') return [next.fact];
  if (next.is === 'go-on') return goOn(ports, stage, base, agent, reports, signal);
  const last = stage.rounds.at(-1);
  const candidate = next.is === 'judge' ? (last?.candidate ?? null) : null;
  if (candidate !== null)
    return reports.beside(base, (sound) => judgeCandidate(ports, base, stage.approved, candidate, signal, sound));
  // Base may have got a case since the spec was announced as ready.
  const [impossible] = contradictionsOf(base, stage.approved.spec);
  if (impossible !== undefined)
    return [{ kind: 'stopped', reason: { code: 'spec-contradicts', detail: contradiction(impossible) } }];
  const funds = await setAside(ports, base.configuration, agent);
  if (funds === 'held') return [heldByOthers(stage.queued?.seq ?? 0)];
  if ('usedUp' in funds) return [outOf(funds, stage.queued?.seq ?? 0)];
  const looked = await lookBack(ports, base, stage.approved, last, agent, funds, signal);
  if (looked !== null) return [looked];
  const round = next.is === 'implement' ? next.round : 1;
  const { budget, agent: wanted } = base.configuration;
  const candidates = agent?.kind === 'model' ? wanted.candidates : 1;
  const several = candidates > 1 && { candidates };
  await recordAfterwards(ports, [
    { kind: 'round-started', round, base: base.commit, budget: budget.rejection, ...several },
  ]);
  const started = standingOf(await ports.ledger.read(keyOf(ports.ref))).stage;
  if (started.name !== 'cleared')
    return [{ kind: 'round-failed', round, reason: { code: 'agent-stopped' }, spent: nothingSpent }];
  // For when a candidate is judged.
  reports.begin(base);
  if (several) return goOn(ports, started, base, agent, reports, signal);
  return [await implementSpec(ports, base, { ...started, round, allowance: funds }, agent, signal)];
}

/** The commit of base that an unfinished round goes on with; undefined for today's. */
function begunOn({ candidate, judged, tried, failed, base }: Round): string | undefined {
  if (candidate !== null) return judged === null ? candidate.base : undefined;
  return tried.length > 0 && failed === null ? (base ?? undefined) : undefined;
}

/** Goes on with several candidates: those that are missing are made, whatever the day leaves for them. */
async function goOn(
  ports: Ports,
  { approved, rounds, queued }: At<'cleared'>,
  base: Base,
  agent: Agent | null,
  reports: Reporting,
  signal: AbortSignal,
): Promise<readonly Fact[]> {
  const round = rounds.at(-1);
  if (round === undefined) throw new Error('there is no round to go on with');
  const of = { approved, rounds, round };
  const missing = Array.from({ length: round.of }, (_, at) => at + 1).filter((n) =>
    round.tried.every((one) => one.n !== n),
  );
  if (missing.length === 0) return judgeOrChoose(ports, base, of, reports, signal);
  const funds = await setAside(ports, base.configuration, agent, missing.length);
  if (funds === 'held') return [heldByOthers(queued?.seq ?? 0)];
  if ('usedUp' in funds) {
    const reason = reasonOf(funds);
    const ended = {
      kind: 'candidate-ended',
      round: round.round,
      candidate: null,
      reason,
      spent: nothingSpent,
    } as const;
    return missing.map((n) => ({ ...ended, n }));
  }
  await makeCandidates(ports, base, of, missing, agent, funds, signal);
  return [];
}

/**
 * Rounds of the agent on base, each judged, until one is green or none is left. Returns what is wrong with the
 * repository's files, if that stops it.
 */
export async function implementRounds(
  ports: Ports,
  reports: Reporting,
  signal: AbortSignal,
): Promise<readonly FileProblem[]> {
  for (;;) {
    signal.throwIfAborted();
    const { stage } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
    // Without a queued run it was put off.
    if (stage.name !== 'cleared' || stage.queued === null) return [];
    // A candidate is judged against the base it was made on; a new round starts from the base of today.
    const at = stage.rounds.at(-1);
    const read = await readBase(ports, at === undefined ? undefined : begunOn(at));
    if ('problems' in read) return read.problems;
    const facts = await oneMove(ports, stage, read.base, reports, signal);
    signal.throwIfAborted();
    await recordAfterwards(ports, facts);
    await letGoOf(ports);
  }
}
