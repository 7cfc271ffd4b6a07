import type { Expectation } from './case.ts';
import { containsJson, equalJson, holdsInexact, mapTexts } from './compare-json.ts';
import { isList, isObject, lookUp, parsePointer } from './json-pointer.ts';
import { kinds, finding as say } from './messages/cases.ts';
import { compilePattern } from './pattern.ts';
import type { Json } from './rejection.ts';

/** What one expectation came to. `got` is undefined when nothing is at the path. */
export interface Finding {
  readonly path: string;
  readonly op: Expectation['op'];
  readonly passed: boolean;
  readonly because: string;
  readonly expected: Json | undefined;
  readonly got: Json | undefined;
}

/** null when it holds, else why it does not. */
type Outcome = string | null;

interface Sides {
  readonly got: Json;
  readonly value: Json;
  readonly expectation: Expectation;
}

type Operator = (sides: Sides) => Outcome;

const met = (holds: boolean): Outcome => (holds ? null : say.differs);
const isNumber = (value: Json): value is number => typeof value === 'number' && Number.isFinite(value);

const compared =
  (test: (got: number, value: number) => boolean): Operator =>
  ({ got, value, expectation }) => {
    if (!isNumber(value)) return say.wrongValue(expectation.op, kinds.number);
    return isNumber(got) ? met(test(got, value)) : say.wrongKind(kinds.number);
  };

/** Most steps of one search, some half a second: what a candidate prints may not keep everybody waiting. */
const MOST_STEPS = 5_000_000;

const matching =
  (wanted: boolean): Operator =>
  ({ got, expectation }) => {
    // The pattern as written: normalising its letters would turn \D into \d.
    if (typeof expectation.value !== 'string') return say.wrongValue(expectation.op, kinds.text);
    const pattern = compilePattern(expectation.value, expectation.ignore?.includes('case'));
    if ('because' in pattern) return say.badPattern(pattern.because);
    if (typeof got !== 'string') return say.wrongKind(kinds.text);
    return pattern.size * got.length > MOST_STEPS ? say.tooLong : met(pattern.found(got) === wanted);
  };

const lengthOf = (value: Json): number | null => {
  if (typeof value === 'string') return [...value].length;
  if (isList(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : null;
};

const nameOf = (value: Json): string | null => {
  const name = isObject(value) && Object.hasOwn(value, 'name') ? value['name'] : value;
  return typeof name === 'string' ? name : null;
};

function namesOf(value: Json): ReadonlySet<string> | null {
  const names = isList(value) ? value.map(nameOf) : isObject(value) ? Object.keys(value) : [null];
  return names.every((name) => name !== null) ? new Set(names) : null;
}

const namesEqual: Operator = ({ got, value }) => {
  const wanted = isList(value) ? namesOf(value) : null;
  if (wanted === null) return say.wrongValue('names_eq', kinds.names);
  const names = namesOf(got);
  if (names === null) return say.wrongKind(kinds.named);
  return met(names.size === wanted.size && [...names].every((name) => wanted.has(name)));
};

const lengthEqual: Operator = ({ got, value }) => {
  if (!isNumber(value) || !Number.isInteger(value) || value < 0) return say.wrongValue('length', kinds.count);
  const length = lengthOf(got);
  return length === null ? say.wrongKind(kinds.countable) : met(length === value);
};

const approximate: Operator = (sides) => {
  const { tolerance } = sides.expectation;
  if (tolerance === undefined) return say.noTolerance;
  return compared((got, value) => Math.abs(got - value) <= tolerance)(sides);
};

const operators: Readonly<Record<Exclude<Expectation['op'], 'present' | 'absent'>, Operator>> = {
  eq: ({ got, value }) => met(equalJson(got, value)),
  ne: ({ got, value }) => met(!equalJson(got, value)),
  in: ({ got, value }) =>
    isList(value) ? met(value.some((item) => equalJson(got, item))) : say.wrongValue('in', kinds.list),
  matches: matching(true),
  not_matches: matching(false),
  lt: compared((got, value) => got < value),
  lte: compared((got, value) => got <= value),
  gt: compared((got, value) => got > value),
  gte: compared((got, value) => got >= value),
  length: lengthEqual,
  names_eq: namesEqual,
  subset: ({ got, value }) => met(containsJson(got, value)),
  approx: approximate,
};

function normaliser(ignore: Expectation['ignore']): (value: Json) => Json {
  if (ignore === undefined || ignore.length === 0) return (value) => value;
  return (value) =>
    mapTexts(value, (text) => {
      const spaced = ignore.includes('space') ? text.replace(/\s+/g, ' ').trim() : text;
      return ignore.includes('case') ? spaced.toLowerCase() : spaced;
    });
}

function outcomeOf(expectation: Expectation, tokens: readonly string[] | null, got: Json | undefined): Outcome {
  const { op, value } = expectation;
  if (tokens === null) return say.badPointer;
  if (op === 'absent') return got === undefined ? null : say.somethingThere;
  if (op === 'present') return got === undefined ? say.nothingThere : null;
  if (value === undefined) return say.noValue(op);
  if (holdsInexact(value)) return say.inexact;
  // Nothing proves nothing: `ne` and `not_matches` fail too where the output has no such place.
  if (got === undefined) return say.nothingThere;
  const normalise = normaliser(expectation.ignore);
  return operators[op]({ got: normalise(got), value: normalise(value), expectation });
}

/**
 * Compares an output with a case's expectations: one finding each, in order. Never throws.
 *
 * Paths see own members only. Where nothing is at the path, every operator but `absent` fails. `ignore` normalises the
 * texts of both sides (not keys; of a pattern's sides only the text). `lt`…`gte` and `approx` take numbers, `length` the
 * characters of a text, items of a list or keys of an object. `names_eq`: the value is a list of names; what is there is
 * a list of texts or of objects with a `name`, or an object whose keys are the names; both are compared as sets.
 * `subset`: the value is contained in what is there (see `containsJson`). `matches` looks anywhere in the text (RE2), and
 * fails, as `not_matches` does, where that could take too long. So does whatever is compared with a number that is not
 * exact.
 */
export function assertCase(output: Json, expect: readonly Expectation[]): readonly Finding[] {
  return expect.map((expectation) => {
    const tokens = parsePointer(expectation.path);
    const got = tokens === null ? undefined : lookUp(output, tokens);
    const because = outcomeOf(expectation, tokens, got);
    const { path, op, value: expected } = expectation;
    return { path, op, passed: because === null, because: because ?? say.holds, expected, got };
  });
}

/** What is wrong with an expectation whatever the output is: a missing value, a pattern RE2 refuses. null when nothing. */
export function mistakeIn(expectation: Expectation): string | null {
  const { op, value, tolerance } = expectation;
  if (parsePointer(expectation.path) === null) return say.badPointer;
  if (op === 'absent' || op === 'present') return null;
  if (value === undefined) return say.noValue(op);
  if (holdsInexact(value)) return say.inexact;
  if (op === 'approx' && tolerance === undefined) return say.noTolerance;
  if (op !== 'matches' && op !== 'not_matches') return null;
  if (typeof value !== 'string') return say.wrongValue(op, kinds.text);
  const pattern = compilePattern(value);
  return 'because' in pattern ? say.badPattern(pattern.because) : null;
}
