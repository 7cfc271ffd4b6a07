import type { FactOf } from './fact.ts';
import { noteGroupAgain } from './group-notes.ts';
import type { Notes } from './notes.ts';
import { withRound } from './round-notes.ts';

/** What was judged of this head is judged anew. */
export function noteRecheck(notes: Notes, at: string, fact: FactOf<'recheck-requested'>): void {
  const { head, comment } = fact;
  notes.rechecks.push(fact);
  notes.anew = [...notes.anew.filter((one) => one !== head), head];
  notes.judged = notes.judged.filter((judged) => judged.head !== head);
  // Nothing that was said of the head of the pull request is over by that.
  if (noteGroupAgain(notes, at, head)) return;
  notes.asked = undefined;
  notes.checkedHeads = notes.checkedHeads.filter((checked) => checked !== head);
  notes.posted = notes.held = notes.tried = undefined;
  if (comment !== null) notes.answeredComments.push(comment);
}

export function noteJudged(notes: Notes, fact: FactOf<'judged'>): void {
  const asked = fact.head !== null && notes.anew.includes(fact.head);
  const begunBefore = asked && notes.queued?.anew === false;
  // What was begun before somebody asked for it again is no answer to that.
  if (!begunBefore) notes.judged.push(fact);
  // What its checks say may be of a judgement that holds no more.
  if (!fact.merge) notes.checkedHeads = notes.checkedHeads.filter((checked) => checked !== fact.head);
  if (asked && !begunBefore) notes.anew = notes.anew.filter((head) => head !== fact.head);
  // Without a head it is a candidate, of the first rounds or of a review's.
  if (notes.guarded !== undefined || (notes.proposal !== undefined && fact.head !== null)) notes.queued = undefined;
  else {
    const last = notes.rounds.at(-1);
    if (last !== undefined) withRound(notes, last.round, { judged: fact });
    // A green one ends the rounds, and with them the work.
    if (fact.verdict.passed) notes.queued = undefined;
  }
}
