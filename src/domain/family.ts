import type { FactOf } from './fact.ts';
import type { Notes } from './notes.ts';
import type { PartOf } from './split-fact.ts';

/** How a rejection hangs together with those that it was split into, or that it was split from. */
export interface Family {
  readonly split: FactOf<'split'> | null;
  readonly opened: readonly FactOf<'part-opened'>[];
  readonly partOf: PartOf | null;
  /** The rejection whose end it waits for; null for none. */
  readonly waitsFor: number | null;
  /** The parts that its last draft or question saw in it, a list of quotes each; null for none. */
  readonly proposed: readonly (readonly string[])[] | null;
}

/** A split stays, however often the rejection is taken up anew. */
export function noteFamily(
  notes: Notes,
  fact: FactOf<'rejection-accepted' | 'split' | 'part-opened' | 'part-began'>,
): void {
  if (fact.kind === 'rejection-accepted') notes.partOf = fact.partOf ?? notes.partOf;
  else if (fact.kind === 'split') notes.split ??= fact;
  else if (fact.kind === 'part-opened') notes.opened.push(fact);
  else notes.began = true;
}

export const familyOf = ({ split, opened, partOf, began, draft, question }: Notes): Family => ({
  split: split ?? null,
  opened,
  partOf: partOf ?? null,
  waitsFor: began ? null : (partOf?.after ?? null),
  proposed: draft?.parts ?? question?.parts ?? null,
});
