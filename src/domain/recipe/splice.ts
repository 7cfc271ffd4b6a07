import { type Document, isCollection, isMap, isScalar, isSeq, type ParsedNode, type YAMLMap, type YAMLSeq } from 'yaml';
import { isList, isObject } from '../json-pointer.ts';
import type { Json } from '../rejection.ts';
import { blockValue, inlineValue, type Manner, mannerOf, spreadValue } from './render-value.ts';

/** A change of one place: a new value for it, a new member of it, or its removal. */
export type TextEdit =
  | { readonly do: 'replace'; readonly tokens: readonly string[]; readonly value: Json }
  /** `key` for a group of keys, none for a list. */
  | { readonly do: 'add'; readonly tokens: readonly string[]; readonly key?: string; readonly value: Json }
  | { readonly do: 'remove'; readonly tokens: readonly string[] };

interface Source {
  readonly text: string;
  readonly document: Document.Parsed;
  readonly json: boolean;
}

type Collection = YAMLMap<ParsedNode, ParsedNode | null> | YAMLSeq<ParsedNode>;

interface Item {
  readonly start: number;
  readonly end: number;
  readonly value: ParsedNode | null;
}

const cut = (text: string, from: number, to: number, by: string): string => text.slice(0, from) + by + text.slice(to);
const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;
const indentAt = (text: string, at: number): string => /^[ \t]*/.exec(text.slice(lineStart(text, at), at))?.[0] ?? '';

/** Where a node's own text ends: for blocks the last leaf's, so that comments behind it are not taken for its own. */
function endOf(node: ParsedNode): number {
  if (!isCollection(node) || node.flow === true) return node.range[1];
  return itemsOf(node as unknown as Collection).at(-1)?.end ?? node.range[1];
}

function itemsOf(node: Collection): readonly Item[] {
  if (isSeq(node))
    return (node.items as ParsedNode[]).map((value) => ({ start: value.range[0], end: endOf(value), value }));
  return node.items.map(({ key, value }) => ({
    start: key.range[0],
    end: value === null ? key.range[1] : Math.max(key.range[1], endOf(value)),
    value,
  }));
}

function childOf(node: ParsedNode | null, token: string): ParsedNode | null {
  if (isSeq(node)) return (node.items[Number(token)] as ParsedNode | undefined) ?? null;
  if (!isMap(node)) return null;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === token);
  return (pair?.value as ParsedNode | null | undefined) ?? null;
}

const nodeAt = (document: Document.Parsed, tokens: readonly string[]): ParsedNode | null =>
  tokens.reduce(childOf, document.contents);

/** A value written as its relative is: on one line, or spread over several. */
function inManner(source: Source, relative: string, value: Json, at: string): string {
  const manner = mannerOf(source.text, relative, source.json);
  return relative.includes('\n') ? spreadValue(value, manner, at) : inlineValue(value, manner);
}

/** The new value in the quotes of the old one, where it had some. */
function rewritten(source: Source, old: string, value: Json, at: string): string {
  const text = typeof value === 'string' && !/[\p{Cc}]/u.test(value) ? value : null;
  if (text !== null && old.startsWith("'")) return `'${text.replaceAll("'", "''")}'`;
  if (text !== null && old.startsWith('"')) return JSON.stringify(text);
  return inManner(source, old, value, at);
}

function replace(source: Source, node: ParsedNode, value: Json): string | null {
  const [start, end] = node.range;
  const old = source.text.slice(start, end);
  if (isCollection(node) && node.flow !== true) return null;
  if (isScalar(node) && typeof node.type === 'string' && node.type.startsWith('BLOCK')) return null;
  return cut(source.text, start, end, rewritten(source, old, value, indentAt(source.text, start)));
}

function addToFlow(source: Source, node: Collection, start: number, end: number, key: string | undefined, value: Json) {
  const { text } = source;
  const last = itemsOf(node).at(-1);
  const relative =
    last?.value === null || last === undefined ? '' : text.slice(last.value.range[0], last.value.range[1]);
  const manner: Manner = mannerOf(text, relative, source.json);
  const at = last === undefined ? '' : indentAt(text, last.start);
  const written = (inline: boolean): string => {
    const body = inline ? inlineValue(value, manner) : inManner(source, relative, value, at);
    return key === undefined ? body : `${inlineValue(key, manner)}${inline ? manner.colon : ': '}${body}`;
  };
  if (last === undefined) {
    const padding = key === undefined ? '' : manner.padding;
    return cut(text, start + 1, end - 1, `${padding}${written(true)}${padding}`);
  }
  const spread = text.slice(start, last.start).includes('\n');
  return cut(text, last.end, last.end, spread ? `,\n${at}${written(false)}` : `${manner.comma}${written(true)}`);
}

