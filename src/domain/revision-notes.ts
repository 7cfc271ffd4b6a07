import type { FactOf } from './fact.ts';
import type { Notes } from './notes.ts';
import type { Revision } from './stage.ts';

type RevisionFact = FactOf<'revision-requested' | 'revision-routed' | 'revision-stopped' | 'revision-ended'>;

/** Takes in what happens to a review that asks for changes. What is told of another than the last one is over. */
export function noteRevision(notes: Notes, fact: RevisionFact): void {
  if (fact.kind === 'revision-requested') {
    const { review, by, head } = fact;
    notes.answeredReviews.push(review);
    notes.revision = { review, by, of: head, routed: null, stopped: null, meant: [], head: null, ended: false };
    return;
  }
  const { revision } = notes;
  if (revision?.review !== fact.review) return;
  switch (fact.kind) {
    case 'revision-routed':
      notes.revision = { ...revision, routed: fact };
      return;
    case 'revision-stopped':
      notes.queued = undefined;
      notes.revision = { ...revision, stopped: fact.reason };
      return;
    case 'revision-ended':
      notes.queued = undefined;
      notes.revision = { ...revision, ended: true };
      return;
  }
}

/** The judgement of a review's candidate that is green and waits to be pushed. */
function provenOf({ revision, rounds }: Notes): FactOf<'judged'> | null {
  const last = rounds.at(-1);
  const waits = revision?.head === null && last !== undefined && last.round > (revision.routed?.after ?? Infinity);
  return waits && last.judged?.verdict.passed === true ? last.judged : null;
}

/** A push that is about to be tried while a candidate waits for one is that candidate's. */
export function noteMeant(notes: Notes, what: string): void {
  const commit = /^push ([0-9a-f]+)$/.exec(what)?.[1];
  if (commit === undefined || notes.revision === undefined || provenOf(notes) === null) return;
  notes.revision = { ...notes.revision, meant: [...notes.revision.meant, commit] };
}

/** The last round's candidate stands on the branch, as this head. */
export function noteRevised(notes: Notes, { head }: FactOf<'revised'>): void {
  const { revision, proposal } = notes;
  const proven = provenOf(notes);
  if (revision === undefined || proposal === undefined || proven === null) return;
  notes.proposal = { ...proposal, head, lastPusher: null };
  notes.judged = notes.judged.map((judged) => (judged === proven ? { ...judged, head } : judged));
  notes.queued = notes.held = undefined;
  notes.revision = { ...revision, head };
}

/** Somebody pushed: nothing of ours goes on top of that. What stands there already is still told. */
export function overtaken(revision: Revision | undefined): Revision | undefined {
  if (revision === undefined || revision.ended) return undefined;
  return revision.head === null ? { ...revision, stopped: { code: 'revision-overtaken' } } : revision;
}
