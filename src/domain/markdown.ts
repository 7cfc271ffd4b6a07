/** Where a text next holds something; asked for rising places only, so that all answers together read it once. */
function seeker(text: string, wanted: string): (from: number) => number {
  let found = -2;
  return (from) => {
    if (found !== -1 && found < from) found = text.indexOf(wanted, from);
    return found;
  };
}

/** Which links are meant: only images or links too, and whether one may go over several lines. */
export interface LinkKind {
  readonly imagesOnly: boolean;
  readonly overLines: boolean;
}

/**
 * Replaces each `[label](target)` and `![label](target)` by what `by` makes of it. By hand, because a regular expression
 * takes time quadratic in a row of openings.
 */
export function replaceLinks(text: string, kind: LinkKind, by: (whole: string, label: string) => string): string {
  const opening = seeker(text, kind.imagesOnly ? '![' : '[');
  const labelEnd = seeker(text, ']');
  const targetEnd = seeker(text, ')');
  const lineEnd = seeker(text, '\n');
  const within = (end: number, from: number): boolean => {
    const line = lineEnd(from);
    return end !== -1 && (kind.overLines || line === -1 || end < line);
  };
  let result = '';
  let from = 0;
  for (let at = opening(0); at !== -1; at = opening(Math.max(at + 1, from))) {
    const label = kind.imagesOnly ? at + 2 : at + 1;
    const close = labelEnd(label);
    if (!within(close, label) || text[close + 1] !== '(') continue;
    const end = targetEnd(close + 2);
    if (!within(end, label)) continue;
    const start = !kind.imagesOnly && text[at - 1] === '!' && at > from ? at - 1 : at;
    result += text.slice(from, start) + by(text.slice(start, end + 1), text.slice(label, close));
    from = end + 1;
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
