import { LABELS } from './labels.ts';
import { branchWords } from './messages/branch.ts';
import { choice, leftOver, sideBySide } from './messages/rounds.ts';
import { splitStatus } from './messages/split.ts';
import { status as say } from './messages/status.ts';
import { transcript } from './messages/transcript.ts';
import { nextStep, whyReturned } from './messages/undo.ts';
import type { At, Revision, Round, StageName, Standing } from './stage.ts';

/** Where people see what the agent does in an attempt, which its label event names; null where that is shown nowhere. */
export type See = (attempt: number) => string | null;

const seenLine = (see: See, attempt: number | null, words: (address: string) => string): readonly string[] => {
  const address = attempt === null ? null : see(attempt);
  return address === null ? [] : [words(address)];
};

/** Of use while more may be spent. */
const leftLine = ({ stage, budget, spent }: Standing): string =>
  budget === null || stage.name === 'merged' ? '' : leftOver(budget, spent);

const spentLine = (standing: Standing): readonly string[] =>
  standing.spent.seconds === 0 && standing.spent.tokens === 0
    ? []
    : [[say.spent(standing.spent), leftLine(standing)].filter(Boolean).join(' ')];

/** While it is open: how often the same fault was rejected. */
function attachedLine({ stage, attached }: Standing): readonly string[] {
  if (attached.length === 0 || !COUNTS.has(stage.name)) return [];
  const holdOut = stage.name === 'drafted' ? (stage.checked?.holdOut ?? null) : null;
  return [
    say.attached(
      attached.map(({ rejection }) => rejection),
      holdOut,
    ),
  ];
}

const COUNTS: ReadonlySet<StageName> = new Set(['drafted', 'cleared', 'halted', 'proven', 'proposed', 'merged']);

/** Where it comes from, and what it was split into. */
const familyLines = ({ family, accepted }: Standing): readonly string[] => [
  ...(family.partOf === null ? [] : [splitStatus.part(family.partOf, accepted?.reporter ?? '')]),
  ...splitStatus.parts(family, splitStatus.thisOne),
];

const delayedLine = ({ delayed }: Standing): readonly string[] =>
  delayed === null ? [] : [say.delayed(delayed.reason, delayed.until)];

const nudgedLine = (round: Round | undefined): readonly string[] =>
  round === undefined || round.nudged === null ? [] : [say.nudged(round.round, round.nudged)];

function sideBySideLine(round: Round | undefined): readonly string[] {
  if (round === undefined || round.of === 1 || round.candidate !== null) return [];
  const judged = round.tried.filter((one) => one.judged !== null).length;
  return [sideBySide(round.of, round.tried.length, judged)];
}

/** Where candidates that are equally good differ, until somebody has looked at it. */
function choiceLine({ rounds, proposal }: At<'proposed'>): readonly string[] {
  const chosen = rounds.findLast(({ judged }) => judged?.verdict.passed)?.chosen;
  return chosen?.because === 'tie' && proposal.lastPusher === null ? [choice(chosen)] : [];
}

function draftedLines(stage: At<'drafted'>, standing: Standing, see: See): readonly string[] {
  const lines: string[] = [];
  if (stage.ended !== null)
    lines.push(say.ended(stage.ended), ...seenLine(see, stage.endedAttempt, transcript.lastOne));
  const { checked } = stage;
  const { wish, refusals } = standing;
  const hash = checked === null || checked.problems.length > 0 ? null : checked.approvalHash;
  if (checked === null) lines.push(say.checking);
  else if (hash === null) lines.push(say.notReady(checked.problems, checked.base));
  else lines.push(say.ready(hash, checked.base, wish === null ? LABELS.clear : null, checked.warnings ?? []));
  if (wish !== null) lines.push(say.wished(wish.by, hash, LABELS.clear));
  const refusal = refusals.at(-1);
  if (refusal !== undefined) lines.push(say.refusedClearance(refusal.by, refusal.reason));
  return lines;
}

function revisionLine({ by, head, stopped, ended }: Revision): string {
  if (stopped !== null) return say.notRevised(by, stopped);
  if (!ended) return say.revising(by);
  return head === null ? say.answered(by) : say.revised(by, head);
}

