import { parse, stringify } from 'yaml';
import { isList, isObject } from '../json-pointer.ts';
import type { Json } from '../rejection.ts';

/** How a file writes its values, as far as it can be seen. */
export interface Manner {
  /** One step of indentation. */
  readonly indent: string;
  /** Inside braces of one line. */
  readonly padding: string;
  /** After the colon, and after the comma of one line. */
  readonly colon: string;
  readonly comma: string;
  /** Lists of plain values stay on one line. */
  readonly shortLists: boolean;
  /** Texts are written without quotes where YAML allows it. */
  readonly bare: boolean;
}

/** Reads the manner off a text, preferring `sample`, the nearest relative of what will be written. */
export function mannerOf(text: string, sample: string, json: boolean): Manner {
  const near = /[{[]/.test(sample) ? sample : text;
  const colon = /":\S/.test(near) ? ':' : ': ';
  return {
    indent: /^(?:\t| {1,8})(?=\S)/m.exec(text)?.[0] ?? '  ',
    padding: /\{["\w]/.test(near) && !/\{ +["\w]/.test(near) ? '' : ' ',
    colon,
    comma: colon === ':' ? ',' : ', ',
    shortLists: /\[[ \t]*["\d][^\n\]]*\]/.test(near) || !/\[[ \t]*\n/.test(near),
    bare: !json,
  };
}

/** Longest list that is kept on one line among others that are. */
const SHORT = 100;
/** Words that YAML 1.1 reads as true or false, as many readers still do. */
const SWITCH = /^(?:y|yes|n|no|on|off|true|false|null|~)$/i;

/** A scalar in flow style. Bare words only where they cannot be read as anything else. */
function scalar(value: Json, { bare }: Manner): string {
  const text = JSON.stringify(value);
  if (!bare || typeof value !== 'string' || SWITCH.test(value) || !/^[\p{L}\p{N}_][\p{L}\p{N}_./ -]*$/u.test(value))
    return text;
  return parse(value) === value ? value : text;
}

const key = (name: string, manner: Manner): string => scalar(name, manner);

/** A value on one line. */
export function inlineValue(value: Json, manner: Manner): string {
  const { colon, comma, padding } = manner;
  if (isList(value)) return `[${value.map((item) => inlineValue(item, manner)).join(comma)}]`;
  if (!isObject(value)) return scalar(value, manner);
  const members = Object.entries(value).map(
    ([name, item]) => `${key(name, manner)}${colon}${inlineValue(item, manner)}`,
  );
  return members.length === 0 ? '{}' : `{${padding}${members.join(comma)}${padding}}`;
}

/** A value in braces over several lines; the first line is not indented, the others stand at `at`. */
export function spreadValue(value: Json, manner: Manner, at: string): string {
  const list = isList(value);
  if (!list && !isObject(value)) return scalar(value, manner);
  const inner = `${at}${manner.indent}`;
  const members = list
    ? value.map((item) => spreadValue(item, manner, inner))
    : Object.entries(value).map(([name, item]) => `${key(name, manner)}: ${spreadValue(item, manner, inner)}`);
  const [open, close] = list ? '[]' : '{}';
  const flat = list && manner.shortLists && !value.some((item) => isList(item) || isObject(item));
  const inline = inlineValue(value, manner);
  if (members.length === 0 || (flat && inline.length <= SHORT)) return inline;
  return `${open}\n${members.map((member) => `${inner}${member}`).join(',\n')}\n${at}${close}`;
}

const yamlScalar = (value: Json): string =>
  stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' }).trimEnd();

/** A value in YAML's block style without its indentation; with `flow`, what is nested in it stays on one line. */
export function blockValue(value: Json, manner: Manner, flow: boolean): string {
  if (!flow || (!isList(value) && !isObject(value))) return yamlScalar(value);
  const nested = (item: Json): string =>
    isList(item) || isObject(item) ? inlineValue(item, manner) : yamlScalar(item).replaceAll('\n', '\n  ');
  if (isList(value)) return value.map((item) => `- ${nested(item)}`).join('\n');
  return Object.entries(value)
    .map(([name, item]) => `${key(name, manner)}: ${nested(item)}`)
    .join('\n');
}
