import type { FactOf } from './fact.ts';
import type { Notes } from './notes.ts';
import { isKnown, personOf, unknown } from './person.ts';
import { overtaken } from './revision-notes.ts';

/** Pushes may be told in any order, and the pull request may show a head before its push is told. */
export function noteHead(notes: Notes, fact: FactOf<'head-moved'>): void {
  const { head } = fact;
  const by = personOf(fact);
  if (isKnown(by)) notes.pushers.set(head, by);
  const { proposal, guarded } = notes;
  if (guarded?.head === head && !isKnown(guarded.by)) notes.guarded = { ...guarded, by };
  if (proposal === undefined) return;
  const lastPusher = notes.pushers.get(head) ?? unknown;
  if (proposal.head === head) {
    if (proposal.lastPusher !== null && !isKnown(proposal.lastPusher)) notes.proposal = { ...proposal, lastPusher };
    return;
  }
  notes.proposal = { ...proposal, head, lastPusher };
  notes.queued = notes.held = notes.updated = undefined;
  notes.revision = overtaken(notes.revision);
}

/** A merge of base adds nothing of anybody's: whoever pushed what it was merged into may still not approve it. */
export function noteUpdated(notes: Notes, at: string, { head, from, base }: FactOf<'branch-updated'>): void {
  if (notes.proposal === undefined) return;
  notes.proposal = { ...notes.proposal, head };
  const before = notes.updated;
  const inARow = before?.head === from ? before.approved : 0;
  const approved = notes.approval?.head === from ? inARow + 1 : 0;
  notes.updated = { head, from, base, at, times: (before?.times ?? 0) + 1, approved };
  notes.queued = notes.held = notes.revision = undefined;
}

/** A head that was not there before, or goes elsewhere now: nothing that was said of another, or of another branch, holds. */
export function noteFound(notes: Notes, fact: FactOf<'pull-request-found'>): void {
  const { head, undoes } = fact;
  const { guarded } = notes;
  const into = fact.into ?? guarded?.into ?? null;
  const isElsewhere = guarded !== undefined && guarded.into !== null && guarded.into !== into;
  notes.closed = undefined;
  if (isElsewhere) notes.judged = notes.judged.filter((judged) => judged.head !== head);
  if (guarded?.head !== head || isElsewhere)
    notes.queued = notes.oracleAccepted = notes.posted = notes.held = undefined;
  const author = personOf({ by: fact.author, byId: fact.authorId });
  notes.guarded = { author, head, by: notes.pushers.get(head) ?? personOf(fact), undoes: undoes ?? null, into };
}
