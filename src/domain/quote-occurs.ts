import { AT_PLACEHOLDERS } from './personal/book.ts';

/** A value has at most so many characters: it is what a placeholder may stand for. */
const LONGEST_VALUE = 120;

/** A text in small letters, without emphasis and with single spaces, and where each of its characters stood. */
interface Squeezed {
  readonly text: string;
  readonly places: readonly number[];
}

function squeeze(words: string): Squeezed {
  const places: number[] = [];
  let text = '';
  for (let at = 0; at < words.length; at++) {
    const unit = words[at] ?? '';
    if (unit === '*' || unit === '`') continue;
    const space = /\s/.test(unit);
    if (space && (text === '' || text.endsWith(' '))) continue;
    const small = space ? ' ' : unit.toLowerCase();
    for (let i = 0; i < small.length; i++) places.push(at);
    text += small;
  }
  return { text, places };
}

/** Where these parts end that stand one after another from `from` on, with at most a value between two; null for nowhere. */
function follow(text: string, parts: readonly string[], from: number): number | null {
  let at = from;
  for (const part of parts) {
    const next = text.slice(at, at + LONGEST_VALUE + part.length).indexOf(part);
    if (next === -1) return null;
    at += next + part.length;
  }
  return at;
}

/**
 * Where a quote stands in these words, whatever its case, spaces and emphasis. A placeholder of the quote may stand for any
 * value or placeholder: who reads the words again knows fewer names, and counts them otherwise.
 */
function findQuote(words: string, quote: string): { readonly from: number; readonly to: number } | null {
  const { text, places } = squeeze(words);
  const [first = '', ...more] = squeeze(quote)
    .text.trim()
    .split(AT_PLACEHOLDERS)
    .filter((_, i) => i % 2 === 0);
  // A quote of placeholders alone quotes nothing.
  if (more.length > 0 && (first + more.join('')).trim() === '') return null;
  for (let at = text.indexOf(first); at !== -1; at = text.indexOf(first, at + 1)) {
    const end = follow(text, more, at + first.length);
    if (end !== null)
      return { from: places[at] ?? words.length, to: end === at ? (places[at] ?? 0) : (places[end - 1] ?? 0) + 1 };
    if (first === '' && at >= text.length) return null;
  }
  return null;
}

export const quoteOccurs = (words: string, quote: string): boolean => findQuote(words, quote) !== null;

/** The words without a quote, where it first stands in them. */
export function withoutQuote(words: string, quote: string): string {
  const found = findQuote(words, quote);
  return found === null ? words : `${words.slice(0, found.from)}${words.slice(found.to)}`;
}
