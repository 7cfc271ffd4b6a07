import type { Change } from '../configuration.ts';
import { at } from '../json-pointer.ts';
import type { InLanguages } from '../language.ts';
import { compilePattern } from '../pattern.ts';
import type { Json, Rejection, Trace, TracedStep } from '../rejection.ts';
import type { Recipe, Slot, SlotSource } from '../rubric.ts';
import { acceptSlot } from './accept-slot.ts';
import { blanksOf, fillJson, unfilledIn } from './template.ts';

/** A blank that nothing filled, with the question and, where they are known, the answers to choose from. */
export interface Missing {
  readonly slot: string;
  readonly ask: string | InLanguages;
  readonly choices?: readonly string[];
}

/** What slots are filled from. */
export interface Sources {
  readonly rejection: Rejection;
  readonly trace: Trace;
  /** The step that the change repairs. */
  readonly step: string;
  readonly settings: Change['with'];
}

/** A value that a source offers, and the reporter's words that it rests on. */
interface Offer {
  readonly value: Json;
  readonly quote?: string;
}

export const tracedStep = (trace: Trace, step: string): TracedStep | undefined =>
  trace.steps.find((traced) => traced.step === step);

const LONGEST_QUOTE = 200;
/** Words of an answer that are tried. */
const MOST_WORDS = 100;
const quoteOf = (match: string, value: string): { quote?: string } => {
  const quote = [match.trim(), value.trim()].find((text) => text !== '' && text.length <= LONGEST_QUOTE);
  return quote === undefined ? {} : { quote };
};

function fromField(name: string, { fields }: Rejection): readonly Offer[] {
  const text = Object.hasOwn(fields, name) ? (fields[name] ?? '') : '';
  return text === '' ? [] : [{ value: text, ...quoteOf(text, text) }];
}

function fromText(source: string, { hints, answers, comment, fields }: Rejection): readonly Offer[] {
  const pattern = compilePattern(source, true);
  if (!('all' in pattern)) return [];
  const offersIn = (texts: readonly string[]): readonly Offer[] =>
    texts.flatMap((text) =>
      pattern.all(text).map(({ match, group }) => ({ value: group, ...quoteOf(match, group ?? '') })),
    );
  const hinted = offersIn(hints);
  return hinted.length > 0
    ? hinted
    : offersIn([comment, ...Object.values(fields), ...answers.map(({ words }) => words)]);
}

function offersOf(source: SlotSource, { rejection, trace, step, settings }: Sources): readonly Offer[] {
  if ('field' in source) return fromField(source.field, rejection);
  if ('text' in source) return fromText(source.text, rejection);
  if ('trace' in source) {
    const traced = tracedStep(trace, source.step ?? step);
    const value = traced === undefined ? undefined : at({ input: traced.input, output: traced.output }, source.trace);
    return value === undefined ? [] : [{ value }];
  }
  const values = ({ name }: { name: string }) => (Object.hasOwn(settings, name) ? settings[name] : undefined);
  return unfilledIn(source.value, values) === null ? [{ value: fillJson(source.value, values) }] : [];
}

interface Filled {
  readonly value: string | number;
  readonly quote?: string;
}

/** What was answered to the question for a slot, newest first: the whole of it, what its patterns find, or a single word. */
function fromAnswers(slot: Slot, { answers }: Rejection, prose: boolean): Filled | undefined {
  const sources = slot.from.flatMap((source) => ('text' in source ? [compilePattern(source.text, true)] : []));
  for (const { words } of answers.filter(({ to }) => to.includes(slot.name)).toReversed()) {
    const found = sources.flatMap((one) => ('all' in one ? one.all(words).map(({ group }) => group ?? '') : []));
    for (const offers of [[words], found, words.split(/[\s,;:!?.]+/).slice(0, MOST_WORDS)]) {
      const values = new Set(offers.flatMap((offer) => acceptSlot(slot, offer, prose) ?? []));
      const [value] = values;
      if (value !== undefined && values.size === 1) return { value, ...quoteOf(words, String(value)) };
    }
  }
  return undefined;
}

/** The slot's value from the first source that gives one. Two different values from one source are a question. */
function fillSlot(slot: Slot, sources: Sources, prose: boolean): Filled | Missing {
  const missing = { slot: slot.name, ask: slot.ask };
  const answered = fromAnswers(slot, sources.rejection, prose);
  if (answered !== undefined) return answered;
  for (const source of slot.from) {
    const offers = offersOf(source, sources).flatMap(({ value, quote }) => {
      const accepted = acceptSlot(slot, value, prose);
      return accepted === undefined ? [] : [{ value: accepted, ...(quote === undefined ? {} : { quote }) }];
    });
    const [first, ...more] = offers;
    if (first === undefined) continue;
    const different = [...new Set([first, ...more].map(({ value }) => value))];
    return different.length === 1 ? first : { ...missing, choices: different.map(String) };
  }
  return slot.oneOf === undefined ? missing : { ...missing, choices: slot.oneOf };
}

/** The slots whose values people will read in sentences. */
export const proseSlots = (recipe: Recipe): ReadonlySet<string> =>
  new Set(
    [recipe.title, recipe.observed, recipe.expected, ...[...recipe.guards, ...recipe.holdOuts].map((c) => c.name)]
      .flatMap(blanksOf)
      .map((blank) => blank.name),
  );

/**
 * Fills a recipe's slots, with the reporter's words that they rest on (verbatim, at most five). Whatever is missing is
 * asked for at once.
 */
export function fillSlots(
  recipe: Recipe,
  sources: Sources,
):
  | { readonly slots: Readonly<Record<string, Json>>; readonly quotes: readonly string[] }
  | { readonly missing: readonly Missing[] } {
  const prose = proseSlots(recipe);
  const filled = recipe.slots.map((slot) => ({ slot, got: fillSlot(slot, sources, prose.has(slot.name)) }));
  const missing = filled.flatMap(({ got }) => ('ask' in got ? [got] : []));
  if (missing.length > 0) return { missing };
  const given = filled.flatMap(({ slot, got }) => ('ask' in got ? [] : [{ name: slot.name, ...got }]));
  const quotes = new Set(given.flatMap(({ quote }) => (quote === undefined ? [] : [quote])));
  return { slots: Object.fromEntries(given.map(({ name, value }) => [name, value])), quotes: [...quotes].slice(0, 5) };
}
