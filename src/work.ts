import { findStop } from './answer-stop.ts';
import { baseOfHead } from './base-of-head.ts';
import type { Fact, FactOf, Reason } from './domain/fact.ts';
import { hasLabel, LABELS } from './domain/labels.ts';
import { engineTrouble } from './domain/messages/engine.ts';
import { guard } from './domain/messages/guard.ts';
import { keyOf } from './domain/rejection.ts';
import type { FileProblem } from './domain/rubric.ts';
import type { At, Group, Lost, Queued, Stage, Standing } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import type { Verdict } from './domain/verdict.ts';
import { implementRounds } from './implement-rounds.ts';
import { judgeHead } from './judge-candidate.ts';
import { groupNotJudged, judgeGroup, judgeGuarded } from './judge-pairs.ts';
import { lookAgain } from './look-again.ts';
import { Fenced, FileRefused, NotPrepared, type Ports, SandboxRefused, Shut, Weather } from './ports.ts';
import { readBase } from './read-base.ts';
import { problemOf, refuseConfiguration } from './refuse-configuration.ts';
import { type Reporting, reporting, type Sound } from './report-tickets.ts';
import { reviseRounds } from './revise-rounds.ts';
import { recordAfterwards } from './write-once.ts';

/** Stages that wait for long work. */
const isWorkedOn = (stage: Stage): stage is At<'cleared'> | At<'proposed'> | At<'guarded'> =>
  stage.name === 'cleared' || stage.name === 'proposed' || stage.name === 'guarded';

const runOf = (seq: number): string => `run-${seq}`;

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

/** After so many processes in a row have ended in the middle of one piece of work, another one would too. */
const MOST_RESTARTS = 6;

/** Notes that the work is begun again, or gives it up: true where it does. */
async function givesUp(ports: Ports, { seq, restarts }: Queued): Promise<boolean> {
  if (restarts + 1 < MOST_RESTARTS) {
    await recordAfterwards(ports, [{ kind: 'run-restarted', queued: seq }]);
    return false;
  }
  const because = engineTrouble.diedAgain(MOST_RESTARTS);
  ports.log.error('work given up', { rejection: keyOf(ports.ref), error: because });
  await recordAfterwards(ports, [{ kind: 'run-lost', queued: seq, because, weather: false, hopeless: true }]);
  return true;
}

