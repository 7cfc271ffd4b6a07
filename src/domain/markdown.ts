import { closingAt, LONGEST_LABEL, labelOf, titleEnd } from './hidden-definitions.ts';
import { seeker } from './seeker.ts';

/** Which links are meant: only images or links too, and whether one may go over several lines. */
export interface LinkKind {
  readonly imagesOnly: boolean;
  readonly overLines: boolean;
  /** Labels that are defined: `![words][label]` is an image as well. */
  readonly defined?: ReadonlySet<string>;
}

/** For each `[` that has one the place of its `]`, as they stand in one another. */
function bracketsIn(text: string): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  const open: number[] = [];
  for (const { 0: sign, index } of text.matchAll(/\\[\s\S]|[[\]]/g)) {
    if (sign === '[') open.push(index);
    const start = sign === ']' ? open.pop() : undefined;
    if (start !== undefined) pairs.set(start, index);
  }
  return pairs;
}

/** Brackets in an address that stand in one another at most, as CommonMark's own readers have it. */
const DEEPEST = 32;
const SPACES = /[ \t]*\n?[ \t]*/y;

const pastSpaces = (text: string, at: number): number => {
  SPACES.lastIndex = at;
  SPACES.test(text);
  return SPACES.lastIndex;
};

/** Where an address ends that begins at `at`; `at` for an empty one. */
function addressEnd(text: string, at: number): number {
  if (text.charAt(at) === '<') {
    const close = closingAt(text, at, '>', '<');
    return close === -1 ? at : close + 1;
  }
  let depth = 0;
  let end = at;
  for (; end < text.length && depth <= DEEPEST; end++) {
    const sign = text.charAt(end);
    if (/\s/.test(sign) || (sign === ')' && depth === 0)) break;
    if (sign === '\\') end++;
    else if (sign === '(') depth++;
    else if (sign === ')') depth--;
  }
  return Math.min(end, text.length);
}

/** What stands in the round brackets of a link whose content begins at `at`: address and title. null: it is none. */
function targetAt(text: string, at: number): { readonly address: number; readonly end: number } | null {
  const address = addressEnd(text, pastSpaces(text, at));
  const gap = pastSpaces(text, address);
  if (text.charAt(gap) === ')') return { address, end: gap };
  const titled = gap > address ? titleEnd(text, gap) : -1;
  const end = titled === -1 ? -1 : pastSpaces(text, titled);
  return end !== -1 && text.charAt(end) === ')' ? { address, end } : null;
}

/** Where an image ends that is no `![words](address)` but names a definition; -1 where it does not. */
function referenceEnd(text: string, label: number, close: number, defined: ReadonlySet<string>): number {
  const named = text.charAt(close + 1) === '[' ? closingAt(text, close + 1, ']', '[') : -1;
  const own = close - label > LONGEST_LABEL ? '' : labelOf(text.slice(label, close));
  const other = named === -1 ? '' : labelOf(text.slice(close + 2, named));
  if (named !== -1 && defined.has(other === '' ? own : other)) return named;
  return defined.has(own) ? close : -1;
}

/** Takes the titles of links out, which stand on no page. */
export function withoutTitles(text: string, hide: (found: string) => string): string {
  let result = '';
  let from = 0;
  for (let at = text.indexOf(']('); at !== -1; at = text.indexOf('](', Math.max(at + 1, from))) {
    const target = targetAt(text, at + 2);
    if (target === null) continue;
    const title = text.slice(target.address, target.end).trim();
    if (title !== '') {
      result += text.slice(from, target.address) + hide(title);
      from = target.end;
    }
  }
  return result + text.slice(from);
}

/**
 * Replaces each `[label](target)` and `![label](target)` by what `by` makes of it, also one that is written wrongly. By hand,
 * because a regular expression takes time quadratic in a row of openings.
 */
export function replaceLinks(text: string, kind: LinkKind, by: (whole: string, label: string) => string): string {
  const { imagesOnly, overLines, defined = new Set() } = kind;
  const opening = seeker(text, imagesOnly ? '![' : '[');
  const [labelEnd, targetEnd, lineEnd] = [seeker(text, ']'), seeker(text, ')'), seeker(text, '\n')];
  const innerLink = seeker(text, '](');
  const brackets = text.includes(imagesOnly ? '![' : '](') ? bracketsIn(text) : new Map<number, number>();
  const within = (end: number, from: number): boolean => {
    const line = lineEnd(from);
    return end !== -1 && (overLines || line === -1 || end < line);
  };
  /** Where the label and the whole end; null where this is no link. */
  const endsOf = (label: number): { readonly close: number; readonly end: number } | null => {
    const paired = brackets.get(label - 1) ?? -1;
    if (within(paired, label)) {
      const end = text.charAt(paired + 1) === '(' ? (targetAt(text, paired + 2)?.end ?? -1) : -1;
      const inner = imagesOnly ? -1 : innerLink(label);
      if (within(end, label) && (inner === -1 || inner >= paired)) return { close: paired, end };
      const named = imagesOnly && defined.size > 0 ? referenceEnd(text, label, paired, defined) : -1;
      if (named !== -1) return { close: paired, end: named };
    }
    const close = labelEnd(label);
    if (!within(close, label) || text.charAt(close + 1) !== '(') return null;
    const end = targetEnd(close + 2);
    return within(end, label) ? { close, end } : null;
  };
  let result = '';
  let from = 0;
  for (let at = opening(0); at !== -1; at = opening(Math.max(at + 1, from))) {
    const label = imagesOnly ? at + 2 : at + 1;
    const ends = endsOf(label);
    if (ends === null) continue;
    const start = !imagesOnly && text.charAt(at - 1) === '!' && at > from ? at - 1 : at;
    result += text.slice(from, start) + by(text.slice(start, ends.end + 1), text.slice(label, ends.close));
    from = ends.end + 1;
  }
  return result + text.slice(from);
}

/** The words of a heading line of one of the levels; null when it is none, or has over 80 characters. */
export function headingOf(line: string, levels: readonly number[]): string | null {
  const level = line.length - line.replace(/^#+/, '').length;
  const rest = line.slice(level);
  if (!levels.includes(level) || !/^\s/.test(rest)) return null;
  let end = rest.trimEnd().length;
  while (rest[end - 1] === '#') end--;
  const words = rest.slice(0, end).trim();
  return words === '' || words.length > 80 ? null : words;
}

/** The backticks of the code that is still open at the end of a line; '' when none is. */
function openCode(line: string): string {
  let open = '';
  for (let at = 0; at < line.length; ) {
    let end = at;
    while (line[end] === '`') end++;
    const run = line.slice(at, end);
    if (run !== '') open = open === '' ? run : run === open ? '' : open;
    // Within code a backslash is itself.
    at = end > at ? end : at + (line[at] === '\\' && open === '' ? 2 : 1);
  }
  return open;
}

/** The text with the code closed in which its last line was cut off: what was in it would come alive outside. */
export const withCodeClosed = (text: string): string => text + openCode(text.slice(text.lastIndexOf('\n') + 1));

/** One line of Markdown, at most so long (and a few backticks): never half a letter, never code that is left open. */
export const cutLine = (line: string, most: number): string =>
  line.length <= most ? line : `${withCodeClosed(line.slice(0, most - 1).replace(/[\ud800-\udbff]$/, ''))}…`;
