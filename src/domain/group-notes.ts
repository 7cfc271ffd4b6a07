import type { FactOf } from './fact.ts';
import type { Notes } from './notes.ts';

/** Nobody waits for this group any more, nor for work on it. */
function endGroup(notes: Notes, head: string): void {
  notes.groups = notes.groups.filter((group) => group.head !== head);
  if (notes.queued?.fact.what === 'group' && notes.queued.fact.head === head) notes.queued = undefined;
}

const forgetGreen = (notes: Notes, gone: string): void => {
  notes.greenGroups = notes.greenGroups.filter(({ head }) => head !== gone);
};

/** Where it was asked for before, it is asked for anew. */
export function noteGroup(notes: Notes, at: string, fact: FactOf<'group-asked'>): void {
  notes.groups = [...notes.groups.filter(({ head }) => head !== fact.head), { ...fact, at }];
}

export function noteGone(notes: Notes, { head }: FactOf<'group-gone'>): void {
  endGroup(notes, head);
  forgetGreen(notes, head);
}

/** Checks of a group say nothing of the head of the pull request. */
export function noteChecks(notes: Notes, fact: FactOf<'checks-posted'>): void {
  notes.checkedHeads.push(fact.head);
  const group = notes.groups.find(({ head }) => head === fact.head);
  if (group === undefined) {
    notes.posted = fact;
    return;
  }
  endGroup(notes, fact.head);
  forgetGreen(notes, fact.head);
  if (fact.green) notes.greenGroups.push(group);
}

/** Groups that are green already may become base any moment: they are answered anew. */
export function noteDequeued(notes: Notes, { head }: FactOf<'dequeued'>): void {
  if (notes.enqueued?.head !== head) return;
  notes.enqueued = { ...notes.enqueued, left: true };
  notes.groups = [...notes.greenGroups, ...notes.groups];
  notes.greenGroups = [];
}
