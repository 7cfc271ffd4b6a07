import * as say from '../messages/reports.ts';

type Parsed = { readonly value: unknown } | { readonly problem: string };

const MAX_DEPTH = 100;

/** Where the text of a string ends that begins at this quote; the end of the text when it never does. */
function endOfString(text: string, quote: number): number {
  for (let i = quote + 1; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0x22) return i + 1;
    if (unit === 0x5c) i++;
  }
  return text.length;
}

/** The name that a string token spells; null when it is no string. */
function spelled(token: string): string | null {
  if (!token.includes('\\')) return token.slice(1, -1);
  try {
    return String(JSON.parse(token));
  } catch {
    return null;
  }
}

const followsColon = (text: string, from: number): boolean => {
  let i = from;
  while (i < text.length && ' \t\r\n'.includes(text[i] ?? '')) i++;
  return text[i] === ':';
};

export type Oddity = { readonly is: 'twice' | 'unsafe'; readonly key: string } | { readonly is: 'too-deep' };

/** What JSON.parse would pass over in silence: a key that stands twice, `__proto__`, a tower of brackets (and no more). */
export function* odditiesIn(text: string): Generator<Oddity> {
  const open: Set<string>[] = [];
  for (let i = 0; i < text.length; ) {
    const sign = text[i];
    if (sign === '"') {
      const end = endOfString(text, i);
      if (followsColon(text, end)) {
        const key = spelled(text.slice(i, end));
        const keys = open.at(-1);
        if (key === '__proto__') yield { is: 'unsafe', key };
        if (key !== null && keys?.has(key) === true) yield { is: 'twice', key };
        if (key !== null) keys?.add(key);
      }
      i = end;
      continue;
    }
    if (sign === '{' || sign === '[') open.push(new Set());
    if (sign === '}' || sign === ']') open.pop();
    if (open.length > MAX_DEPTH) return yield { is: 'too-deep' };
    i++;
  }
}

function told(oddity: Oddity): string {
  if (oddity.is === 'too-deep') return say.json.tooDeep;
  return oddity.is === 'twice' ? say.json.twice(oddity.key) : say.json.unsafeKey(oddity.key);
}

/** One JSON value, in which no key stands twice, none is `__proto__`, and nothing is nested too deeply. */
export function parseStrictJson(text: string): Parsed {
  for (const oddity of odditiesIn(text)) return { problem: told(oddity) };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { problem: say.json.broken };
  }
}
