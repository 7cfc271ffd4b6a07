import { lookUp, parsePointer } from './json-pointer.ts';
import { readYaml } from './read-yaml.ts';
import type { Json } from './rejection.ts';

/**
 * A place in a file, as people write it: `rules/price.json#/lamp` (JSON Pointer), `src/plan.ts:12` or `src/plan.ts#L12`
 * (line), `docs/plan.md#returns` (heading), `src/plan.ts#planFor` (symbol, rule id, or dotted path of keys).
 */
export interface Locator {
  /** As it was written. */
  readonly text: string;
  readonly file: string;
  readonly at: { readonly line: number } | { readonly pointer: readonly string[] } | { readonly name: string };
}

const MAX_BYTES = 1_000_000;
const SHAPE = /^([^\s:#`'"]{1,200}?)(?::(\d{1,7})(?:[-:]\d{1,7})?|#(\S.{0,199}))$/;

function placeOf(after: string): Locator['at'] | null {
  const [, line] = /^L(\d{1,7})(?:-L?\d{1,7})?$/.exec(after) ?? [];
  if (line !== undefined) return { line: Number(line) };
  // `owner/next.js#12` is an issue.
  if (/^\d+$/.test(after)) return null;
  if (!after.startsWith('/')) return { name: after };
  const pointer = parsePointer(after);
  return pointer === null ? null : { pointer };
}

/** Null where the text is no locator. */
export function parseLocator(text: string): Locator | null {
  const [, file, line, after] = SHAPE.exec(text.trim()) ?? [];
  if (file === undefined) return null;
  const at = line === undefined ? placeOf(after ?? '') : { line: Number(line) };
  return at === null ? null : { text: text.trim(), file, at };
}

/** What stands between two of these is looked at as one word. */
const BETWEEN = /[\s`"'“”„‘’«»()[\]{}<>,;|]+/;
const withoutEnd = (word: string): string => word.replace(/[.:!?…]+$/, '');
/** A folder or an ending, so that a time of day or a host is none; a file without a folder may still be a host. */
const FILE = /^(?![a-z][a-z0-9+.-]*:\/\/)(?:[\w.@-]+\/)*[\w.@-]+\.[A-Za-z]\w{0,9}$/;

const wordsOf = (text: string): readonly string[] => [...new Set(text.split(BETWEEN).map(withoutEnd))];

/** Files that a text seems to name, each once. */
export function filesNamedIn(text: string): readonly string[] {
  const named = wordsOf(text).map((word) => parseLocator(word)?.file ?? word);
  return [...new Set(named.filter((word) => word.length <= 200 && FILE.test(word)))];
}

/** Locators that a text names, each once; a file's name may still turn out to be none. */
export function locatorsIn(text: string): readonly Locator[] {
  const found = wordsOf(text).map(parseLocator);
  return found.filter((one) => one !== null).filter(({ file }) => FILE.test(file));
}

const letter = /[\p{L}\p{N}_]/u;

/** Whether it stands in the text as a word of its own. */
export function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); word !== '' && at !== -1; at = text.indexOf(word, at + 1))
    if (!letter.test(text[at - 1] ?? ' ') && !letter.test(text[at + word.length] ?? ' ')) return true;
  return false;
}

/** A heading as links to it are made. */
const slugOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

/** A heading without the signs that may close it: by hand, for a line may be long. */
function withoutClosing(heading: string): string {
  const bare = heading.trimEnd();
  let end = bare.length;
  while (bare[end - 1] === '#') end--;
  return end === bare.length || /\s/.test(bare[end - 1] ?? ' ') ? bare.slice(0, end) : bare;
}

function hasHeading(text: string, name: string): boolean {
  const headings = text.split('\n').flatMap((line) => /^ {0,3}#{1,6}\s(.*)$/.exec(line)?.[1] ?? []);
  return headings.some((heading) => slugOf(withoutClosing(heading)) === slugOf(name));
}

/** The value of a file in JSON or YAML; undefined where it is neither. */
function dataOf(text: string): Json | undefined {
  const { problems, value } = readYaml(text, { maxBytes: MAX_BYTES });
  return problems.length === 0 ? (value as Json) : undefined;
}

/**
 * Tells of any place whether a file with this text has it. The file is read as data when a place asks for that, and once:
 * `read` gives its value, undefined where it is no data.
 */
export function placesOf(
  text: string,
  read: (text: string) => Json | undefined = dataOf,
): (at: Locator['at']) => boolean {
  let known: { readonly data: Json | undefined } | null = null;
  const hasPointer = (tokens: readonly string[]): boolean => {
    known ??= { data: read(text) };
    return known.data !== undefined && lookUp(known.data, tokens) !== undefined;
  };
  return (at) => {
    if ('line' in at) return at.line >= 1 && at.line <= text.replace(/\n$/, '').split('\n').length;
    if ('pointer' in at) return hasPointer(at.pointer);
    return hasWord(text, at.name) || hasHeading(text, at.name) || hasPointer(at.name.split('.'));
  };
}
