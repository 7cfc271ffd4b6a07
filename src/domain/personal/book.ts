import { KINDS, type KindName } from './kind.ts';
import { fold } from './names.ts';
import { digitsOf, ibanChars } from './numbers.ts';
import { plain } from './plain.ts';
import { type Draw, nameSurrogate, nameWord, spelled, surrogateOf } from './surrogates.ts';

const source = `\\[(?:${KINDS.join('|')})-\\d{1,6}(?:\\.\\d{1,6})?\\]`;
/** Splits a text at placeholders, which stand at odd places of what comes out. */
export const AT_PLACEHOLDERS = new RegExp(`(${source})`);
const EVERY_PLACEHOLDER = new RegExp(source, 'g');
/** After so many draws that were taken, one that is taken has to do. */
const DRAWS = 100;

interface Entry {
  readonly kind: KindName;
  readonly number: number;
  /** The ways in which it was written, as they came. */
  readonly spellings: string[];
  surrogate: string | null;
}

/** The text with the parts between its placeholders changed; `next` is the placeholder behind a part. */
export const between = (text: string, change: (part: string, next: string) => string): string =>
  text
    .split(AT_PLACEHOLDERS)
    .map((part, i, all) => (i % 2 === 1 || part === '' ? part : change(part, all[i + 1] ?? '')))
    .join('');

const DIGIT = /\d/;

/** Each place of a surrogate changed, but where it is part of a longer number. */
function exchanged(text: string, surrogate: string, by: string): string {
  let result = '';
  let from = 0;
  for (let at = text.indexOf(surrogate); at !== -1; at = text.indexOf(surrogate, at + 1)) {
    const to = at + surrogate.length;
    const longer = (a: string | undefined, b: string | undefined) => DIGIT.test(a ?? '') && DIGIT.test(b ?? '');
    if (at < from || longer(text[at - 1], surrogate[0]) || longer(surrogate.at(-1), text[to])) continue;
    result += text.slice(from, at) + by;
    from = to;
  }
  return result + text.slice(from);
}

/** What makes two writings one value. */
function canonical(kind: KindName, written: string): string {
  const value = plain(written).text;
  if (kind === 'phone') return value.trim().startsWith('+') ? `00${digitsOf(value)}` : digitsOf(value);
  if (kind === 'card') return digitsOf(value);
  if (kind === 'iban') return ibanChars(value);
  if (kind === 'secret' || kind === 'account') return value;
  return fold(value).replace(/\s+/g, ' ');
}

/** Which value is which placeholder and which surrogate. In memory only. */
export interface Book {
  placeholderOf(kind: KindName, value: string): string;
  /** What stands for a placeholder of this book; undefined for others, which are somebody's words. */
  surrogateOf(placeholder: string): string | undefined;
  valueOf(placeholder: string): string | undefined;
  /** The text with placeholders for the surrogates in it, wherever they stand. */
  withoutSurrogates(text: string): string;
  /** Placeholders that stand in a text already mean nothing here, and are not given to a value. */
  reserve(text: string): void;
  count(): number;
  /** Changes whenever a text may come to something else than before. */
  version(): string;
}

/**
 * Draws surrogates: one for a value, and one for each word of a name, none twice and none the value itself. `isAccount`:
 * whether a text is an account number as the configuration says they look.
 */
function drawer(draw: Draw, isAccount: (text: string) => boolean) {
  const used = new Set<string>();
  const words = new Map<string, string>();
  const drawn = (kind: KindName, value: string, make: (draw: Draw, attempt: number) => string): string => {
    let one = '';
    for (let attempt = 0; attempt < DRAWS; attempt++) {
      one = make((below) => (draw(below) + attempt) % below, attempt);
      if (!used.has(one.toLowerCase()) && canonical(kind, one) !== canonical(kind, value)) break;
    }
    used.add(one.toLowerCase());
    return one;
  };
  const wordFor = (word: string, first: boolean): string => {
    const known = words.get(fold(word)) ?? drawn('name', word, (by, attempt) => nameWord(first, by, attempt));
    words.set(fold(word), known);
    return known;
  };
  return (entry: Entry, value: string): string => {
    const { kind, spellings } = entry;
    if (kind === 'name') return nameSurrogate(value, wordFor);
    const written = spellings[0] ?? value;
    const first = kind === 'account' ? written : plain(written).text;
    entry.surrogate ??= drawn(kind, first, (by, attempt) => surrogateOf(kind, first, by, attempt, isAccount));
    return spelled(kind, entry.surrogate, value);
  };
}

export function book(draw: Draw, isAccount: (text: string) => boolean): Book {
  const entries = new Map<string, Entry>();
  const named = new Map<string, { readonly entry: Entry; readonly value: string }>();
  const bySurrogate = new Map<string, string>();
  const foreign = new Set<string>();
  const counts = new Map<KindName, number>();
  const surrogateFor = drawer(draw, isAccount);
  const numberOf = (kind: KindName): number => {
    let number = (counts.get(kind) ?? 0) + 1;
    while (foreign.has(`[${kind}-${number}]`)) number++;
    counts.set(kind, number);
    return number;
  };
  return {
    placeholderOf: (kind, value) => {
      const stands = bySurrogate.get(value);
      if (stands !== undefined) return stands;
      const key = `${kind} ${canonical(kind, value)}`;
      const entry = entries.get(key) ?? { kind, number: numberOf(kind), spellings: [], surrogate: null };
      entries.set(key, entry);
      if (!entry.spellings.includes(value)) entry.spellings.push(value);
      const nth = entry.spellings.indexOf(value) + 1;
      const placeholder = `[${kind}-${entry.number}${nth === 1 ? '' : `.${nth}`}]`;
      named.set(placeholder, { entry, value });
      return placeholder;
    },
    surrogateOf: (placeholder) => {
      const of = named.get(placeholder);
      if (of === undefined) return undefined;
      const surrogate = surrogateFor(of.entry, of.value);
      if (!bySurrogate.has(surrogate)) bySurrogate.set(surrogate, placeholder);
      return surrogate;
    },
    valueOf: (placeholder) => named.get(placeholder)?.value,
    withoutSurrogates: (text) => {
      let result = text;
      const longestFirst = [...bySurrogate].sort(([a], [b]) => b.length - a.length);
      for (const [surrogate, placeholder] of longestFirst)
        if (result.includes(surrogate)) result = between(result, (part) => exchanged(part, surrogate, placeholder));
      return result;
    },
    reserve: (text) => {
      for (const placeholder of text.match(EVERY_PLACEHOLDER) ?? [])
        if (!named.has(placeholder)) foreign.add(placeholder);
    },
    count: () => entries.size,
    version: () => `${named.size} ${bySurrogate.size} ${foreign.size}`,
  };
}

/** The text with something in the place of each placeholder that means something. */
export const filled = (text: string, by: (placeholder: string) => string | undefined): string =>
  text.replace(EVERY_PLACEHOLDER, (placeholder) => by(placeholder) ?? placeholder);
