import { fencesIn } from './fences.ts';

type Hide = (found: string) => string;

/** What may stand in a line before a definition: marks of quotes and lists, and the label of a note. */
const LEAD = /[ \t]*(?:(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])|\[\^[^\]\n]{1,100}\]:)[ \t]*)*/y;
const GAP = /[ \t]*(?:\n[ \t>]*)?/y;
const SPACES = /[ \t]*/y;
const ADDRESS = /<[^<>\n]*>|[^\s<]\S*/y;
const BLANK = /\n[ \t>]*(?=\n|(?![\s\S]))/y;
/** As CommonMark has it. */
export const LONGEST_LABEL = 999;

/** Where a match of this sticky pattern at `at` ends; -1 where there is none. */
function past(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

const endsLine = (text: string, at: number): boolean => at === text.length || text.charAt(at) === '\n';

/** Where the sign stands that closes what is open at `at`, within a paragraph; -1 where none does. */
export function closingAt(text: string, at: number, close: string, refused: string): number {
  for (let i = at + 1; i < text.length; i++) {
    const sign = text.charAt(i);
    if (sign === '\\') i++;
    else if (sign === close) return i;
    else if (sign === refused || (sign === '\n' && past(BLANK, text, i) !== -1)) return -1;
  }
  return -1;
}

/** Labels are the same whatever their case and spaces. */
export const labelOf = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase();

/** Where a title ends that begins at `at`; -1 where there is none. */
export function titleEnd(text: string, at: number): number {
  const opening = text.charAt(at);
  if (opening === '(') return closingAt(text, at, ')', '(') + 1 || -1;
  return opening === '"' || opening === "'" ? closingAt(text, at, opening, '') + 1 || -1 : -1;
}

/** The definition of a link that stands at `at`, wherever its parts stand; null where there is none. */
function definitionAt(text: string, at: number): { readonly label: string; readonly end: number } | null {
  if (text.charAt(at) !== '[' || text.charAt(at + 1) === '^') return null;
  const close = closingAt(text, at, ']', '[');
  if (close === -1 || close - at > LONGEST_LABEL + 1 || text.charAt(close + 1) !== ':') return null;
  const label = labelOf(text.slice(at + 1, close));
  const address = past(ADDRESS, text, past(GAP, text, close + 2));
  if (label === '' || address === -1) return null;
  const gap = past(GAP, text, address);
  const titled = gap > address ? titleEnd(text, gap) : -1;
  const end = titled === -1 ? -1 : past(SPACES, text, titled);
  if (end !== -1 && endsLine(text, end)) return { label, end };
  const bare = past(SPACES, text, address);
  return endsLine(text, bare) ? { label, end: bare } : null;
}

/** The text without definitions of links, also in quotes and lists. What they define is added to `labels`. */
export function withoutDefinitions(text: string, labels: Set<string>, hide: Hide): string {
  if (!text.includes(']:')) return text;
  let result = '';
  let from = 0;
  for (let line = 0; line !== -1; ) {
    const at = past(LEAD, text, line);
    const found = definitionAt(text, at);
    if (found !== null) {
      labels.add(found.label);
      result += text.slice(from, at) + hide(text.slice(at, found.end));
      from = found.end;
    }
    const next = text.indexOf('\n', found?.end ?? at);
    line = next === -1 ? -1 : next + 1;
  }
  return result + text.slice(from);
}

const NOTE = /^([ \t>]*)\[\^([^\]\n]{1,100})\]:/;
/** What begins something of its own, and is no paragraph that goes on. */
const BEGINS = /^ {0,3}(?:#{1,6}(?:\s|$)|`{3}|~{3}|>|[-*+][ \t]|\d{1,9}[.)][ \t]|<|\[\^)/;

/** The notes that something leads to: in words, not in code. */
function ledTo(lines: readonly string[]): ReadonlySet<string> {
  const fences = fencesIn(lines);
  const words = lines.flatMap((line, at) => (fences[at] === null ? [line.replace(/`[^`]*`/g, '')] : []));
  return new Set(
    words.flatMap((line) =>
      [...line.matchAll(/\[\^([^\]\n]{1,100})\](?!:)/g)].map(([, label]) => labelOf(label ?? '')),
    ),
  );
}

/** Footnotes to which nothing leads are not on the page, in none of their lines. */
export function withoutLooseNotes(text: string, hide: Hide): string {
  if (!text.includes('[^')) return text;
  const lines = text.split('\n');
  const led = ledTo(lines);
  let loose = false;
  let blank = false;
  return lines
    .map((line) => {
      const [, lead = '', label] = NOTE.exec(line) ?? [];
      if (label !== undefined) loose = !led.has(labelOf(label));
      else if (line.trim() === '') blank = true;
      else if (blank ? !/^(?: {4}|\t)/.test(line) : BEGINS.test(line)) loose = false;
      if (line.trim() === '') return line;
      blank = false;
      if (!loose) return line;
      return (label === undefined ? '' : lead) + hide(line.slice(label === undefined ? 0 : lead.length));
    })
    .join('\n');
}
