/** How a family of languages writes what is not code. */
export interface Syntax {
  /** What begins a comment to the end of the line. */
  readonly comments: readonly string[];
  /** Whether there are comments between slash-star and star-slash. */
  readonly blocks: boolean;
  readonly quotes: string;
  /** Where statements end. */
  readonly ends: 'semicolon' | 'line';
  /** Types stand in the code that mean nothing when it runs. */
  readonly types: boolean;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** A text of code, with what is none of it blanked out: the same length, the same lines. */
export interface Code {
  readonly bare: string;
  /** Texts between quotes, without the quotes. */
  readonly texts: readonly Span[];
}

const slashes: Syntax = { comments: ['//'], blocks: true, quotes: '\'"`', ends: 'semicolon', types: false };
const hashes: Syntax = { comments: ['#'], blocks: false, quotes: '\'"', ends: 'line', types: false };
const dashes: Syntax = { ...hashes, comments: ['--'] };

const byExtension: Readonly<Record<string, Syntax>> = Object.fromEntries([
  ...'ts mts cts tsx'.split(' ').map((name) => [name, { ...slashes, types: true }] as const),
  ...'js mjs cjs jsx java kt scala go rs c h cc cpp hpp cs swift php dart'
    .split(' ')
    .map((name) => [name, slashes] as const),
  ...'py rb sh bash pl r jl ex exs toml ini cfg conf properties'.split(' ').map((name) => [name, hashes] as const),
  ...'sql lua hs elm'.split(' ').map((name) => [name, dashes] as const),
]);

/** How this file is written, or null when its name does not tell. */
export function syntaxOf(file: string): Syntax | null {
  const extension = /\.([a-z]+)$/i.exec(file)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(byExtension, extension) ? (byExtension[extension] ?? null) : null;
}

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

/** Where the first `sign` at or after `from` ends; the end of the text where there is none. */
function after(text: string, sign: string, from: number): number {
  const found = text.indexOf(sign, from);
  return found === -1 ? text.length : found + sign.length;
}

/** Where the comment that begins here ends; null when none does. Python's long texts are comments more often than not. */
function commentEnd(text: string, at: number, { comments, blocks, ends }: Syntax): number | null {
  if (blocks && text.startsWith('/*', at)) return after(text, '*/', at + 2);
  if (comments.some((sign) => text.startsWith(sign, at))) return Math.max(at + 1, after(text, '\n', at) - 1);
  const long = ends === 'line' ? ['"""', "'''"].find((sign) => text.startsWith(sign, at)) : undefined;
  return long === undefined ? null : after(text, long, at + 3);
}

/** Longest template that is taken for one. */
const TEMPLATE = 5000;
/** How far back is looked for what stands before a place. */
export const LOOK = 200;

/** Where the quote that closes this one stands; null when it is on no line that it may be on. */
function closing(text: string, at: number): number | null {
  const quote = text[at];
  // How many braces are open in the code within a template; what stands there is passed over as it comes.
  let code = 0;
  const most = quote === '`' ? Math.min(text.length, at + TEMPLATE) : text.length;
  for (let i = at + 1; i < most; i++) {
    const sign = text[i];
    if (sign === '\\') i++;
    else if (sign === '\n' && quote !== '`') return null;
    else if (quote === '`' && sign === '{' && (code > 0 || text[i - 1] === '$')) code++;
    else if (code > 0 && sign === '}') code--;
    else if (code === 0 && sign === quote) return i;
  }
  return null;
}

/** What a pattern between slashes follows, or nothing; after anything else a slash divides. */
const BEFORE_PATTERN = /^$|[(,=:[!&|?{};>]$|\breturn$/;

/** Where the pattern between slashes that begins here ends; null when none does. */
function patternEnd(text: string, at: number, { quotes }: Syntax): number | null {
  if (text[at] !== '/' || !quotes.includes('`')) return null;
  if (!BEFORE_PATTERN.test(text.slice(Math.max(0, at - LOOK), at).trimEnd())) return null;
  let inClass = false;
  for (let i = at + 1; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '[') inClass = true;
    else if (text[i] === ']') inClass = false;
    else if (text[i] === '/' && !inClass) return i + 1;
  }
  return null;
}

/** Tells code from comments, patterns and texts. Never throws; what it takes for code may be none. */
export function readCode(text: string, syntax: Syntax): Code {
  const parts: string[] = [];
  const texts: Span[] = [];
  for (let at = 0; at < text.length; ) {
    const skipped = commentEnd(text, at, syntax) ?? patternEnd(text, at, syntax);
    const sign = text[at] ?? '';
    const close = skipped === null && syntax.quotes.includes(sign) ? closing(text, at) : null;
    if (skipped !== null) parts.push(blank(text.slice(at, skipped)));
    else if (close === null) parts.push(sign);
    else {
      parts.push(sign, blank(text.slice(at + 1, close)), sign);
      texts.push({ start: at + 1, end: close });
    }
    at = skipped ?? (close === null ? at + 1 : close + 1);
  }
  return withoutNames({ bare: parts.join(''), texts }, syntax);
}

const depthOf = (line: string): number =>
  [...line].reduce((sum, sign) => sum + ('([{'.includes(sign) ? 1 : ')]}'.includes(sign) ? -1 : 0), 0);

const BORROWS = /^\s*(?:import\b(?!\s*\()|from\b|#include\b|use\b|using\b|package\b|export\b.*\bfrom\s*['"])/;
const TYPE = /^\s*(?:export )?(?:declare )?(?:interface|type) \w/;

/** Whether what began so is over with this line: nothing is open, and neither its end nor the next line goes on. */
const isOver = (line: string, next: string, depth: number): boolean =>
  depth <= 0 && !/[=|&,<(:?]\s*$/.test(line) && !/^\s*[|&}]/.test(next);

/** Without what only borrows or only names: a change there breaks the program or changes nothing. */
function withoutNames({ bare, texts }: Code, { types }: Syntax): Code {
  const gone: Span[] = [];
  let depth: number | null = null;
  let at = 0;
  const lines = bare.split('\n').map((line, i, all) => {
    const start = at;
    at += line.length + 1;
    const isType = types && TYPE.test(line);
    if (depth === null && !isType && !BORROWS.test(line)) return line;
    const now: number = (depth ?? 0) + depthOf(line);
    depth = isOver(line, all[i + 1] ?? '', now) ? null : now;
    gone.push({ start, end: at });
    return blank(line);
  });
  const isGone = (span: Span) => gone.some(({ start, end }) => span.start >= start && span.start < end);
  return { bare: lines.join('\n'), texts: texts.filter((span) => !isGone(span)) };
}
