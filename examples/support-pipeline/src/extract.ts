import { normalisers } from './normalisers.ts';
import type { Rules } from './rules.ts';
import type { Amount, Entities, ExtractInput } from './types.ts';

function unique(values: readonly (string | Amount)[]): readonly (string | Amount)[] {
  const seen = new Map(values.map((value) => [JSON.stringify(value), value]));
  return [...seen.values()];
}

/** Step 2. Every value in the text that a later step may need, in one spelling each, by group. */
export function extract(input: ExtractInput, { extraction }: Rules): { readonly entities: Entities } {
  const text = `${input.subject}\n${input.text}`;
  const context = { received: input.received, currency: extraction.currency };
  const entities = Object.entries(extraction.groups).map(([group, fields]) => [
    group,
    Object.fromEntries(
      Object.entries(fields).map(([field, name]) => [field, unique(normalisers[name](text, context))]),
    ),
  ]);
  return { entities: Object.fromEntries(entities) as Entities };
}
