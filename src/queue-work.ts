import { findStop } from './answer-stop.ts';
import type { Fact, FactOf, Reason } from './domain/fact.ts';
import { hasLabel, LABELS } from './domain/labels.ts';
import { engineTrouble } from './domain/messages/engine.ts';
import { guard } from './domain/messages/guard.ts';
import { keyOf } from './domain/rejection.ts';
import type { At, Group, Lost, Stage } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import type { Verdict } from './domain/verdict.ts';
import { agentFor } from './implement-spec.ts';
import { groupNotJudged } from './judge-pairs.ts';
import { putOff } from './keep-budget.ts';
import { lookAgain } from './look-again.ts';
import type { Ports } from './ports.ts';
import { type Base, readBase } from './read-base.ts';
import { refuseConfiguration } from './refuse-configuration.ts';
import { revisingAgent } from './sort-review.ts';
import { recordAfterwards } from './write-once.ts';

/** Stages that wait for long work. */
export const isWorkedOn = (stage: Stage): stage is At<'cleared'> | At<'proposed'> | At<'guarded'> =>
  stage.name === 'cleared' || stage.name === 'proposed' || stage.name === 'guarded';

export const runOf = (seq: number): string => `run-${seq}`;

/** Notes the work in the ledger first, then queues it under the name that follows from that fact. */
async function queue(ports: Ports, fact: FactOf<'run-queued'>): Promise<void> {
  await recordAfterwards(ports, [fact]);
  const { stage } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  if (isWorkedOn(stage) && stage.queued !== null) await ports.queue.enqueueRun(ports.ref, runOf(stage.queued.seq));
}

/**
 * Sees to it that the work that was noted is queued. It may be over though nothing that it did was recorded: the database
 * was away at its end. Then it is lost, and queued anew.
 */
async function keepQueued(ports: Ports, seq: number): Promise<readonly Fact[]> {
  if ((await ports.queue.enqueueRun(ports.ref, runOf(seq))) === 'queued') {
    await lookAgain(ports);
    return [];
  }
  // What it recorded stands in the ledger by now, and would have ended the waiting for it.
  const { stage } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  const waits = isWorkedOn(stage) && stage.queued?.seq === seq;
  return waits ? [{ kind: 'run-lost', queued: seq, because: engineTrouble.unrecorded(), weather: true }] : [];
}

/** Ours: not the weather's. After this many in a row, trying again is no use. */
const MOST_OURS = 4;
const LONGEST_WAIT_MS = 5 * 60_000;

/** Work that was lost is tried again after a wait that doubles; what fails for a lasting reason ends in words. */
async function whenLost(ports: Ports, lost: Lost | null): Promise<'go' | 'wait' | 'give-up'> {
  if (lost === null) return 'go';
  if (lost.ours >= MOST_OURS) return 'give-up';
  const wait = Math.min(LONGEST_WAIT_MS, 1000 * 2 ** lost.times);
  // No longer than that, whatever clock wrote the time.
  const left = Math.min(wait, Date.parse(lost.at) + wait - Date.parse(ports.clock.now()));
  if (left <= 0) return 'go';
  await ports.queue.wakeAfter(ports.ref, left + 50);
  return 'wait';
}

/** Why people want no attempt any more, now: the rejection is closed, the label off, or somebody asked to stop. */
async function withdrawn(ports: Ports, stage: At<'cleared'>): Promise<readonly Fact[] | null> {
  const issue = await ports.forge.issue(ports.ref.issue);
  if (!issue.open) return [{ kind: 'closed-by-hand', what: 'rejection', by: issue.closedBy ?? 'Somebody' }];
  if (!hasLabel(issue.labels, LABELS.clear)) return [{ kind: 'stopped', reason: { code: 'label-removed' } }];
  const stops = await findStop(ports, stage.approved.event, ports.ref.issue);
  return stops.length > 0 ? stops : null;
}

