/** What a line is to the fenced code block that it belongs to. */
type FenceLine = 'open' | 'inside' | 'close';

interface Fence {
  readonly mark: string;
  /** Marks of quoting before it. */
  readonly quotes: number;
  /** The column at which the list item begins that it stands in; 0 in none. */
  readonly indent: number;
}

const QUOTES = /^(?: {0,3}> ?)+/;
const ITEMS = /^(?: {0,3}(?:[-*+]|\d{1,9}[.)]) {1,4}(?! ))+/;
const OPENING = /^ {0,3}(`{3,}|~{3,})(.*)$/;

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** A line without its marks of quoting, and how many there are. */
function unquoted(line: string): { readonly rest: string; readonly quotes: number } {
  const marks = QUOTES.exec(line)?.[0] ?? '';
  return { rest: line.slice(marks.length), quotes: marks.split('>').length - 1 };
}

function closes(rest: string, { mark, indent }: Fence): boolean {
  const words = rest.slice(Math.min(indent, indentOf(rest))).trimEnd();
  const found = words.trimStart();
  return words.length - found.length < 4 && found.startsWith(mark) && found === mark.charAt(0).repeat(found.length);
}

/** Whether this line is outside of what the fence stands in: a quote or an item of a list ends it as well. */
const leaves = (rest: string, quotes: number, fence: Fence): boolean =>
  quotes < fence.quotes || (rest.trim() !== '' && indentOf(rest) < fence.indent);

/**
 * For each line what it is to a fenced code block; null for one that is outside of all. As GitHub draws it, also in quotes
 * and lists; one that is never closed lasts to the end.
 */
export function fencesIn(lines: readonly string[]): readonly (FenceLine | null)[] {
  let open: Fence | null = null;
  let list = 0;
  return lines.map((line) => {
    const { rest, quotes } = unquoted(line);
    if (open !== null && !leaves(rest, quotes, open)) {
      if (quotes > open.quotes || !closes(rest, open)) return 'inside';
      open = null;
      return 'close';
    }
    open = null;
    if (rest.trim() !== '' && indentOf(rest) < list) list = 0;
    const items = ITEMS.exec(rest.slice(list))?.[0] ?? '';
    list = items === '' ? list : list + items.length;
    const [, mark, info = ''] = OPENING.exec(rest.slice(list)) ?? [];
    if (mark === undefined || (mark.startsWith('`') && info.includes('`'))) return null;
    open = { mark, quotes, indent: list };
    return 'open';
  });
}
