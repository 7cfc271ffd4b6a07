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

/** Parts of a text. `to`: where the character after the last one stands. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** What stands between the placeholders of a quote, from its first word of its own to its last. */
function ownWords(quote: string): readonly string[] {
  const parts = squeeze(quote)
    .text.trim()
    .split(AT_PLACEHOLDERS)
    .filter((_, i) => i % 2 === 0);
  const first = parts.findIndex((part) => part.trim() !== '');
  return first === -1 ? [] : parts.slice(first, parts.findLastIndex((part) => part.trim() !== '') + 1);
}

/**
 * Every place where the words of a quote stand in a squeezed text, one after another with at most a value between two where
 * the quote has a placeholder: who reads the words again knows fewer names, and counts them otherwise.
 */
function* placesOf(text: string, quote: string): Generator<Span> {
  const [first, ...more] = ownWords(quote);
  // A quote of placeholders alone quotes nothing.
  if (first === undefined) return;
  for (let at = text.indexOf(first); at !== -1; at = text.indexOf(first, at + 1)) {
    const to = follow(text, more, at + first.length);
    if (to !== null) yield { from: at, to };
  }
}

/** Whether a quote stands in these words, whatever its case, spaces, emphasis and placeholders. */
export function quoteOccurs(words: string, quote: string): boolean {
  const isEmpty = squeeze(quote).text.trim() === '';
  return isEmpty || !placesOf(squeeze(words).text, quote).next().done;
}

const isLetter = (unit: string | undefined): boolean => unit !== undefined && /[\p{L}\p{N}]/u.test(unit);

/** Whether a span begins or ends within a word. */
const cutsWord = (text: string, { from, to }: Span): boolean =>
  (isLetter(text[from - 1]) && isLetter(text[from])) || (isLetter(text[to - 1]) && isLetter(text[to]));

const LONGEST_PLACEHOLDER = 40;

/** The same span with a placeholder that stands right before or behind it, where the quote has one there. */
function withPlaceholders(text: string, { from, to }: Span, quote: string): Span {
  const parts = squeeze(quote).text.trim().split(AT_PLACEHOLDERS);
  const before = text.slice(Math.max(0, from - LONGEST_PLACEHOLDER), from).split(AT_PLACEHOLDERS);
  const behind = text.slice(to, to + LONGEST_PLACEHOLDER).split(AT_PLACEHOLDERS);
  const begins = parts.length > 1 && parts[0] === '' && before.at(-1) === '';
  const ends = parts.length > 1 && parts.at(-1) === '' && behind[0] === '';
  return {
    from: begins ? from - (before.at(-2)?.length ?? 0) : from,
    to: ends ? to + (behind[1]?.length ?? 0) : to,
  };
}

/**
 * The words without a quote, where it first stands in them as whole words. What a placeholder at its begin or end stands for
 * goes with it where that is a placeholder here, too.
 */
export function withoutQuote(words: string, quote: string): string {
  const { text, places } = squeeze(words);
  for (const span of placesOf(text, quote)) {
    if (cutsWord(text, span)) continue;
    const { from, to } = withPlaceholders(text, span, quote);
    return `${words.slice(0, places[from])}${words.slice((places[to - 1] ?? -1) + 1)}`;
  }
  return words;
}
