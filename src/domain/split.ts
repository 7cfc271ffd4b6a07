import { HEADINGS } from './annotations.ts';
import type { FactOf, Reason } from './fact.ts';
import { quoteOccurs } from './quote-occurs.ts';
import type { Rejection } from './rejection.ts';
import type { Part, Said } from './split-fact.ts';

/** A rejection has at most so many parts, and a part has none: hostile words open no more issues than that. */
const MOST_PARTS = 4;
const MOST_QUOTES = 6;
const LONGEST_QUOTE = 1000;
/** Fewer letters and digits stand everywhere. */
const FEWEST_LETTERS = 4;

/** The parts as somebody lists them. */
export interface Listed {
  readonly quotes: readonly string[];
  readonly after: number | null;
}

const ITEM = /^\s{0,3}(?:\d{1,2}[.)]|[-*+])\s+(.*)$/;
const AFTER = /^\(after (none|\d)\)\s*/i;

/** Words as they were quoted: without what people put around a quote. */
const bare = (line: string): string =>
  line
    .trim()
    .replace(/^(?:>\s*)+/, '')
    .replace(/^["“„«‘']{1,3}/, '')
    .replace(/["”“»’']{1,3}$/, '')
    .trim();

const fits = (quote: string): boolean =>
  quote.length <= LONGEST_QUOTE && (quote.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= FEWEST_LETTERS;

/** The lines of each item; null where words stand before the first. */
function itemsIn(words: string): readonly (readonly string[])[] | null {
  const items: string[][] = [];
  for (const line of words.split('\n')) {
    const [, first] = ITEM.exec(line) ?? [];
    if (first !== undefined) items.push([first]);
    else if (line.trim() !== '') {
      if (items.length === 0) return null;
      items.at(-1)?.push(line);
    }
  }
  return items;
}

function listed(lines: readonly string[], at: number): Listed | Reason {
  const [first = '', ...more] = lines;
  const [order, said] = AFTER.exec(first) ?? [];
  // Whatever runs first may settle what comes after it.
  const after = said === undefined ? (at === 0 ? null : at) : said.toLowerCase() === 'none' ? null : Number(said);
  if (after !== null && (after < 1 || after > at)) return { code: 'split-order', detail: String(at + 1) };
  const quotes = [first.slice(order?.length ?? 0), ...more].map(bare).filter((quote) => quote !== '');
  if (quotes.length === 0 || quotes.length > MOST_QUOTES || !quotes.every(fits))
    return { code: 'split-words', detail: String(at + 1) };
  return { quotes, after };
}

/** The parts that stand behind `/split`, one item of a list each, a quote per line; or why these are none. */
export function listedParts(words: string): readonly Listed[] | Reason {
  const items = itemsIn(words);
  if (items === null || items.length < 2) return { code: 'split-list' };
  if (items.length > MOST_PARTS) return { code: 'split-many', detail: String(items.length) };
  const parts: Listed[] = [];
  for (const [at, lines] of items.entries()) {
    const part = listed(lines, at);
    if ('code' in part) return part;
    parts.push(part);
  }
  return parts;
}

/** The same for parts that are proposed, each a list of quotes: each waits for the one before it. */
export const inTurn = (proposed: readonly (readonly string[])[]): readonly Listed[] =>
  proposed.map((quotes, at) => ({ quotes, after: at === 0 ? null : at }));

/** Headings that an issue of the app's may carry: those of others may be anything. */
const KEPT = new Set<string>([
  HEADINGS.observed,
  HEADINGS.expected,
  HEADINGS.better,
  HEADINGS.worse,
  HEADINGS.adoption,
  HEADINGS.missing,
]);

/** The heading that a quote stands under; null where it does not stand in the rejection. */
function headingOver({ fields, comment, title, answers }: Rejection, quote: string): string | null {
  const found = Object.entries(fields).find(([, text]) => quoteOccurs(text, quote));
  if (found !== undefined) return KEPT.has(found[0]) ? found[0] : '';
  const free = [comment, title, ...answers.map(({ words }) => words)];
  return free.some((text) => quoteOccurs(text, quote)) ? '' : null;
}

const containsAny = (of: readonly string[], others: readonly string[]): boolean =>
  of.some((quote) => others.some((other) => quoteOccurs(quote, other)));

/** Two of these that say the same words, counted from 1; null for none. */
function overlapIn(parts: readonly (readonly string[])[]): string | null {
  for (const [i, one] of parts.entries())
    for (const [j, other] of parts.entries()) if (i !== j && containsAny(one, other)) return `${i + 1} ${j + 1}`;
  return null;
}

/** The parts as they are carried out, or why not. `tickets`: those that are stored; the one that a part names is its own. */
export function chooseParts(
  parts: readonly Listed[],
  rejection: Rejection,
  tickets: readonly string[],
): readonly Part[] | Reason {
  const chosen: Part[] = [];
  for (const [at, { quotes, after }] of parts.entries()) {
    const said: Said[] = [];
    for (const quote of quotes) {
      const heading = headingOver(rejection, quote);
      if (heading === null) return { code: 'split-quote', detail: `${at + 1} ${quote}` };
      said.push({ heading, quote: quote.replace(/\s+/g, ' ') });
    }
    const named = ticketsNamed(quotes.join('\n'), tickets);
    const [only = rejection.ticket] = named;
    chosen.push({ said, after, ticket: named.length > 1 || at === 0 ? rejection.ticket : only });
  }
  const same = overlapIn(parts.map(({ quotes }) => quotes));
  return same === null ? chosen : { code: 'split-overlap', detail: same };
}

const MOST_TICKETS = 20;

/** Those of the stored tickets that are named in a text, twenty at most. */
export function ticketsNamed(text: string, tickets: readonly string[]): readonly string[] {
  const words = new Set(text.split(/[^\p{L}\p{N}_.-]+/u).map((word) => word.replace(/[.-]+$/, '')));
  return tickets.filter((ticket) => words.has(ticket)).slice(0, MOST_TICKETS);
}

/**
 * The parts that drafts see, each by the reporter's words; the first may lack any, because it keeps what is left. null where
 * there is one, or where the same words would be in two.
 */
export function proposedParts(
  parts: readonly (readonly string[])[],
  rejection: Rejection,
): readonly (readonly string[])[] | null {
  const theirs = (quote: string): boolean => headingOver(rejection, quote) !== null;
  const some = parts.slice(0, MOST_PARTS).map((quotes) => quotes.filter(theirs));
  const others = some.slice(1).every((quotes) => quotes.length > 0 && quotes.every(fits));
  return some.length > 1 && others && overlapIn(some) === null ? some : null;
}

/** What went to other rejections, by what is left: nothing before the split. */
export const givenAway = (split: FactOf<'split'> | null): readonly string[] =>
  split === null ? [] : split.parts.slice(1).flatMap(({ said }) => said.map(({ quote }) => quote));