/** Whether a relative keeps what is nested in it on one line. */
const nestsInFlow = (node: ParsedNode | null): boolean =>
  isCollection(node) &&
  itemsOf(node as unknown as Collection).some(({ value }) => isCollection(value) && value.flow === true);

function addToBlock(
  source: Source,
  node: Collection,
  start: number,
  key: string | undefined,
  value: Json,
): string | null {
  const { text } = source;
  const last = itemsOf(node).at(-1);
  if (last === undefined) return null;
  const first = isSeq(node) ? start : (itemsOf(node)[0]?.start ?? start);
  const at = ' '.repeat(first - lineStart(text, first));
  const manner = mannerOf(text, text.slice(last.start, last.end), source.json);
  const nested = isList(value) || isObject(value);
  const flat = isCollection(last.value) && last.value.flow === true;
  const body = flat ? inlineValue(value, manner) : blockValue(value, manner, nestsInFlow(last.value));
  const inner = body.replaceAll('\n', `\n${at}  `);
  const below = nested && !flat && key !== undefined && body.includes('\n') ? `\n${at}  ${inner}` : ` ${inner}`;
  const written = key === undefined ? `${at}- ${inner}` : `${at}${inlineValue(key, manner)}:${below}`;
  const newline = text.indexOf('\n', Math.max(last.end - 1, 0));
  return newline === -1 ? `${text}\n${written}\n` : cut(text, newline + 1, newline + 1, `${written}\n`);
}

function removeFromFlow(text: string, node: Collection, start: number, end: number, index: number): string | null {
  const items = itemsOf(node);
  const [before, item, after] = [items[index - 1], items[index], items[index + 1]];
  if (item === undefined) return null;
  if (after !== undefined) return cut(text, item.start, after.start, '');
  return before === undefined ? cut(text, start + 1, end - 1, '') : cut(text, before.end, item.end, '');
}

function removeFromBlock(text: string, node: Collection, index: number): string | null {
  const items = itemsOf(node);
  const item = items[index];
  if (item === undefined || items.length === 1) return null;
  const from = lineStart(text, item.start);
  const ahead = text.slice(from, item.start);
  if (!(isSeq(node) ? /^ *- *$/ : /^ *$/).test(ahead)) return null;
  const newline = text.indexOf('\n', item.end - 1);
  return cut(text, from, newline === -1 ? text.length : newline + 1, '');
}

function remove({ text, document }: Source, tokens: readonly string[]): string | null {
  const token = tokens.at(-1) ?? '';
  const parent = nodeAt(document, tokens.slice(0, -1));
  if (!isMap(parent) && !isSeq(parent)) return null;
  const node = parent as unknown as Collection;
  const index = isMap(parent)
    ? parent.items.findIndex(({ key }) => isScalar(key) && String(key.value) === token)
    : Number(token);
  const [start, end] = parent.range ?? [0, 0];
  return parent.flow === true ? removeFromFlow(text, node, start, end, index) : removeFromBlock(text, node, index);
}

/**
 * Makes the edit by replacing as few characters of the file as it can: everything else stays byte for byte. null where
 * it does not know how. The caller reads the result back and compares, so this may be wrong, but never unnoticed.
 */
export function splice(source: Source, edit: TextEdit): string | null {
  if (edit.do === 'remove') return remove(source, edit.tokens);
  const node = nodeAt(source.document, edit.tokens);
  if (node === null) return null;
  if (edit.do === 'replace') return replace(source, node, edit.value);
  if (!isCollection(node)) return null;
  const collection = node as unknown as Collection;
  const [start, end] = node.range;
  return node.flow === true
    ? addToFlow(source, collection, start, end, edit.key, edit.value)
    : addToBlock(source, collection, start, edit.key, edit.value);
}
