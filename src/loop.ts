import {
  acceptRejection,
  declinedAs,
  noticeNewAttempt,
  noticeReopening,
  reconsider,
  takeUpAnew,
} from './accept-rejection.ts';
import { answerCommand } from './answer-command.ts';
import { answerGroup } from './answer-group.ts';
import { answerRecheck } from './answer-recheck.ts';
import { answerStop, awaitRetry } from './answer-stop.ts';
import { approveSpec } from './approve-spec.ts';
import type { Fact, Reason } from './domain/fact.ts';
import { keyOf } from './domain/rejection.ts';
import type { At, Standing } from './domain/stage.ts';
import { isPutOff, standingOf } from './domain/standing.ts';
import { draftSpec } from './draft-spec.ts';
import { findPullRequest, guardPullRequest } from './guard-pull-request.ts';
import { stillHolds } from './judged-until.ts';
import { attachCases, leaveOthers, noticeEndOfOther } from './known-fault.ts';
import { leaveQueue } from './leave-queue.ts';
import { openPullRequest } from './open-pull-request.ts';
import type { FileRefused, NotPrepared, Ports } from './ports.ts';
import { postChecks } from './post-checks.ts';
import { prepareRepository } from './prepare-repository.ts';
import { putAside } from './put-aside.ts';
import { queueGroup, queueGuarding, queueImplementing, queueJudging, queueRevising } from './queue-work.ts';
import { Paused, readBase } from './read-base.ts';
import { receiveApproval, whatBecame } from './receive-approval.ts';
import { isMistake, problemOf, refuseConfiguration } from './refuse-configuration.ts';
import { letGo, reviseProposal, tellStopped } from './revise-proposal.ts';
import { ship } from './ship.ts';
import { showReport, tellReportOf } from './show-report.ts';
import { showStatus } from './show-status.ts';
import { awaitTurn, openParts, wakeWaiting } from './split-rejection.ts';
import { isBack, takeUpAgain } from './take-up-again.ts';
import { thankReporter } from './thank-reporter.ts';
import { answerUndo, undoRed } from './undo-fix.ts';
import { keepUpToDate, released, updateBranch } from './update-branch.ts';
import { watchOutcome } from './watch-outcome.ts';
import { rest } from './work.ts';
import { Overtaken, recordAfterwards } from './write-once.ts';

/** More moves than this in one advance is a bug, not work. */
const MOVES = 30;

/**
 * The order of the stages. Each move reads what it needs afresh and returns what happened; nothing means that
 * somebody else is next: a person, or the work that was queued.
 *
 * A number that is a person's pull request goes its own way: found → guarded.
 *
 * reject → accept → draft → (clear) → implement → judge → open → (approve) → ship → watch (→ back to the first)
 */
async function move(ports: Ports, standing: Standing, mergedAt: string): Promise<readonly Fact[]> {
  const { stage } = standing;
  const heard = standing.accepted?.after ?? 0;
  switch (stage.name) {
    case 'new': {
      const accepted = await acceptRejection(ports);
      return accepted === 'pull-request' ? findPullRequest(ports) : accepted;
    }
    case 'accepted':
      return (await awaitTurn(ports, standing)) ?? draftSpec(ports, stage, standing.family);
    case 'asked':
      return answered(ports, stage, heard);
    case 'declined': {
      const taken = await noticeEndOfOther(ports);
      if (taken.length > 0) return taken;
      return reconsider(ports, declinedAs(stage, heard));
    }
    case 'drafted':
      return cleared(ports, stage, standing);
    case 'cleared':
      return queueImplementing(ports, stage);
    case 'halted':
      return awaitRetry(ports, stage);
    case 'proven':
      return openPullRequest(ports, stage, standing.accepted?.reporter ?? '');
    case 'proposed':
      return judgeApproveShip(ports, standing, stage);
    case 'merged':
      return afterMerge(ports, stage, standing, mergedAt);
    case 'returned': {
      const anew = await noticeNewAttempt(ports, stage, heard);
      return anew.length > 0 ? anew : watch(ports, stage, standing, mergedAt);
    }
    case 'closed':
      return stage.guarded === null ? noticeReopening(ports, stage) : findPullRequest(ports);
    case 'guarded': {
      const guarded = await guardPullRequest(ports, { stage, rechecks: standing.rechecks });
      return guarded === 'judge' ? queueGuarding(ports, stage) : guarded;
    }
    case 'forgotten':
      return [];
  }
}

