import { AT_PLACEHOLDERS } from './personal/book.ts';
import { KINDS, type KindName } from './personal/kind.ts';
import { belongsToNobody } from './personal/surrogates.ts';
import type { Redactor } from './redact.ts';
import type { Spec } from './spec.ts';

/** What is told by its form alone, and is no word of a language by accident. */
const CERTAIN: ReadonlySet<KindName> = new Set(['secret', 'email', 'iban', 'card']);

/** A part of a spec in which something is somebody's own. */
export interface PersonalPart {
  readonly part: string;
  readonly kind: KindName;
  readonly certain: boolean;
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, item]) => [name, ...textsIn(item)]);
}

const kindOf = (placeholder: string): KindName | undefined => KINDS.find((kind) => placeholder.startsWith(`[${kind}-`));

/** The kinds of what may be somebody's own in a text: no placeholder, no surrogate, nothing kept for examples or known to all. */
function kindsIn(text: string, by: Redactor, known: string): readonly KindName[] {
  const placeholders = by
    .redact(text)
    .split(AT_PLACEHOLDERS)
    .filter((_, i) => i % 2 === 1);
  return placeholders.flatMap((placeholder) => {
    const [kind, value] = [kindOf(placeholder), by.restore(placeholder)];
    const told = kind !== undefined && text.includes(value) && !known.includes(value) && !belongsToNobody(kind, value);
    return told ? [kind] : [];
  });
}

/**
 * Where a spec holds what may be somebody's own, in all that is committed, posted or shown to agents. `by` knows whom the
 * rejection is about; `known`: texts that are committed already.
 */
export function personalIn(spec: Spec, by: Redactor, known: string): readonly PersonalPart[] {
  const { answers: _, ...parts } = spec;
  return Object.entries(parts).flatMap(([part, value]) => {
    const kinds = new Set(textsIn(value).flatMap((text) => kindsIn(text, by, known)));
    return [...kinds].map((kind) => ({ part, kind, certain: CERTAIN.has(kind) }));
  });
}
