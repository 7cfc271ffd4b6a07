import type { Fact, FactOf } from './domain/fact.ts';
import { LABELS } from './domain/labels.ts';
import { keyOf } from './domain/rejection.ts';
import type { At, Standing } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import { agentFor, implementSpec } from './implement-spec.ts';
import { judgeCandidate, judgeHead } from './judge-candidate.ts';
import { type Ports, SandboxRefused, Weather } from './ports.ts';
import { type Base, readBase } from './read-base.ts';
import { refuseConfiguration } from './refuse-configuration.ts';
import { recordAfterwards } from './write-once.ts';

const runOf = (seq: number): string => `run-${seq}`;

/** Notes the work in the ledger first, then queues it under the name that follows from that fact. */
async function queue(ports: Ports, fact: FactOf<'run-queued'>): Promise<void> {
  await recordAfterwards(ports, [fact]);
  const { stage } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  if ((stage.name === 'cleared' || stage.name === 'proposed') && stage.queued !== null)
    await ports.queue.enqueueRun(ports.ref, runOf(stage.queued.seq));
}

/** Queues the agent's rounds, once; while they run, taking the label off or closing the rejection stops them. */
export async function queueImplementing(ports: Ports, stage: At<'cleared'>): Promise<readonly Fact[]> {
  const read = await readBase(ports);
  if ('problems' in read) return refuseConfiguration(ports, read.problems);
  if (stage.queued === null) {
    await queue(ports, { kind: 'run-queued', what: 'implement', head: null, base: null });
    return [];
  }
  const issue = await ports.forge.issue(ports.ref.issue);
  if (issue.open && issue.labels.includes(LABELS.clear)) {
    await ports.queue.enqueueRun(ports.ref, runOf(stage.queued.seq));
    return [];
  }
  ports.queue.cancelRun(keyOf(ports.ref));
  if (!issue.open) return [{ kind: 'closed-by-hand', what: 'rejection', by: issue.closedBy ?? 'Somebody' }];
  return [{ kind: 'stopped', reason: { code: 'label-removed' } }];
}

/** Queues the judging of the head (`base: null`), or of its merge into this base. */
export async function queueJudging(ports: Ports, stage: At<'proposed'>, base: string | null): Promise<readonly Fact[]> {
  const { head } = stage.proposal;
  const queued = stage.queued;
  if (queued !== null && queued.fact.head === head && queued.fact.base === base) {
    await ports.queue.enqueueRun(ports.ref, runOf(queued.seq));
    return [];
  }
  await queue(ports, { kind: 'run-queued', what: 'judge', head, base });
  return [];
}

/** What the rounds so far say is next: another round, judging the last candidate, or the end of the attempt. */
type Next =
  | { readonly is: 'implement'; readonly round: number }
  | { readonly is: 'judge' }
  | { readonly is: 'end'; readonly fact: Fact };

function nextOf(stage: At<'cleared'>, rounds: number, deterministic: boolean): Next {
  const last = stage.rounds.at(-1);
  if (last === undefined) return { is: 'implement', round: 1 };
  if (last.failed !== null) return { is: 'end', fact: { kind: 'stopped', reason: last.failed } };
  // A round that was started and neither ended nor failed was cut off by a crash: it is made again.
  if (last.candidate === null) return { is: 'implement', round: last.round };
  if (last.judged === null) return { is: 'judge' };
  // The same recipe gives the same candidate: trying it again proves nothing.
  if (deterministic || last.round >= rounds)
    return {
      is: 'end',
      fact: { kind: 'stopped', reason: { code: 'rounds-used', detail: last.judged.verdict.because } },
    };
  return { is: 'implement', round: last.round + 1 };
}

async function oneMove(ports: Ports, stage: At<'cleared'>, base: Base, signal: AbortSignal): Promise<Fact> {
  const agent = agentFor(ports, base, stage.approved);
  const next = nextOf(stage, base.configuration.budget.rounds, agent?.kind === 'recipe');
  if (next.is === 'end') return next.fact;
  const last = stage.rounds.at(-1);
  if (next.is === 'judge' && last?.candidate)
    return judgeCandidate(ports, base, stage.approved, last.candidate, signal);
  const round = next.is === 'implement' ? next.round : 1;
  await recordAfterwards(ports, [{ kind: 'round-started', round, base: base.commit }]);
  const started = standingOf(await ports.ledger.read(keyOf(ports.ref))).stage;
  if (started.name !== 'cleared')
    return {
      kind: 'round-failed',
      round,
      reason: { code: 'agent-stopped' },
      spent: { seconds: 0, tokens: 0, requests: 0 },
    };
  return implementSpec(ports, base, started, agent, signal);
}