/** What an approved commit is not merged for, and more approvals would not help. Its own words say who is next. */
const NOT_FOR_REVIEW = new Set([
  ...['merge-hold', 'merge-draft', 'merge-required', 'merge-conversations', 'merge-signatures', 'merge-not-allowed'],
  ...['merge-other-base', 'merge-label', 'merge-text-changed', 'merge-dequeued'],
]);

const wantsReview = ({ held }: At<'proposed'>): boolean => held === null || !NOT_FOR_REVIEW.has(held.reason.code);

function proposedLines(stage: At<'proposed'>, see: See): readonly string[] {
  const { proposal, revision, queued } = stage;
  const lines = [say.proposed(proposal.pullRequest, proposal.head), ...choiceLine(stage)];
  if (proposal.lastPusher !== null) lines.push(say.personPushed(proposal.lastPusher.login));
  if (stage.updated?.head === proposal.head) lines.push(branchWords.updated(stage.updated.base));
  const judged = stage.judgements.findLast((j) => j.head === proposal.head && !j.merge);
  if (judged === undefined) lines.push(say.judging);
  else if (!judged.verdict.passed) lines.push(say.red(judged.verdict.because));
  if (stage.held !== null) lines.push(say.held(stage.held.reason));
  if (revision !== null) {
    const isRevised = queued?.fact.what === 'revise';
    lines.push(revisionLine(revision), ...seenLine(see, isRevised ? stage.approved.event : null, transcript.follow));
    const last = stage.rounds.at(-1);
    if (!revision.ended && last?.judged === null) lines.push(...nudgedLine(last));
  } else if (judged?.verdict.passed && wantsReview(stage))
    lines.push(say.waitsForReview(stage.proposal.solo ? null : stage.approved.by));
  return lines;
}

function returnedLines({ proposal, merged, revert, outcome }: At<'returned'>): readonly string[] {
  const isOver = outcome?.outcome === 'reverted';
  const opening = merged.asJudged ? say.returned : say.neverFixed;
  return [
    opening(proposal.pullRequest, merged.sha, whyReturned(revert, outcome)),
    nextStep(isOver ? null : (revert?.pullRequest ?? null)),
    ...(outcome?.outcome === 'held' || outcome?.outcome === 'unclear'
      ? [say.outcome(outcome.outcome, outcome.because)]
      : []),
  ];
}

function stageLines(standing: Standing, see: See): readonly string[] {
  const { stage } = standing;
  switch (stage.name) {
    case 'new':
    case 'accepted':
      if (standing.family.waitsFor !== null) return [splitStatus.waits(standing.family.waitsFor)];
      return [standing.configurationRefused === null ? say.accepted : say.configurationRefused];
    case 'asked':
      return [say.asked(standing.accepted?.reporter ?? '')];
    case 'declined':
      return [say.declined(stage.declined.reason)];
    case 'drafted':
      return draftedLines(stage, standing, see);
    case 'cleared':
      return [
        say.working(Math.max(1, stage.rounds.length), stage.approved.by),
        ...sideBySideLine(stage.rounds.at(-1)),
        ...seenLine(see, stage.approved.event, transcript.follow),
        ...nudgedLine(stage.rounds.at(-1)),
      ];
    case 'halted':
      return [say.halted(stage.halted.by, LABELS.clear)];
    case 'proven':
      return [say.proven];
    case 'proposed':
      return proposedLines(stage, see);
    case 'merged':
      return [
        stage.merged.asJudged
          ? say.merged(stage.proposal.pullRequest, stage.merged.sha)
          : say.mergedUnproven(stage.proposal.pullRequest),
        ...(stage.solo ? [say.solo(stage.approved.by)] : []),
        ...(stage.outcome === null ? [] : [say.outcome(stage.outcome.outcome, stage.outcome.because)]),
      ];
    case 'returned':
      return returnedLines(stage);
    case 'closed':
      return [say.closed(stage.closed.by, stage.closed.what)];
    case 'guarded':
      return [stage.judged === null ? say.judging : say.guarded(stage.judged.verdict)];
    case 'forgotten':
      return [say.forgotten];
  }
}

/** The status comment's text: state, reason, who is next, what was spent (invariant 9). Follows from the facts, and from where transcripts are shown. */
export const tellStatus = (standing: Standing, see: See = () => null): string =>
  [
    say.title,
    ...stageLines(standing, see),
    ...familyLines(standing),
    ...attachedLine(standing),
    ...delayedLine(standing),
    ...spentLine(standing),
  ].join('\n\n');
