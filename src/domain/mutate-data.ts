import { isScalar } from 'yaml';
import { equalJson } from './compare-json.ts';
import { isList, isObject } from './json-pointer.ts';
import { drawn, type Place } from './mutation.ts';
import { type ReadYaml, readYaml } from './read-yaml.ts';
import { splice, type TextEdit } from './recipe/splice.ts';
import type { Json } from './rejection.ts';

/** Largest file that is changed. */
const MAX_BYTES = 1_000_000;

interface Source {
  readonly text: string;
  readonly json: boolean;
  readonly read: ReadYaml;
  /** Every text by the name of the key that it, or its list, stands under. */
  readonly texts: ReadonlyMap<string, ReadonlySet<string>>;
}

type Path = readonly (string | number)[];

/** Calls `each` for every value but the outermost, with its path and what holds it. */
function walk(value: Json, path: Path, each: (value: Json, path: Path, parent: Json) => void): void {
  const members: readonly (readonly [string | number, Json])[] = isList(value)
    ? value.map((item, i) => [i, item] as const)
    : isObject(value)
      ? Object.entries(value)
      : [];
  for (const [key, member] of members) {
    each(member, [...path, key], value);
    walk(member, [...path, key], each);
  }
}

const nameOf = (path: Path): string => String(path.findLast((part) => typeof part === 'string') ?? '');

function textsOf(value: Json): ReadonlyMap<string, ReadonlySet<string>> {
  const texts = new Map<string, Set<string>>();
  walk(value, [], (member, path) => {
    if (typeof member !== 'string') return;
    const name = nameOf(path);
    texts.set(name, (texts.get(name) ?? new Set()).add(member));
  });
  return texts;
}

/** A text that could stand there as well: one of its like in this file, or of its neighbours, or a longer one. */
function otherText(source: Source, text: string, path: Path, parent: Json, random: () => number): string {
  const alike = [...(source.texts.get(nameOf(path)) ?? [])];
  const beside = isObject(parent) ? Object.values(parent).filter((one) => typeof one === 'string') : [];
  for (const texts of [alike, beside]) {
    const other = drawn(
      texts.filter((one) => one !== text),
      random,
    );
    if (other !== undefined) return other;
  }
  return `${text}x`;
}

/** The edit, where the file reads as a file of its kind afterwards and says something else. */
function edited({ text, json, read }: Source, edit: TextEdit): string | null {
  if (read.document === null) return null;
  return checked({ read, json }, splice({ text, json, document: read.document }, edit));
}

function checked({ read, json }: Pick<Source, 'read' | 'json'>, written: string | null): string | null {
  if (written === null) return null;
  const again = readYaml(written, { maxBytes: MAX_BYTES + 1000 });
  if (again.problems.length > 0 || equalJson(again.value as Json, read.value as Json)) return null;
  return json && !isJson(written) ? null : written;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A text over several lines without one of them; null where it is none. */
function withoutLine(source: Source, path: Path, random: () => number): string | null {
  const node = source.read.document?.getIn(path, true);
  if (!isScalar(node) || !String(node.type).startsWith('BLOCK') || !node.range) return null;
  const [start, end] = node.range;
  const lines = source.text.slice(start, end).split('\n');
  const full = [...lines.keys()].filter((i) => i > 0 && lines[i]?.trim() !== '');
  if (full.length < 2) return null;
  const gone = drawn(full, random);
  const body = lines.filter((_, i) => i !== gone).join('\n');
  return checked(source, source.text.slice(0, start) + body + source.text.slice(end));
}

const tokensOf = (path: Path): readonly string[] => path.map(String);

function valuePlace(source: Source, value: Json, path: Path, parent: Json): Place | null {
  const tokens = tokensOf(path);
  const replaced = (by: Json) => edited(source, { do: 'replace', tokens, value: by });
  // Without the noise of binary fractions.
  if (typeof value === 'number' && Number.isFinite(value))
    return { kind: 'number', change: () => replaced(Number((value + 1).toPrecision(15))) };
  if (typeof value === 'boolean') return { kind: 'boolean', change: () => replaced(!value) };
  if (typeof value !== 'string') return null;
  return {
    kind: 'text',
    change: (random) => withoutLine(source, path, random) ?? replaced(otherText(source, value, path, parent, random)),
  };
}

const removal = (source: Source, path: Path, parent: Json): Place => ({
  kind: isList(parent) ? 'entry' : 'key',
  change: () => edited(source, { do: 'remove', tokens: tokensOf(path) }),
});

/**
 * Every place of a JSON or YAML file where one value can be changed, one entry of a list or one key taken out. None for a
 * file that is not read strictly: anchors, aliases, several documents, mistakes.
 */
export function dataPlaces(file: string, text: string): readonly Place[] {
  const read = readYaml(text, { maxBytes: MAX_BYTES });
  if (read.problems.length > 0 || read.document === null) return [];
  const value = read.value as Json;
  const source: Source = { text, json: /\.json$/i.test(file), read, texts: textsOf(value) };
  const places: Place[] = [];
  walk(value, [], (member, path, parent) => {
    const place = valuePlace(source, member, path, parent);
    if (place !== null) places.push(place);
    places.push(removal(source, path, parent));
  });
  return places;
}