/** Queues the agent's rounds, once; while they run, taking the label off or closing the rejection stops them. */
export async function queueImplementing(ports: Ports, stage: At<'cleared'>): Promise<readonly Fact[]> {
  const read = await readBase(ports);
  if ('problems' in read) return refuseConfiguration(ports, read.problems);
  if (stage.queued === null) {
    const off = await putOff(ports, read.base.configuration, agentFor(ports, read.base, stage.approved));
    if (off !== null) return (await withdrawn(ports, stage)) ?? off;
    const next = await whenLost(ports, stage.lost);
    if (next === 'wait') return [];
    if (next === 'give-up')
      return [{ kind: 'stopped', reason: { code: 'agent-failed', detail: stage.lost?.because ?? '' } }];
    await queue(ports, { kind: 'run-queued', what: 'implement', head: null, base: null });
    return [];
  }
  const ended = await withdrawn(ports, stage);
  if (ended === null) return keepQueued(ports, stage.queued.seq);
  // Whether somebody who asks to stop may do so is not known yet.
  if (ended.every(({ kind }) => kind !== 'stop-asked')) await ports.queue.cancelRun(keyOf(ports.ref));
  return ended;
}

/** Queues the judging of the head (`base: null`), or of its merge into this base. */
export async function queueJudging(ports: Ports, stage: At<'proposed'>, base: string | null): Promise<readonly Fact[]> {
  const { head } = stage.proposal;
  const queued = stage.queued;
  if (queued !== null && queued.fact.head === head && queued.fact.base === base) return keepQueued(ports, queued.seq);
  const next = await whenLost(ports, stage.lost);
  if (next === 'wait') return [];
  if (next === 'give-up') {
    const reason = { code: 'work-failed', detail: stage.lost?.because ?? '' };
    return stage.held?.reason.code === reason.code ? [] : [{ kind: 'merge-refused', head, reason }];
  }
  await queue(ports, { kind: 'run-queued', what: 'judge', head, base });
  return [];
}

/** Queues the rounds that a review makes. */
export async function queueRevising(ports: Ports, stage: At<'proposed'>, base: Base): Promise<readonly Fact[]> {
  const { queued, proposal, revision, lost } = stage;
  if (queued?.fact.what === 'revise') {
    const stops = await findStop(ports, stage.approved.event, ports.ref.issue, proposal.pullRequest);
    return stops.length > 0 ? stops : keepQueued(ports, queued.seq);
  }
  const off = await putOff(ports, base.configuration, revisingAgent(ports, base.configuration));
  if (off !== null) return off;
  const next = await whenLost(ports, lost);
  if (next === 'give-up')
    return [notRevised(revision?.review ?? 0, { code: 'agent-failed', detail: lost?.because ?? '' })];
  if (next === 'go') await queue(ports, { kind: 'run-queued', what: 'revise', head: proposal.head, base: null });
  return [];
}

export const notRevised = (review: number, reason: Reason): Fact => ({ kind: 'revision-stopped', review, reason });

/** Judged as not passed, with the reason in its checks. */
export function notJudged(head: string, because: string): FactOf<'judged'> {
  const verdict: Verdict = { name: 'gate', passed: false, because: guard.notJudged(because) };
  return { kind: 'judged', base: '', tree: '', head, merge: false, verdict, seconds: 0 };
}

/** Queues the judging of the head of somebody's pull request. */
export async function queueGuarding(ports: Ports, stage: At<'guarded'>): Promise<readonly Fact[]> {
  const { head } = stage.pull;
  if (stage.queued !== null) return keepQueued(ports, stage.queued.seq);
  const next = await whenLost(ports, stage.lost);
  if (next === 'give-up') return [notJudged(head, stage.lost?.because ?? '')];
  if (next === 'go') await queue(ports, { kind: 'run-queued', what: 'judge', head, base: null });
  return [];
}

/** Queues the judging of what a merge queue is about to make of base. Other work goes first: its end wakes the rejection. */
export async function queueGroup(ports: Ports, stage: Stage, group: Group): Promise<readonly Fact[]> {
  if (!isWorkedOn(stage)) return [];
  const { queued } = stage;
  const { head, base } = group;
  if (queued !== null) return queued.fact.head === head ? keepQueued(ports, queued.seq) : [];
  const next = await whenLost(ports, stage.lost);
  if (next === 'give-up') return [groupNotJudged(group, stage.lost?.because ?? '')];
  if (next === 'go') await queue(ports, { kind: 'run-queued', what: 'group', head, base });
  return [];
}
