import { AT_PLACEHOLDERS } from './personal/book.ts';

/** A value has at most so many characters: it is what a placeholder may stand for. */
const LONGEST_VALUE = 120;

const squeezed = (text: string): string => text.replace(/\s+/g, ' ').trim().toLowerCase();

/** Whether these parts stand in the text from `from` on, one after another, with at most a value between two of them. */
function follow(text: string, parts: readonly string[], from: number): boolean {
  let at = from;
  for (const part of parts) {
    const next = text.slice(at, at + LONGEST_VALUE + part.length).indexOf(part);
    if (next === -1) return false;
    at += next + part.length;
  }
  return true;
}

/**
 * Whether a quote stands in these words, whatever their case and spaces. A placeholder of the quote may stand for any
 * value or placeholder: who reads the words again knows fewer names, and counts them otherwise.
 */
export function quoteOccurs(words: string, quote: string): boolean {
  const text = squeezed(words);
  const [first = '', ...more] = squeezed(quote)
    .split(AT_PLACEHOLDERS)
    .filter((_, i) => i % 2 === 0);
  // A quote of placeholders alone quotes nothing.
  if (more.length > 0 && (first + more.join('')).trim() === '') return false;
  for (let at = text.indexOf(first); at !== -1; at = text.indexOf(first, at + 1)) {
    if (follow(text, more, at + first.length)) return true;
    if (first === '' && at >= text.length) return false;
  }
  return false;
}
