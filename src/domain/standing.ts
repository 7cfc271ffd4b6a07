import { clearedSpec } from './approval.ts';
import type { Recorded } from './fact.ts';
import type { Stage, Standing } from './stage.ts';
import { type Notes, noNotes, note } from './take-notes.ts';

function openStage(notes: Notes): Exclude<Stage, { name: 'closed' }> {
  const { accepted, draft } = notes;
  if (accepted === undefined) return { name: 'new' };
  if (notes.approved !== undefined && notes.proposal !== undefined) {
    const approved = clearedSpec(notes.approved);
    if (notes.merged !== undefined)
      return {
        name: 'merged',
        merged: notes.merged,
        approved,
        proposal: notes.proposal,
        thanked: notes.thanked,
        outcome: notes.outcome ?? null,
      };
    return {
      name: 'proposed',
      approved,
      proposal: notes.proposal,
      judgements: notes.judged,
      queued: notes.queued ?? null,
      lost: notes.lost ?? null,
      answered: notes.answeredReviews,
      checked: notes.checkedHeads,
      held: notes.held ?? null,
      revision: notes.revision ?? null,
      approval: notes.approval ?? null,
    };
  }
  if (notes.declined !== undefined) return { name: 'declined', declined: notes.declined, textHash: accepted.textHash };
  if (notes.approved !== undefined && draft !== undefined) {
    const last = notes.rounds.at(-1);
    if (last?.candidate && last.judged?.verdict.passed)
      return {
        name: 'proven',
        draft,
        approved: clearedSpec(notes.approved),
        candidate: last.candidate,
        judged: last.judged,
        attempt: notes.attempts,
      };
    return {
      name: 'cleared',
      draft,
      approved: clearedSpec(notes.approved),
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
    };
  if (notes.question !== undefined) return { name: 'asked', question: notes.question };
  return { name: 'accepted', accepted };
}

/** Everything that follows from a rejection's facts, oldest first. Pure: the same facts give the same standing. */
export function standingOf(recorded: readonly Recorded[]): Standing {
  const notes = noNotes();
  for (const one of recorded) note(notes, one);
  const open: Stage = notes.forgotten ? { name: 'forgotten' } : openStage(notes);
  const stage: Stage =
    notes.closed === undefined || open.name === 'merged' || open.name === 'new' || open.name === 'forgotten'
      ? open
      : {
          name: 'closed',
          closed: notes.closed,
          before: open.name,
          pullRequest: notes.proposal?.pullRequest ?? null,
          clearedBy: notes.approved?.event ?? null,
        };
  return {
    stage,
    accepted: notes.accepted ?? null,
    statusComment: notes.statusComment ?? null,
    statusShown: notes.statusShown ?? null,
    spent: notes.spent,
    refusals: notes.refusals,
    configurationRefused: notes.configurationRefused ?? null,
    told: recorded.filter(({ fact }) => fact.kind === 'configuration-refused').length,
    intents: notes.intents,
    delayed: notes.delayed ?? null,
    last: recorded.at(-1)?.seq ?? 0,
  };
}