/** Queues the agent's rounds, once; while they run, taking the label off or closing the rejection stops them. */
export async function queueImplementing(ports: Ports, stage: At<'cleared'>): Promise<readonly Fact[]> {
  const read = await readBase(ports);
  if ('problems' in read) return refuseConfiguration(ports, read.problems);
  if (stage.queued === null) {
    const next = await whenLost(ports, stage.lost);
    if (next === 'wait') return [];
    if (next === 'give-up')
      return [{ kind: 'stopped', reason: { code: 'agent-failed', detail: stage.lost?.because ?? '' } }];
    await queue(ports, { kind: 'run-queued', what: 'implement', head: null, base: null });
    return [];
  }
  const issue = await ports.forge.issue(ports.ref.issue);
  if (issue.open && hasLabel(issue.labels, LABELS.clear)) {
    const stops = await findStop(ports, stage.approved.event, ports.ref.issue);
    return stops.length > 0 ? stops : keepQueued(ports, stage.queued.seq);
  }
  await ports.queue.cancelRun(keyOf(ports.ref));
  if (!issue.open) return [{ kind: 'closed-by-hand', what: 'rejection', by: issue.closedBy ?? 'Somebody' }];
  return [{ kind: 'stopped', reason: { code: 'label-removed' } }];
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
export async function queueRevising(ports: Ports, stage: At<'proposed'>): Promise<readonly Fact[]> {
  const { queued, proposal, revision, lost } = stage;
  if (queued?.fact.what === 'revise') {
    const stops = await findStop(ports, stage.approved.event, ports.ref.issue, proposal.pullRequest);
    return stops.length > 0 ? stops : keepQueued(ports, queued.seq);
  }
  const next = await whenLost(ports, lost);
  if (next === 'give-up')
    return [notRevised(revision?.review ?? 0, { code: 'agent-failed', detail: lost?.because ?? '' })];
  if (next === 'go') await queue(ports, { kind: 'run-queued', what: 'revise', head: proposal.head, base: null });
  return [];
}

const notRevised = (review: number, reason: Reason): Fact => ({ kind: 'revision-stopped', review, reason });

/** Judged as not passed, with the reason in its checks. */
function notJudged(head: string, because: string): FactOf<'judged'> {
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

/** The files are told about, and the run is over: it is queued anew when they are right again. */
async function endRefused(ports: Ports, problems: readonly FileProblem[], queued: number): Promise<void> {
  const lost: Fact = { kind: 'run-lost', queued, because: problems[0]?.problem ?? '', weather: true };
  await recordAfterwards(ports, [...(await refuseConfiguration(ports, problems)), lost]);
}

async function judgeProposal(
  ports: Ports,
  stage: At<'proposed'>,
  reports: Reporting,
  signal: AbortSignal,
): Promise<void> {
  const read = await readBase(ports);
  if ('problems' in read) return endRefused(ports, read.problems, stage.queued?.seq ?? 0);
  const { base } = read;
  const { head } = stage.proposal;
  const wanted = stage.queued?.fact;
  const merge = wanted?.base !== null && wanted?.base !== undefined;
  if (!merge) {
    const from = await baseOfHead(ports, stage, base.commit);
    const own = from === base.commit ? { base } : await readBase(ports, from);
    if ('problems' in own) return endRefused(ports, own.problems, stage.queued?.seq ?? 0);
    const tree = await ports.repository.treeOf(head);
    const judged = { commit: head, tree, merge: false };
    const judge = (sound: Sound) => judgeHead(ports, own.base, stage.approved, judged, signal, () => sound(tree));
    return recordAfterwards(ports, await reports.beside(own.base, judge));
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

/** The merge group that the queued work is about, if any. */
function groupIn({ queued }: At<'proposed'> | At<'guarded'>): Pick<Group, 'head' | 'base'> | null {
  if (queued === null || queued.fact.what !== 'group') return null;
  return { head: queued.fact.head ?? '', base: queued.fact.base ?? '' };
}

/** Rounds of an attempt, or of a review; what is wrong with files ends them. */
async function makeRounds(
  ports: Ports,
  { queued }: At<'cleared'> | At<'proposed'>,
  rounds: typeof reviseRounds,
  reports: Reporting,
  signal: AbortSignal,
): Promise<void> {
  const problems = await rounds(ports, reports, signal);
  if (problems.length > 0) await endRefused(ports, problems, queued?.seq ?? 0);
}

async function doWork(ports: Ports, standing: Standing, signal: AbortSignal): Promise<void> {
  const refusal = await ports.sandbox.refusal();
  if (refusal !== null) throw new SandboxRefused(refusal);
  const { stage } = standing;
  if (!isWorkedOn(stage)) return;
  const reports = reporting(ports, signal);
  try {
    await doStage(ports, stage, reports, signal);
  } finally {
    await reports.end();
  }
}

async function doStage(
  ports: Ports,
  stage: At<'cleared'> | At<'proposed'> | At<'guarded'>,
  reports: Reporting,
  signal: AbortSignal,
): Promise<void> {
  if (stage.name === 'cleared') return makeRounds(ports, stage, implementRounds, reports, signal);
  const judging = stage.queued?.anew === true ? { ...ports, suites: ports.suites.anew() } : ports;
  const group = groupIn(stage);
  if (group !== null) await judgeGroup(judging, stage, group, signal);
  else if (stage.name === 'proposed' && stage.queued?.fact.what === 'revise')
    await makeRounds(ports, stage, reviseRounds, reports, signal);
  else if (stage.name === 'proposed') await judgeProposal(judging, stage, reports, signal);
  else await judgeGuarded(judging, stage, reports, signal);
}

/** An attempt ends in words; an open pull request waits, and its head is judged when that is possible again. */
function inWords(
  stage: At<'cleared'> | At<'proposed'> | At<'guarded'>,
  code: 'no-sandbox' | 'not-prepared',
  because: string,
  lost: FactOf<'run-lost'>,
): readonly Fact[] {
  const reason = { code, detail: because };
  if (stage.name === 'cleared') return [{ kind: 'stopped', reason }];
  const group = groupIn(stage);
  if (group !== null) return [groupNotJudged(group, because)];
  if (stage.name === 'guarded') return [notJudged(stage.pull.head, because)];
  if (stage.queued?.fact.what === 'revise' && stage.revision !== null)
    return [notRevised(stage.revision.review, reason)];
  return [
    { ...lost, weather: true },
    { kind: 'merge-refused', head: stage.proposal.head, reason },
  ];
}

/**
 * The long part: rounds of the agent and judging, outside of any advance. May be started twice: it goes on from what
 * the facts say. Weather ends it as lost, to be queued again; a sandbox that does not hold, and dependencies that
 * cannot be made, end the attempt in words.
 * Throws when it was cut off by a shutdown, or by weather. `again`: a process ended in the middle of it.
 */
export async function work(ports: Ports, run: string, signal: AbortSignal, again = false): Promise<void> {
  const standing = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  const { stage } = standing;
  if (!isWorkedOn(stage) || stage.queued === null || runOf(stage.queued.seq) !== run) return;
  if (again && (await givesUp(ports, stage.queued))) return;
  try {
    await doWork(ports, standing, signal);
  } catch (error) {
    // A shutdown must throw, so that the next process starts this again; a stop on request has ended it for good.
    if (signal.aborted && signal.reason === 'stop-requested') return;
    if (signal.aborted || error instanceof Fenced) throw error;
    if (error instanceof FileRefused) return endRefused(ports, [problemOf(error)], stage.queued.seq);
    const because = error instanceof Error ? error.message : String(error);
    // What a person has to mend is no fault of the work either.
    const weather = error instanceof Weather || error instanceof Shut;
    const lost: FactOf<'run-lost'> = {
      kind: 'run-lost',
      queued: stage.queued.seq,
      because: because.slice(0, 300),
      weather,
    };
    if (error instanceof SandboxRefused) return recordAfterwards(ports, inWords(stage, 'no-sandbox', because, lost));
    if (error instanceof NotPrepared) return recordAfterwards(ports, inWords(stage, 'not-prepared', because, lost));
    await recordAfterwards(ports, [lost]);
    if (!weather) ports.log.error('work failed', { rejection: keyOf(ports.ref), error: because });
    throw error;
  }
}
