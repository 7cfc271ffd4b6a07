import { isList, isObject } from '../json-pointer.ts';
import type { Json } from '../rejection.ts';

/** A place in a template that is filled from elsewhere. `unknown` looks like one and is none. */
export type Blank =
  | { readonly of: 'slot'; readonly name: string }
  | { readonly of: 'with'; readonly name: string }
  | { readonly of: 'output'; readonly name: string }
  | { readonly of: 'unknown'; readonly name: string };

const BLANK =
  /\{(?:(?<open>\{)|with\.(?<setting>[A-Za-z][\w-]*)\}|output:(?<pointer>(?:\/[^{}]*)?)\}|(?<slot>[a-z][a-z0-9-]*)\}|(?<unknown>[A-Za-z][^{}]*)\})/g;

function blankOf(groups: Readonly<Record<string, string | undefined>>): Blank | string {
  const { setting, pointer, slot, unknown } = groups;
  if (setting !== undefined) return { of: 'with', name: setting };
  if (pointer !== undefined) return { of: 'output', name: pointer };
  if (slot !== undefined) return { of: 'slot', name: slot };
  return unknown !== undefined ? { of: 'unknown', name: unknown } : '{';
}

/**
 * A template as literal texts and blanks: `{slot}`, `{with.name}` and `{output:/pointer}`. `{{` stands for `{`; a brace
 * before anything but a letter (as in the pattern `\d{3}`) stands for itself.
 */
export function partsOf(template: string): readonly (string | Blank)[] {
  const parts: (string | Blank)[] = [];
  let from = 0;
  for (const found of template.matchAll(BLANK)) {
    if (found.index > from) parts.push(template.slice(from, found.index));
    parts.push(blankOf(found.groups ?? {}));
    from = found.index + found[0].length;
  }
  if (from < template.length) parts.push(template.slice(from));
  return parts;
}

export const blanksOf = (template: string): readonly Blank[] =>
  partsOf(template).filter((part): part is Blank => typeof part !== 'string');

/** What blanks are filled with; undefined when there is nothing. */
export type Values = (blank: Blank) => Json | undefined;

/** The first blank of a template that nothing fills; null when all are filled. */
export function unfilledIn(template: Json, values: Values): Blank | null {
  if (typeof template === 'string') return blanksOf(template).find((blank) => values(blank) === undefined) ?? null;
  const members = isList(template) ? template : isObject(template) ? Object.values(template) : [];
  for (const member of members) {
    const blank = unfilledIn(member, values);
    if (blank !== null) return blank;
  }
  return null;
}

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

function filled(blank: Blank, values: Values): Json {
  const value = values(blank);
  if (value === undefined) throw new Error(`nothing fills {${blank.name}}: unfilledIn comes first`);
  return value;
}

/** The template with every blank written out by `write`. All have to be filled. */
export const fillText = (
  template: string,
  values: Values,
  write: (value: Json, blank: Blank) => string = asText,
): string =>
  partsOf(template)
    .map((part) => (typeof part === 'string' ? part : write(filled(part, values), part)))
    .join('');

/** A JSON value with the blanks of its texts filled; a text that is exactly one blank takes the typed value. All have to be filled. */
export function fillJson(template: Json, values: Values): Json {
  if (typeof template === 'string') {
    const [first, ...more] = partsOf(template);
    if (first !== undefined && typeof first !== 'string' && more.length === 0) return filled(first, values);
    return fillText(template, values);
  }
  if (isList(template)) return template.map((item) => fillJson(item, values));
  if (!isObject(template)) return template;
  return Object.fromEntries(Object.entries(template).map(([key, member]) => [key, fillJson(member, values)]));
}