async function implementAndJudge(ports: Ports, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const { stage } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
    if (stage.name !== 'cleared') return;
    // A candidate is judged against the base it was made on; a new round starts from the base of today.
    const at = stage.rounds.at(-1);
    const read = await readBase(ports, at?.candidate && at.judged === null ? at.candidate.base : undefined);
    if ('problems' in read) return recordAfterwards(ports, await refuseConfiguration(ports, read.problems));
    const fact = await oneMove(ports, stage, read.base, signal);
    signal.throwIfAborted();
    await recordAfterwards(ports, [fact]);
  }
}

async function judgeProposal(ports: Ports, stage: At<'proposed'>, signal: AbortSignal): Promise<void> {
  const read = await readBase(ports);
  if ('problems' in read) return recordAfterwards(ports, await refuseConfiguration(ports, read.problems));
  const { base } = read;
  const { head } = stage.proposal;
  const wanted = stage.queued?.fact;
  const merge = wanted?.base !== null && wanted?.base !== undefined;
  if (!merge) {
    // The head is judged by the base it was made on; where it stands on a newer one, by that.
    const from = (await ports.repository.mergeBase(base.commit, head)) ?? base.commit;
    const own = from === base.commit ? { base } : await readBase(ports, from);
    if ('problems' in own) return recordAfterwards(ports, await refuseConfiguration(ports, own.problems));
    const tree = await ports.repository.treeOf(head);
    return recordAfterwards(ports, [
      await judgeHead(ports, own.base, stage.approved, { commit: head, tree, merge: false }, signal),
    ]);
  }
  const merged = await ports.repository.merge(base.commit, head);
  if ('conflicts' in merged)
    return recordAfterwards(ports, [
      { kind: 'merge-refused', head, reason: { code: 'merge-conflict', detail: merged.conflicts.join(', ') } },
    ]);
  await recordAfterwards(ports, [
    await judgeHead(ports, base, stage.approved, { commit: head, tree: merged.tree, merge: true }, signal),
  ]);
}

async function doWork(ports: Ports, standing: Standing, signal: AbortSignal): Promise<void> {
  const refusal = await ports.sandbox.refusal();
  if (refusal !== null) throw new SandboxRefused(refusal);
  if (standing.stage.name === 'cleared') await implementAndJudge(ports, signal);
  if (standing.stage.name === 'proposed') await judgeProposal(ports, standing.stage, signal);
}

/**
 * The long part: rounds of the agent and judging, outside of any advance. May be started twice: it goes on from what
 * the facts say. Weather ends it as lost, to be queued again; a sandbox that does not hold ends the attempt in words.
 * Throws when it was cut off by a shutdown, or by weather.
 */
export async function work(ports: Ports, run: string, signal: AbortSignal): Promise<void> {
  const standing = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  const { stage } = standing;
  if (
    (stage.name !== 'cleared' && stage.name !== 'proposed') ||
    stage.queued === null ||
    runOf(stage.queued.seq) !== run
  )
    return;
  try {
    await doWork(ports, standing, signal);
  } catch (error) {
    // A shutdown must throw, so that the next process starts this again; a stop on request has ended it for good.
    if (signal.aborted && signal.reason === 'stop-requested') return;
    if (signal.aborted) throw error;
    const because = error instanceof Error ? error.message : String(error);
    if (error instanceof SandboxRefused)
      return recordAfterwards(ports, [{ kind: 'stopped', reason: { code: 'no-sandbox', detail: because } }]);
    await recordAfterwards(ports, [{ kind: 'run-lost', queued: stage.queued.seq, because: because.slice(0, 300) }]);
    if (!(error instanceof Weather)) ports.log.error('work failed', { rejection: keyOf(ports.ref), error: because });
    throw error;
  }
}
