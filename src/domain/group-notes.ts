import type { FactOf } from './fact.ts';
import type { Notes } from './notes.ts';

/** Nobody waits for this group any more, nor for work on it. */
function endGroup(notes: Notes, head: string): void {
  notes.groups = notes.groups.filter((group) => group.head !== head);
  if (notes.queued?.fact.what === 'group' && notes.queued.fact.head === head) notes.queued = undefined;
}

const forgetAnswered = (notes: Notes, gone: string): void => {
  notes.answeredGroups = notes.answeredGroups.filter(({ group }) => group.head !== gone);
};

/** Where it was asked for before, it is asked for anew. */
export function noteGroup(notes: Notes, at: string, fact: FactOf<'group-asked'>): void {
  notes.groups = [...notes.groups.filter(({ head }) => head !== fact.head), { ...fact, at, anew: false }];
}

export function noteGone(notes: Notes, { head }: FactOf<'group-gone'>): void {
  endGroup(notes, head);
  forgetAnswered(notes, head);
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
  forgetAnswered(notes, fact.head);
  notes.answeredGroups.push({ group: { ...group, anew: false }, green: fact.green });
}

/** Groups that are green already may become base any moment: they are answered anew. */
export function noteDequeued(notes: Notes, { head }: FactOf<'dequeued'>): void {
  if (notes.enqueued?.head !== head) return;
  notes.enqueued = { ...notes.enqueued, left: true };
  const [green, others] = [true, false].map((is) => notes.answeredGroups.filter((one) => one.green === is));
  notes.groups = [...(green ?? []).map(({ group }) => group), ...notes.groups];
  notes.answeredGroups = others ?? [];
}

/** Whether it is a group that somebody wants to be judged again; then it is answered anew. */
export function noteGroupAgain(notes: Notes, at: string, again: string): boolean {
  const known = [...notes.groups, ...notes.answeredGroups.map(({ group }) => group)];
  const group = known.find(({ head }) => head === again);
  if (group === undefined) return false;
  forgetAnswered(notes, again);
  notes.groups = [...notes.groups.filter(({ head }) => head !== again), { ...group, at, anew: true }];
  return true;
}
