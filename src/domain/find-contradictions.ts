import { assertCase } from './assert-case.ts';
import type { Case, Expectation } from './case.ts';
import { mapTexts } from './compare-json.ts';
import { canonical } from './hash.ts';
import { isList, isObject, parsePointer, pointerOf } from './json-pointer.ts';
import type { Json } from './rejection.ts';

/** Two cases of which no output can satisfy both, and where: one case twice, if it contradicts itself. */
export interface Contradiction {
  readonly one: string;
  readonly other: string;
  readonly path: string;
}

type Kind = 'text' | 'number' | 'list' | 'object' | 'other';

/** What each operator takes; one that is not named takes anything that is there. */
const KINDS: Partial<Readonly<Record<Expectation['op'], readonly Kind[]>>> = {
  matches: ['text'],
  not_matches: ['text'],
  lt: ['number'],
  lte: ['number'],
  gt: ['number'],
  gte: ['number'],
  approx: ['number'],
  length: ['text', 'list', 'object'],
  names_eq: ['list', 'object'],
};

function kindOf(value: Json): Kind {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return 'number';
  if (isList(value)) return 'list';
  return isObject(value) ? 'object' : 'other';
}

/** The values that it can be, where these are few; null where they are not. `ignore` is for the caller to mind. */
function valuesOf({ op, value }: Expectation): readonly Json[] | null {
  if (op === 'eq' && value !== undefined) return [value];
  return op === 'in' && isList(value) ? value : null;
}

function kindsOf(of: Expectation): readonly Kind[] | null {
  const values = valuesOf(of);
  return values === null ? (KINDS[of.op] ?? null) : values.map(kindOf);
}

interface Range {
  readonly least: number;
  readonly most: number;
  /** The ends belong to it. */
  readonly closed: readonly [boolean, boolean];
}

function rangeOf({ op, value, tolerance = 0 }: Expectation): Range | null {
  if (typeof value !== 'number') return null;
  const all = { least: -Infinity, most: Infinity };
  if (op === 'lt' || op === 'lte') return { ...all, most: value, closed: [true, op === 'lte'] };
  if (op === 'gt' || op === 'gte') return { ...all, least: value, closed: [op === 'gte', true] };
  if (op === 'approx') return { least: value - tolerance, most: value + tolerance, closed: [true, true] };
  return null;
}

function rangesMeet(a: Range, b: Range): boolean {
  const least = Math.max(a.least, b.least);
  const most = Math.min(a.most, b.most);
  if (least !== most) return least < most;
  return [a, b].every((of) => (of.least < least || of.closed[0]) && (of.most > most || of.closed[1]));
}

const holds = (value: Json, of: Expectation, path = ''): boolean =>
  assertCase(value, [{ ...of, path }])[0]?.passed === true;

/** Texts as both sides see them, where either looks past case or space. */
function seenBy(a: Expectation, b: Expectation): (value: Json) => string {
  const ignored = new Set([...(a.ignore ?? []), ...(b.ignore ?? [])]);
  return (value) =>
    canonical(
      mapTexts(value, (text) => {
        const spaced = ignored.has('space') ? text.replace(/\s+/g, ' ').trim() : text;
        return ignored.has('case') ? spaced.toLowerCase() : spaced;
      }),
    );
}

/** Whether some value of a few can satisfy the other. Only what is sure counts: a doubt is a yes. */
function someFits(few: Expectation, values: readonly Json[], other: Expectation): boolean {
  if ((few.ignore ?? []).length === 0) return values.some((value) => holds(value, other));
  const others = valuesOf(other);
  if (others === null) return true;
  const seen = seenBy(few, other);
  return values.some((value) => others.some((one) => seen(one) === seen(value)));
}

/** What is counted or named in full is one thing. */
const isExact = ({ op, ignore = [] }: Expectation): boolean =>
  (op === 'length' || op === 'names_eq') && ignore.length === 0;

/** Whether some value could satisfy both, at one place. */
function canMeet(a: Expectation, b: Expectation): boolean {
  if (a.op === 'absent' || b.op === 'absent') return a.op === b.op;
  const [few, other] = valuesOf(a) === null || (a.ignore ?? []).length > 0 ? [b, a] : [a, b];
  const values = valuesOf(few);
  if (values !== null) return someFits(few, values, other);
  const [kinds, others] = [kindsOf(a), kindsOf(b)];
  if (kinds !== null && others !== null && !kinds.some((kind) => others.includes(kind))) return false;
  const [range, otherRange] = [rangeOf(a), rangeOf(b)];
  if (range !== null && otherRange !== null) return rangesMeet(range, otherRange);
  if (!isExact(a) || a.op !== b.op || !isExact(b)) return true;
  const names = (value: Json | undefined): string =>
    canonical(isList(value) ? [...new Set(value.map(canonical))].sort() : (value ?? null));
  return names(a.value) === names(b.value);
}

/** The rest of the second path behind the first one; null where it does not lead through there. */
function below(path: string, other: string): readonly string[] | null {
  const [tokens, others] = [parsePointer(path), parsePointer(other)];
  if (tokens === null || others === null || others.length < tokens.length) return null;
  return tokens.every((token, at) => token === others[at]) ? others.slice(tokens.length) : null;
}

/** Whether one output could satisfy both. What is said in full of a place decides also what is said of places within it. */
function compatible(a: Expectation, b: Expectation): boolean {
  if (a.path === b.path) return canMeet(a, b);
  for (const [whole, part] of [
    [a, b],
    [b, a],
  ] as const) {
    const rest = below(whole.path, part.path);
    if (rest === null) continue;
    if (whole.op === 'absent') return part.op === 'absent';
    const values = (whole.ignore ?? []).length > 0 ? null : valuesOf(whole);
    if (values !== null) return values.some((value) => holds(value, part, pointerOf(rest)));
  }
  return true;
}

function between(a: Case, b: Case): Contradiction | null {
  for (const one of a.expect)
    for (const other of b.expect)
      if (!compatible(one, other)) {
        const path = one.path.length >= other.path.length ? one.path : other.path;
        return { one: a.name, other: b.name, path };
      }
  return null;
}

/**
 * Cases that no program can satisfy together: the same input of the same step, and expectations of one place that no
 * value meets. Compared are `cases` among themselves (also each with itself) and with `standing` ones. Only what is sure
 * counts, so a case that is not found here may still be impossible. At most one is told per pair.
 */
export function findContradictions(cases: readonly Case[], standing: readonly Case[] = []): readonly Contradiction[] {
  const placeOf = ({ step, input }: Case): string => canonical([step, input]);
  const steps = new Set(cases.map(({ step }) => step));
  const places = Map.groupBy(
    standing.filter(({ step }) => steps.has(step)),
    placeOf,
  );
  return cases.flatMap((one, at) => {
    const place = placeOf(one);
    const others = cases.slice(at).filter((other) => placeOf(other) === place);
    return [...others, ...(places.get(place) ?? [])]
      .map((other) => between(one, other))
      .filter((found) => found !== null);
  });
}