/** A spec waits for its approval, or for a `/retry`, which has another one drafted. */
async function cleared(ports: Ports, stage: At<'drafted'>, standing: Standing): Promise<readonly Fact[]> {
  const facts = await approveSpec(ports, stage, standing, asksToApprove(standing));
  return facts.length > 0 ? facts : takeUpAnew(ports, Math.max(stage.draft.comment, standing.accepted?.after ?? 0));
}

/** An answer takes the rejection up anew; where none comes, it is put aside. */
async function answered(ports: Ports, { question }: At<'asked'>, heard: number): Promise<readonly Fact[]> {
  const after = Math.max(question.comment, heard);
  const anew = await reconsider(ports, { textHash: question.textHash, after, asked: question.missing });
  return anew.length > 0 ? anew : putAside(ports, question);
}

/** From the merge on: a red one is proposed to be taken back, a good one is thanked for and watched. */
async function afterMerge(
  ports: Ports,
  stage: At<'merged'>,
  standing: Standing,
  mergedAt: string,
): Promise<readonly Fact[]> {
  const reporter = standing.accepted?.reporter ?? '';
  if (isBack(stage)) return takeUpAgain(ports, stage, reporter);
  if (stage.thanked) return watch(ports, stage, standing, mergedAt);
  return (await undoRed(ports, stage)) ?? thankReporter(ports, stage, reporter);
}

/** Somebody who wants the fix undone does not wait for its cases. */
async function watch(ports: Ports, stage: At<'merged'> | At<'returned'>, { undoAsked }: Standing, mergedAt: string) {
  return undoAsked.length > 0 ? [] : watchOutcome(ports, stage, mergedAt);
}

/** A comment that may approve the spec: only the stage that waits for it can tell. */
const asksToApprove = ({ stage, commands, accepted }: Standing) =>
  stage.name === 'drafted' && accepted !== null && commands[0]?.command === 'approve' ? commands[0] : undefined;

/** What people want stopped; what they ask for; then what the stage has to do; then what else people asked for. */
async function nextMove(ports: Ports, standing: Standing, mergedAt: string): Promise<readonly Fact[]> {
  const { stage, stopAsked, undoAsked, commands } = standing;
  const [stop] = stopAsked;
  // Before anything that takes its time.
  if (stop !== undefined && stage.name !== 'forgotten') return answerStop(ports, stage, stop);
  const [command] = commands;
  if (
    command !== undefined &&
    command !== asksToApprove(standing) &&
    stage.name !== 'new' &&
    stage.name !== 'forgotten'
  )
    return answerCommand(ports, standing, command);
  const parted = stage.name === 'forgotten' ? [] : await openParts(ports, standing);
  const facts = parted.length > 0 ? parted : await move(ports, standing, mergedAt);
  const [asked] = undoAsked;
  if (facts.length > 0 || stage.name === 'forgotten') return facts;
  await leaveOthers(ports);
  await wakeWaiting(ports, standing);
  const counted = await attachCases(ports, standing);
  if (counted.length > 0) return counted;
  return asked === undefined ? answerQueue(ports, standing) : answerUndo(ports, stage, asked);
}

/** While a pull request is open: whatever head stands there is judged; then people approve it; then it is merged. */
async function judgeApproveShip(ports: Ports, standing: Standing, stage: At<'proposed'>): Promise<readonly Fact[]> {
  const issue = await ports.forge.issue(ports.ref.issue);
  if (!issue.open) {
    await letGo(ports, stage);
    const left = await leaveQueue(ports, stage);
    return [...left, { kind: 'closed-by-hand', what: 'rejection', by: issue.closedBy ?? 'Somebody' }];
  }
  const read = await readBase(ports);
  if ('problems' in read) return refuseConfiguration(ports, read.problems);
  const { base } = read;
  const { head } = stage.proposal;
  const told = await tellStopped(ports, stage);
  if (told !== null) return told;
  if (stage.asked !== null) return [await answerRecheck(ports, stage, stage.asked, standing.rechecks)];
  const judged = stage.judgements.findLast((j) => j.head === head && !j.merge);
  if (judged === undefined || !stillHolds(ports, judged)) {
    // A push may be told late: what stands there now is judged, or what became of it is told.
    const moved = await whatBecame(ports, stage, await ports.forge.pullRequest(stage.proposal.pullRequest));
    return moved.length > 0 ? moved : queueJudging(ports, stage, null);
  }
  if (!stage.checked.includes(head)) {
    const report = (await tellReportOf(ports, standing, judged.tree, head))?.brief;
    return [await postChecks(ports, head, judged.verdict, { report, until: judged.until })];
  }
  const shown = await showReport(ports, standing, stage.proposal.pullRequest, judged);
  if (shown.length > 0) return shown;
  const received = await receiveApproval(ports, stage, base, judged);
  if ('facts' in received) {
    if (received.facts.length > 0) await letGo(ports, stage);
    return received.facts;
  }
  const objections = 'objections' in received ? received.objections : [];
  if (objections.length > 0 || ('approval' in received && received.approval === null)) {
    const left = [...(await leaveQueue(ports, stage)), ...released(stage)];
    if (left.length > 0) return left;
  }
  const revised = await reviseProposal(ports, stage, { base, issue, objections });
  if (revised !== null) return revised === 'queue' ? queueRevising(ports, stage, base) : revised;
  if (!('approval' in received)) return [];
  const { approval, pull } = received;
  if (approval === null) return keepUpToDate(ports, stage, base, pull);
  const shipped = await ship(ports, { stage, base, issue, ...received });
  if ('update' in shipped) return updateBranch(ports, stage, base, shipped.update);
  if ('facts' in shipped) return shipped.facts;
  const free = released(stage);
  return free.length > 0 ? free : queueJudging(ports, stage, shipped.judge.base);
}

