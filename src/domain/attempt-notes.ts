import type { FactOf } from './fact.ts';
import type { Notes } from './notes.ts';

/** Forgets everything that belonged to an earlier acceptance of the same rejection. */
export function startOver(notes: Notes): void {
  forgetAttempt(notes);
  forgetMerge(notes);
  notes.question = notes.declined = notes.draft = notes.checked = notes.ready = undefined;
  notes.configurationRefused = notes.chosen = undefined;
  notes.refusals = [];
}

/** Forgets a merge, and what became of it. */
export function forgetMerge(notes: Notes): void {
  notes.merged = notes.outcome = notes.revert = notes.returned = undefined;
  notes.thanked = false;
}

/** Forgets everything from the approval of the spec on. */
export function forgetAttempt(notes: Notes): void {
  notes.approved = notes.queued = notes.ended = notes.proposal = notes.halted = undefined;
  notes.held = notes.revision = notes.approval = notes.updated = undefined;
  notes.enqueued = notes.tried = undefined;
  notes.rounds = [];
  notes.carried = 0;
  notes.judged = [];
  notes.reports = [];
  notes.reportComment = notes.reportShown = undefined;
}

/** What was told of the stored tickets, and where it is shown. */
export function noteReport(notes: Notes, fact: FactOf<'reported' | 'report-posted' | 'report-shown'>): void {
  if (fact.kind === 'reported') notes.reports.push(fact);
  else if (fact.kind === 'report-posted') notes.reportComment = fact.comment;
  else notes.reportShown = fact.hash;
}

/** A stopped attempt is kept as it stands; of an open pull request only the review that is worked on is meant. */
export function noteStop(notes: Notes, fact: FactOf<'stop-asked' | 'halted' | 'retried'>): void {
  if (fact.kind === 'stop-asked') {
    notes.stopAsked.push(fact);
    return;
  }
  notes.stopAsked = notes.stopAsked.filter(({ comment }) => comment !== fact.comment);
  if (notes.proposal !== undefined) return;
  notes.halted = fact.kind === 'halted' ? fact : undefined;
  notes.queued = undefined;
}
