import { bounded } from './bounded.ts';
import type { Span } from './kind.ts';

/** A text in the one writing that finders know: single spaces, simple hyphens, composed letters, nothing invisible. */
export interface Plain {
  readonly text: string;
  /** Where in the text itself that stands which stands here in the plain one. */
  readonly place: (span: Span) => Span;
}

const SPACE = String.raw`\t\v\f\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000`;
const INVISIBLE = String.raw`\p{Default_Ignorable_Code_Point}\p{Cf}\u2800\u0000-\u0008\u000E-\u001F\u007F-\u0084\u0086-\u009F`;

/** What is written otherwise than finders know it. */
const odd = [
  `(?<blank>[${SPACE}${INVISIBLE}][ ${SPACE}${INVISIBLE}]*| [ ${SPACE}${INVISIBLE}]+)`,
  String.raw`(?<end>\r\n?|[\u0085\u2028\u2029])`,
  String.raw`(?<hyphen>[\u058A\u2010\u2011\uFE63]|(?<=[\d\uFF10-\uFF19)][ \u00A0\u202F]?)[\u2012-\u2015\u2212](?=[ \u00A0\u202F]?[\d\uFF10-\uFF19(]))`,
  String.raw`(?<wide>[\uFF01-\uFF5E])`,
  String.raw`(?<letter>\p{L}\p{M}{1,10})`,
];
const ODD = bounded(new RegExp(odd.join('|'), 'gu'));
/** A text without these is plain as it is, which is sooner told than everything odd is looked for. */
const PERHAPS_ODD = /[^\n -~]| {2}/;
const UNSEEN = new RegExp(`[${INVISIBLE}]`, 'gu');
const ANY_SPACE = new RegExp(`[ ${SPACE}]`);

function simple(found: string, groups: Readonly<Record<string, string | undefined>>): string {
  if (groups['blank'] !== undefined) return ANY_SPACE.test(found) ? ' ' : '';
  if (groups['end'] !== undefined) return '\n';
  if (groups['hyphen'] !== undefined) return '-';
  if (groups['wide'] !== undefined) return String.fromCharCode(found.charCodeAt(0) - 0xfee0);
  return found.replace(UNSEEN, '').normalize('NFC');
}

/** So many characters at a place of the plain text stand for those from `own` up to `end` of the text itself. */
interface Changed {
  readonly at: number;
  readonly length: number;
  readonly own: number;
  readonly end: number;
}

/** The last change that begins at a place of the plain text, or before. */
function lastBefore(changes: readonly Changed[], at: number): Changed | undefined {
  let [low, high] = [0, changes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((changes[middle] as Changed).at <= at) low = middle + 1;
    else high = middle;
  }
  return changes[low - 1];
}

/** Where one character of the plain text stands in the text itself. */
function ownOf(changes: readonly Changed[], at: number): Span {
  const before = lastBefore(changes, at);
  if (before === undefined) return { from: at, to: at + 1 };
  if (at < before.at + before.length) return { from: before.own, to: before.end };
  const from = before.end + at - before.at - before.length;
  return { from, to: from + 1 };
}

/** Reads a text as finders do. Time linear in it. */
export function plain(text: string): Plain {
  if (!PERHAPS_ODD.test(text)) return asWritten(text);
  const changes: Changed[] = [];
  let [result, last] = ['', 0];
  for (const { 0: found, index, groups = {} } of text.matchAll(ODD)) {
    const by = simple(found, groups);
    result += text.slice(last, index);
    changes.push({ at: result.length, length: by.length, own: index, end: index + found.length });
    result += by;
    last = index + found.length;
  }
  if (changes.length === 0) return asWritten(text);
  const place = ({ from, to }: Span): Span => ({ from: ownOf(changes, from).from, to: ownOf(changes, to - 1).to });
  return { text: result + text.slice(last), place };
}

/** Reads a text as it stands there. */
export const asWritten = (text: string): Plain => ({ text, place: (span) => span });

/** What is shorter is read again sooner than it is found. */
const WORTH_KEEPING = 200;
const MOST_KEPT = 50;

/** Reads as `plain` does, a text that was among the last ones only once: each finder asks for the same ones. */
export function rereading(): (text: string) => Plain {
  const kept = new Map<string, Plain>();
  return (text) => {
    if (text.length < WORTH_KEEPING) return plain(text);
    const read = kept.get(text) ?? plain(text);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(text, read);
    return read;
  };
}
