import { baseOfHead } from './base-of-head.ts';
import type { Fact, FactOf } from './domain/fact.ts';
import { engineTrouble } from './domain/messages/engine.ts';
import { keyOf } from './domain/rejection.ts';
import type { FileProblem } from './domain/rubric.ts';
import type { At, Group, Queued, Standing } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import { implementRounds } from './implement-rounds.ts';
import { judgeHead } from './judge-candidate.ts';
import { groupNotJudged, judgeGroup, judgeGuarded } from './judge-pairs.ts';
import { letGoOf } from './keep-budget.ts';
import { Fenced, FileRefused, NotPrepared, type Ports, SandboxRefused, Shut, Weather } from './ports.ts';
import { isWorkedOn, notJudged, notRevised, runOf } from './queue-work.ts';
import { Paused, readBase } from './read-base.ts';
import { problemOf, refuseConfiguration } from './refuse-configuration.ts';
import { type Reporting, reporting, type Sound } from './report-tickets.ts';
import { reviseRounds } from './revise-rounds.ts';
import { recordAfterwards } from './write-once.ts';

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
  const problems = await rounds(ports, reports, signal).finally(() => letGoOf(ports));
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

/** Queued anew when nothing is paused any more. */
const pausedAt = (queued: number): FactOf<'run-lost'> => ({
  kind: 'run-lost',
  queued,
  because: engineTrouble.paused(),
  weather: true,
});

/** Base says that nothing is to be done here: what is at work, or about to be, ends. */
export async function rest(ports: Ports): Promise<void> {
  const { stage } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  if (!isWorkedOn(stage)) return;
  // Work that has not begun, or begins in this moment, finds that it is not wanted any more.
  if (stage.queued !== null) await recordAfterwards(ports, [pausedAt(stage.queued.seq)]);
  await ports.queue.cancelRun(keyOf(ports.ref));
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
  const { seq } = stage.queued;
  if (again && (await givesUp(ports, stage.queued))) return;
  try {
    signal.throwIfAborted();
    await doWork(ports, standing, signal);
  } catch (error) {
    // A shutdown must throw, so that the next process starts this again; a stop on request has ended it for good.
    if (signal.aborted && signal.reason === 'stop-requested') return;
    if (signal.reason === 'paused' || error instanceof Paused) return recordAfterwards(ports, [pausedAt(seq)]);
    if (signal.aborted || error instanceof Fenced) throw error;
    if (error instanceof FileRefused) return endRefused(ports, [problemOf(error)], seq);
    const because = error instanceof Error ? error.message : String(error);
    // What a person has to mend is no fault of the work either.
    const weather = error instanceof Weather || error instanceof Shut;
    const lost: FactOf<'run-lost'> = {
      kind: 'run-lost',
      queued: seq,
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
