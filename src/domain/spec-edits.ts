import { canonical } from './hash.ts';
import type { Json } from './rejection.ts';
import type { Spec } from './spec.ts';

/** A field of the spec as the draft had it, and as it was approved; null where there was none. */
export interface SpecEdit {
  readonly field: string;
  readonly before: Json;
  readonly after: Json;
}

const fieldOf = (spec: Spec, field: string): Json =>
  JSON.parse(JSON.stringify((spec as Readonly<Record<string, unknown>>)[field] ?? null)) as Json;

/** What people changed between draft and approval, field by field. The answers are no edits: they were blank. */
export function specEdits(drafted: Spec, approved: Spec): readonly SpecEdit[] {
  const fields = [...new Set([...Object.keys(drafted), ...Object.keys(approved)])].filter(
    (field) => field !== 'answers',
  );
  return fields
    .map((field) => ({ field, before: fieldOf(drafted, field), after: fieldOf(approved, field) }))
    .filter(({ before, after }) => canonical(before) !== canonical(after));
}
