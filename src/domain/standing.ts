import { type ApprovedSpec, clearedSpec } from './approval.ts';
import type { FactOf, Recorded } from './fact.ts';
import { familyOf } from './family.ts';
import type { Guarded } from './guarded-fact.ts';
import { type Notes, noNotes } from './notes.ts';
import { isSame, personOf } from './person.ts';
import type { At, Proposal, Stage, Standing } from './stage.ts';
import { note } from './take-notes.ts';

/** Whether it was this approval by which the app merged. */
const isBy = (merged: FactOf<'merged'>, approval: FactOf<'approved'>): boolean =>
  merged.head === approval.head && isSame(personOf(merged), personOf(approval));

/** A pull request is open, or was merged. */
function publicStage(
  notes: Notes,
  approved: ApprovedSpec,
  proposal: Proposal,
): At<'merged'> | At<'returned'> | At<'proposed'> {
  if (notes.merged !== undefined) return mergedStage(notes, notes.merged, approved, proposal);
  return {
    name: 'proposed',
    approved,
    proposal,
    judgements: notes.judged,
    queued: notes.queued ?? null,
    lost: notes.lost ?? null,
    answered: notes.answeredReviews,
    checked: notes.checkedHeads,
    asked: notes.asked ?? null,
    held: notes.held ?? null,
    revision: notes.revision ?? null,
    rounds: notes.rounds,
    approval: notes.approval ?? null,
    updated: notes.updated ?? null,
    enqueued: notes.enqueued ?? null,
    tried: notes.tried ?? null,
  };
}

function mergedStage(
  notes: Notes,
  merged: FactOf<'merged'>,
  approved: ApprovedSpec,
  proposal: Proposal,
): At<'merged'> | At<'returned'> {
  const { returned, reverts, returns } = notes;
  const fingerprint = notes.draft?.fingerprint ?? null;
  const known = { merged, approved, proposal, reverts, returns, fingerprint };
  const since = { ...known, outcome: notes.outcome ?? null, revert: notes.revert ?? null };
  if (returned !== undefined) return { name: 'returned', returned, ...since };
  const solo = notes.approval?.solo === true && isBy(merged, notes.approval);
  return { name: 'merged', thanked: notes.thanked, solo, ...since };
}

function guardedStage(notes: Notes, pull: Guarded): At<'guarded'> {
  const { oracleAccepted, posted } = notes;
  return {
    name: 'guarded',
    pull,
    judged: notes.judged.findLast(({ head }) => head === pull.head) ?? null,
    judgements: notes.judged,
    queued: notes.queued ?? null,
    lost: notes.lost ?? null,
    accepted: oracleAccepted?.head === pull.head ? oracleAccepted : null,
    answered: notes.answeredComments,
    posted: posted?.head === pull.head ? posted : null,
    held: notes.held?.head === pull.head ? notes.held : null,
  };
}

function openStage(notes: Notes): Exclude<Stage, { name: 'closed' }> {
  const { accepted, draft } = notes;
  if (notes.guarded !== undefined) return guardedStage(notes, notes.guarded);
  if (accepted === undefined) return { name: 'new' };
  const { approved, proposal } = notes;
  if (approved !== undefined && proposal !== undefined)
    return publicStage(notes, clearedSpec(approved, notes.again), proposal);
  if (notes.declined !== undefined)
    return {
      name: 'declined',
      declined: notes.declined,
      textHash: accepted.textHash,
      question: notes.question ?? null,
    };
  if (notes.approved !== undefined && draft !== undefined) {
    if (notes.halted !== undefined)
      return { name: 'halted', halted: notes.halted, approved: clearedSpec(notes.approved, notes.again) };
    const last = notes.rounds.at(-1);
    if (last?.candidate && last.judged?.verdict.passed)
      return {
        name: 'proven',
        draft,
        approved: clearedSpec(notes.approved, notes.again),
        candidate: last.candidate,
        judged: last.judged,
        round: last.round,
        chosen: last.chosen,
        carried: notes.carried,
        attempt: notes.attempts,
      };
    return {
      name: 'cleared',
      draft,
      approved: clearedSpec(notes.approved, notes.again),
      rounds: notes.rounds,
      queued: notes.queued ?? null,
      lost: notes.lost ?? null,
    };
  }
  if (draft !== undefined)
    return {
      name: 'drafted',
      draft,
      checked: notes.checked ?? null,
      ready: notes.ready ?? null,
      answered: notes.answeredEvents,
      ended: notes.ended ?? null,
      endedAttempt: notes.endedAttempt ?? null,
    };
  if (notes.question !== undefined) return { name: 'asked', question: notes.question };
  return { name: 'accepted', accepted, chosen: notes.chosen ?? null };
}

/** The stage that the notes taken so far come to. */
export function stageFrom(notes: Notes): Stage {
  const open: Stage = notes.forgotten ? { name: 'forgotten' } : openStage(notes);
  if (notes.closed === undefined || open.name === 'merged' || open.name === 'new' || open.name === 'forgotten')
    return open;
  return {
    name: 'closed',
    closed: notes.closed,
    before: open.name,
    pullRequest: notes.proposal?.pullRequest ?? null,
    guarded: notes.guarded ?? null,
    clearedBy: notes.approved?.event ?? null,
  };
}

/** Whether it waits for the next day, because its repository's budget for this one is used up. */
export function isPutOff({ stage, delayed }: Pick<Standing, 'stage' | 'delayed'>, now: string): boolean {
  if (delayed?.reason.code !== 'budget-day' || delayed.until === null || delayed.until <= now) return false;
  if (stage.name === 'accepted') return true;
  const { routed = null, stopped = null, ended = true } = (stage.name === 'proposed' && stage.revision) || {};
  const revises = !ended && stopped === null && routed?.route !== 'answer';
  return (stage.name === 'cleared' || (stage.name === 'proposed' && revises)) && stage.queued === null;
}

/** Everything that follows from a rejection's facts, oldest first. Pure: the same facts give the same standing. */
export function standingOf(recorded: readonly Recorded[]): Standing {
  const notes = noNotes();
  for (const one of recorded) note(notes, one);
  return {
    stage: stageFrom(notes),
    accepted: notes.accepted ?? null,
    statusComment: notes.statusComment ?? null,
    statusShown: notes.statusShown ?? null,
    spent: notes.spent,
    budget: notes.budget ?? null,
    reports: notes.reports,
    reportComment: notes.reportComment ?? null,
    reportShown: notes.reportShown ?? null,
    refusals: notes.refusals,
    configurationRefused: notes.configurationRefused ?? null,
    told: recorded.filter(({ fact }) => fact.kind === 'configuration-refused').length,
    intents: notes.intents,
    rechecks: notes.rechecks,
    stopAsked: notes.stopAsked,
    commands: notes.commands,
    wish: notes.wish ?? null,
    attached: notes.attached,
    fault: notes.draft?.fingerprint ?? null,
    family: familyOf(notes),
    undoAsked: notes.undoAsked,
    groups: notes.groups,
    groupHeads: [...notes.groups, ...notes.answeredGroups.map(({ group }) => group)].map(({ head }) => head),
    delayed: notes.delayed ?? null,
    last: recorded.at(-1)?.seq ?? 0,
  };
}
