import { fencesIn } from './fences.ts';
import type { HiddenText } from './rejection.ts';
import { seeker } from './seeker.ts';

type Hide = (what: HiddenText['what'], found: string) => string;

/** What stands from `from` to before `to` and is on no page. */
interface Unseen {
  readonly from: number;
  readonly to: number;
  readonly what: HiddenText['what'];
}

interface Tag {
  readonly from: number;
  /** Behind its name. */
  readonly named: number;
  readonly to: number;
  /** Lower-cased; `!` for declarations and instructions. */
  readonly name: string;
  readonly closing: boolean;
}

/** Tags with which a line of raw HTML begins, whatever follows (CommonMark, HTML blocks of the sixth kind). */
const BLOCKS: ReadonlySet<string> = new Set(
  'address article aside base basefont blockquote body caption center col colgroup dd details dialog dir div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe legend li link main menu menuitem nav noframes ol optgroup option p param search section summary table tbody td tfoot th thead title tr track ul'.split(
    ' ',
  ),
);
/** Elements of which no page shows the contents, and what ends each beside its own tag. */
const UNSHOWN: ReadonlyMap<string, readonly string[]> = new Map([
  ['rp', ['rt', 'ruby']],
  ['template', []],
  ['datalist', []],
]);
/** A name that is longer, or has a hyphen, is no element that a page shows: it may say anything. */
const LONGEST_NAME = 12;

const NAME = /\/?([a-z][a-z0-9-]*)(?=[\s/>]|(?![\s\S]))/iy;
const BLANK = /\n[ \t]*\n/g;
const QUIET = /[ \t>*+\-.)\d]/;

function beginsLine(text: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && QUIET.test(text.charAt(before))) before--;
  return before < 0 || text.charAt(before) === '\n';
}

/** Where a tag ends whose name ends at `from`; null where it does not before `limit`. `raw`: an opening sign ends nothing. */
function endOf(text: string, from: number, limit: number, raw: boolean): number | null {
  let before = '';
  for (let at = from; at < limit; at++) {
    const sign = text.charAt(at);
    if (sign === '>') return at + 1;
    if (sign === '<' && !raw) return null;
    if ((sign === '"' || sign === "'") && before === '=') {
      const close = text.indexOf(sign, at + 1);
      if (close !== -1 && close < limit) at = close;
    }
    if (!/\s/.test(sign)) before = sign;
  }
  return null;
}

/** The tags of a text, in their order. Takes time linear in its length, whatever it is. */
function tagsIn(text: string): readonly Tag[] {
  const opening = seeker(text, '<');
  const ending = seeker(text, '>');
  const blank = seeker(text, BLANK);
  const tags: Tag[] = [];
  for (let at = opening(0), next = 0; at !== -1; at = opening(Math.max(at + 1, next))) {
    const stop = blank(at);
    const limit = stop === -1 ? text.length : stop;
    if (text.charAt(at + 1) === '!' || text.charAt(at + 1) === '?') {
      const end = ending(at);
      if (end === -1 || (end > limit && !beginsLine(text, at))) continue;
      next = end + 1;
      tags.push({ from: at, named: at, to: next, name: '!', closing: false });
      continue;
    }
    NAME.lastIndex = at + 1;
    const found = NAME.exec(text);
    if (found === null) continue;
    const name = (found[1] ?? '').toLowerCase();
    const raw = BLOCKS.has(name) && beginsLine(text, at);
    const end = endOf(text, NAME.lastIndex, limit, raw) ?? (raw || name === 'img' ? limit : null);
    if (end === null) continue;
    next = end;
    tags.push({ from: at, named: at + 1 + found[0].length, to: end, name, closing: found[0].startsWith('/') });
  }
  return tags;
}

