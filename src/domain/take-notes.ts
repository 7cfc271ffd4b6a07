import { forgetAttempt, forgetMerge, noteReport, noteStop, startOver } from './attempt-notes.ts';
import type { FactOf, Recorded } from './fact.ts';
import { noteFamily } from './family.ts';
import { noteChecks, noteDequeued, noteGone, noteGroup } from './group-notes.ts';
import { noteFound, noteHead, noteUpdated } from './head-notes.ts';
import { noteJudged, noteRecheck } from './judged-notes.ts';
import type { Notes } from './notes.ts';
import { noteLost, noteProgress } from './progress-notes.ts';
import { noteMeant, noteRevised, noteRevision } from './revision-notes.ts';
import { noteRound } from './round-notes.ts';
import { addSpent, spentIn } from './spent.ts';

function noteRevert(notes: Notes, fact: FactOf<'revert-opened'>): void {
  notes.revert = fact;
  notes.reverts += 1;
  notes.undoAsked = notes.undoAsked.filter(({ comment }) => comment !== fact.comment);
}

function noteRefused(notes: Notes, at: string, fact: FactOf<'merge-refused'>): void {
  const { head, reason, tried: read } = fact;
  notes.held = fact;
  if (read === undefined) return;
  const { tried } = notes;
  const times = tried?.head === head && tried.read === read ? tried.times + 1 : 1;
  notes.tried = { head, read, times, at, reason };
}