/** Merge groups that ask are answered when nothing else is due: a head is judged before what it becomes. */
async function answerQueue(ports: Ports, standing: Standing): Promise<readonly Fact[]> {
  const [group] = standing.groups;
  if (group === undefined || standing.stage.name === 'forgotten') return [];
  const answered = await answerGroup(ports, standing, group);
  return answered === 'judge' ? queueGroup(ports, standing.stage, group) : answered;
}

/** What is about a repository as a whole: merge groups of which no pull request can be told, and its labels. */
export async function tend(ports: Ports): Promise<void> {
  for (let moves = 0; moves < MOVES; moves++) {
    const facts = await answerQueue(ports, standingOf(await ports.ledger.read(keyOf(ports.ref))));
    if (facts.length === 0) break;
    await recordAfterwards(ports, facts);
  }
  await prepareRepository(ports);
}

/** A mistake in what stands on base stops everything until somebody mends it; that is told once. */
async function tellMistake(ports: Ports, error: FileRefused | NotPrepared): Promise<void> {
  const facts = await refuseConfiguration(ports, [problemOf(error)]);
  if (facts.length > 0) await recordAfterwards(ports, facts);
  await showStatus(ports);
}

/** Everything due is done: what it waited for is over, and the status says where it stands. */
async function conclude(ports: Ports): Promise<void> {
  const standing = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  if (standing.delayed !== null && !isPutOff(standing, ports.clock.now()))
    await recordAfterwards(ports, [{ kind: 'resumed' }]);
  await showStatus(ports);
}

/**
 * Records that nothing happens until `until`, and why; once per reason, and only of what was accepted. `show`: people are
 * told now, if GitHub takes it; else with the next state that is shown.
 */
export async function tellDelay(ports: Ports, reason: Reason, until: string | null, show: boolean): Promise<void> {
  const standing = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  if (standing.accepted === null || standing.delayed?.reason.code === reason.code) return;
  await recordAfterwards(ports, [{ kind: 'delayed', reason, until }]);
  if (!show) return;
  await showStatus(ports).catch((error: unknown) =>
    ports.log.info('a delay could not be shown', { rejection: keyOf(ports.ref), error }),
  );
}

/**
 * Does everything that is due for one rejection and ends when somebody else is next. Level-triggered: it may be called
 * at any time, any number of times. Throws `Weather` when the world is in the way; what was done until then is kept.
 */
export async function advance(ports: Ports): Promise<void> {
  for (let moves = 0; moves < MOVES; moves++) {
    const recorded = await ports.ledger.read(keyOf(ports.ref));
    const standing = standingOf(recorded);
    const mergedAt = recorded.findLast(({ fact }) => fact.kind === 'merged')?.at ?? ports.clock.now();
    try {
      const facts = await nextMove(ports, standing, mergedAt);
      if (facts.length === 0) return await conclude(ports);
      await recordAfterwards(ports, facts);
      // People are next: what they do from now on wakes the rejection again.
      if (facts.some((fact) => fact.kind === 'pull-request-opened')) return await conclude(ports);
    } catch (error) {
      if (error instanceof Paused) return await rest(ports);
      if (isMistake(error)) return await tellMistake(ports, error);
      if (!(error instanceof Overtaken)) throw error;
    }
  }
  throw new Error(`no end to the moves of ${keyOf(ports.ref)}`);
}

export { work } from './work.ts';