/** Where runs of so many backticks begin and end in a line. */
function codeIn(line: string): readonly (readonly [number, number])[] {
  const runs = [...line.matchAll(/`+/g)].map(({ index, 0: run }) => ({ at: index, length: run.length }));
  const found: [number, number][] = [];
  for (let one = 0; one < runs.length; one++) {
    let other = one + 1;
    while (other < runs.length && runs[other]?.length !== runs[one]?.length) other++;
    const [start, end] = [runs[one], runs[other]];
    if (start === undefined || end === undefined) continue;
    found.push([start.at, end.at]);
    one = other;
  }
  return found;
}

/** Where code stands: what looks like a tag there is shown, and closes nothing. */
function codeOf(text: string): readonly (readonly [number, number])[] {
  if (!/`|~~~/.test(text)) return [];
  const lines = text.split('\n');
  const fences = fencesIn(lines);
  let from = 0;
  return lines.flatMap((line, at) => {
    const start = from;
    from += line.length + 1;
    if (fences[at] !== null) return [[start, from] as const];
    return codeIn(line).map(([a, b]) => [start + a, start + b] as const);
  });
}

/** Those of the tags that stand in no code. Both in their order. */
function outsideCode(tags: readonly Tag[], code: readonly (readonly [number, number])[]): ReadonlySet<Tag> {
  let next = 0;
  return new Set(
    tags.filter(({ from }) => {
      while ((code[next]?.[1] ?? from + 1) <= from) next++;
      return (code[next]?.[0] ?? from + 1) > from;
    }),
  );
}

/** Collapsed parts, those in one another as one. Within a table its end means nothing, as in a browser. */
function collapsedIn(text: string, tags: readonly Tag[]): readonly Unseen[] {
  const relevant = tags.filter(({ name }) => name === 'details' || name === 'table');
  if (!relevant.some(({ name, closing }) => name === 'details' && !closing)) return [];
  const counts = outsideCode(relevant, codeOf(text));
  const found: Unseen[] = [];
  const open: string[] = [];
  let from = -1;
  for (const tag of relevant) {
    if (!tag.closing && (open.length > 0 || tag.name === 'details')) {
      if (open.length === 0) from = tag.from;
      open.push(tag.name);
    } else if (tag.closing && open.at(-1) === tag.name && counts.has(tag)) {
      open.pop();
      if (open.length === 0) found.push({ from, to: tag.to, what: 'collapsed' });
    }
  }
  return open.length === 0 ? found : [...found, { from, to: text.length, what: 'collapsed' }];
}

/** What the tags themselves say, and the contents of elements that are not shown. */
function unseenOf(text: string, tags: readonly Tag[]): readonly Unseen[] {
  const blank = seeker(text, BLANK);
  return tags.flatMap(({ from, named, to, name, closing }, at): Unseen[] => {
    if (name === '!') return [{ from, to, what: 'comment' }];
    if (name === 'img') return [{ from, to, what: 'alt-text' }];
    if (name.includes('-') || name.length > LONGEST_NAME) return [{ from, to, what: 'attribute' }];
    const ends = closing ? undefined : UNSHOWN.get(name);
    if (ends !== undefined) {
      const end = tags.slice(at + 1, at + 50).find((one) => one.name === name || ends.includes(one.name));
      const stop = blank(to);
      return [{ from, to: end?.from ?? (stop === -1 ? text.length : stop), what: 'collapsed' }];
    }
    const inner = text.endsWith('>', to) ? to - 1 : to;
    return /[^\s/]/.test(text.slice(named, inner)) ? [{ from: named, to: inner, what: 'attribute' }] : [];
  });
}

/** The text without what tags hide: collapsed parts, images, attributes, declarations, what no page shows. */
export function withoutHiddenTags(text: string, hide: Hide): string {
  if (!text.includes('<')) return text;
  const tags = tagsIn(text);
  const unseen = [...collapsedIn(text, tags), ...unseenOf(text, tags)].toSorted((a, b) => a.from - b.from);
  let result = '';
  let from = 0;
  for (const one of unseen) {
    if (one.from < from) continue;
    result += text.slice(from, one.from) + hide(one.what, text.slice(one.from, one.to).trim());
    from = one.to;
  }
  return result + text.slice(from);
}