/** Takes one fact in. Facts come oldest first. */
export function note(notes: Notes, { seq, at, fact }: Recorded): void {
  noteProgress(notes, fact.kind);
  const spent = spentIn(fact);
  if (spent !== null) notes.spent = addSpent(notes.spent, spent);
  switch (fact.kind) {
    case 'rejection-accepted':
      startOver(notes);
      notes.accepted = fact;
      noteFamily(notes, fact);
      return;
    case 'split':
    case 'part-opened':
    case 'part-began':
      noteFamily(notes, fact);
      return;
    case 'answer-chosen':
      notes.chosen = fact;
      return;
    case 'question-asked':
      notes.question = fact;
      return;
    case 'declined':
      notes.declined = fact;
      return;
    case 'case-attached':
    case 'case-detached':
      notes.attached = notes.attached.filter(({ rejection }) => rejection !== fact.rejection);
      if (fact.kind === 'case-attached') notes.attached.push(fact);
      return;
    case 'draft-posted':
      forgetAttempt(notes);
      notes.draft = fact;
      notes.checked = notes.ready = notes.question = notes.declined = undefined;
      return;
    case 'spec-checked':
      notes.checked = fact;
      return;
    case 'spec-ready':
      notes.ready = fact;
      return;
    case 'clearance-refused':
      notes.answeredEvents.push(fact.event);
      notes.refusals.push(fact);
      return;
    case 'clearance-wished':
      notes.answeredEvents.push(fact.event);
      notes.wish = fact;
      return;
    case 'spec-approved':
      forgetAttempt(notes);
      notes.wish = undefined;
      notes.refusals = [];
      notes.attempts += 1;
      notes.again = notes.returns;
      notes.approved = fact;
      notes.answeredEvents.push(fact.event);
      return;
    case 'run-queued':
      notes.queued = { seq, fact, anew: fact.head !== null && notes.anew.includes(fact.head), restarts: 0 };
      return;
    case 'run-restarted':
      if (notes.queued?.seq === fact.queued) notes.queued = { ...notes.queued, restarts: notes.queued.restarts + 1 };
      return;
    case 'run-lost':
      noteLost(notes, at, fact);
      return;
    case 'round-started':
    case 'candidate-ended':
    case 'candidate-judged':
    case 'round-ended':
    case 'carried':
    case 'round-failed':
    case 'nudged':
    case 'reflected':
      noteRound(notes, at, fact);
      return;
    case 'judged':
      noteJudged(notes, fact);
      return;
    case 'reported':
    case 'report-posted':
    case 'report-shown':
      noteReport(notes, fact);
      return;
    case 'stopped':
      // An open pull request is not forgotten: only people close it.
      if (notes.proposal !== undefined) return;
      notes.endedAttempt = notes.approved?.event;
      forgetAttempt(notes);
      notes.ended = fact.reason;
      return;
    case 'stop-asked':
    case 'halted':
    case 'retried':
      noteStop(notes, fact);
      return;
    case 'abandoned':
      forgetAttempt(notes);
      forgetMerge(notes);
      notes.closed = undefined;
      return;
    case 'pull-request-opened':
      notes.queued = undefined;
      notes.proposal = {
        pullRequest: fact.pullRequest,
        branch: fact.branch,
        head: fact.head,
        base: fact.base,
        lastPusher: null,
        solo: fact.solo,
      };
      // It stands in the text of the pull request.
      notes.reportShown = notes.reports.findLast(({ tree }) => tree === fact.tree)?.hash;
      notes.judged = notes.judged.map((judged) =>
        judged.tree === fact.tree ? { ...judged, head: fact.head } : judged,
      );
      return;
    case 'head-moved':
      noteHead(notes, fact);
      return;
    case 'branch-updated':
      noteUpdated(notes, at, fact);
      return;
    case 'review-refused':
      notes.answeredReviews.push(fact.review);
      return;
    case 'revision-requested':
    case 'revision-routed':
    case 'revision-stopped':
    case 'revision-ended':
      noteRevision(notes, fact);
      return;
    case 'revised':
      noteRevised(notes, fact);
      return;
    case 'approved':
      notes.approval = fact;
      notes.revision = undefined;
      return;
    case 'enqueued':
      notes.enqueued = { ...fact, left: false };
      notes.held = undefined;
      return;
    case 'dequeued':
      noteDequeued(notes, fact);
      return;
    case 'released':
      if (notes.held?.head === fact.head) notes.held = undefined;
      return;
    case 'group-asked':
      noteGroup(notes, at, fact);
      return;
    case 'group-gone':
      noteGone(notes, fact);
      return;
    case 'merge-refused':
      noteRefused(notes, at, fact);
      return;
    case 'merged':
      notes.merged = fact;
      notes.answeredGroups = [];
      return;
    case 'thanked':
      notes.thanked = true;
      return;
    case 'closed-by-hand':
      notes.closed = fact;
      notes.queued = undefined;
      return;
    case 'reopened':
      notes.closed = undefined;
      return;
    case 'outcome':
      notes.outcome = fact;
      return;
    case 'undo-asked':
      notes.undoAsked.push(fact);
      return;
    case 'revert-opened':
      noteRevert(notes, fact);
      return;
    case 'returned':
      notes.returned = fact;
      notes.returns += 1;
      notes.closed = undefined;
      return;
    case 'status-posted':
      notes.statusComment = fact.comment;
      return;
    case 'status-shown':
      notes.statusShown = fact.hash;
      return;
    case 'configuration-refused':
      notes.configurationRefused = fact;
      return;
    case 'intent':
      notes.intents.push(fact.what);
      noteMeant(notes, fact.what);
      return;
    case 'checks-posted':
      noteChecks(notes, fact);
      return;
    case 'pull-request-found':
      noteFound(notes, fact);
      return;
    case 'oracle-accepted':
      notes.oracleAccepted = fact;
      notes.answeredComments.push(fact.comment);
      return;
    case 'recheck-asked':
      if (!notes.answeredComments.includes(fact.comment)) notes.asked = fact;
      return;
    case 'command-asked':
      if (!notes.answeredComments.includes(fact.comment)) notes.commands.push(fact);
      return;
    case 'command-followed':
      notes.answeredComments.push(fact.comment);
      notes.commands = notes.commands.filter(({ comment }) => comment !== fact.comment);
      return;
    case 'command-refused':
      notes.answeredComments.push(fact.comment);
      notes.asked = undefined;
      notes.undoAsked = notes.undoAsked.filter(({ comment }) => comment !== fact.comment);
      notes.commands = notes.commands.filter(({ comment }) => comment !== fact.comment);
      notes.stopAsked = notes.stopAsked.filter(({ comment }) => comment !== fact.comment);
      return;
    case 'recheck-requested':
      noteRecheck(notes, at, fact);
      return;
    case 'delayed':
      notes.delayed = fact;
      return;
    case 'resumed':
      notes.delayed = undefined;
      return;
    case 'forgotten':
      notes.forgotten = true;
      return;
    case 'model-asked':
    case 'duplicate-removed':
      return;
    default:
      fact satisfies never;
  }
}
