import { type Document, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseAllDocuments, visit } from 'yaml';
import { isUnsafeKey } from './json-pointer.ts';
import * as say from './messages/files.ts';

/** A mistake and its line. */
export interface Placed extends say.Mistake {
  readonly line: number;
}

/** A file as read: every mistake of its syntax, its value when it has none, and where each part stands. */
export interface ReadYaml {
  readonly problems: readonly Placed[];
  readonly value: unknown;
  readonly document: Document.Parsed | null;
  /** Line of the key or item at the path, or of the nearest part above it that exists. */
  lineOf(path: readonly PropertyKey[]): number;
  /** Line of a position in the text. */
  lineAt(offset: number): number;
}

interface Options {
  readonly maxBytes: number;
  /** Lines that stand before the text in its file. */
  readonly linesBefore?: number;
}

/** Beyond this many mistakes of syntax the rest are echoes. */
const MOST = 10;

type Found = (offset: number | undefined, mistake: say.Mistake) => void;

function checkKey(key: unknown, found: Found): void {
  const offset = (key as ParsedNode | null)?.range?.[0];
  const name = isScalar(key) ? String(key.value) : null;
  if (name === null) found(offset, say.oddKey);
  else if (name === '<<') found(offset, say.mergeKey);
  else if (isUnsafeKey(name)) found(offset, say.unsafeKey(name));
}

/** What YAML can do and a file that is read by people and machines alike should not. */
function checkFeatures(document: Document.Parsed, found: Found): void {
  visit(document, {
    Alias: (_, node) => found(node.range?.[0], say.alias(node.source)),
    Pair: (_, pair) => checkKey(pair.key, found),
    Value: (_, node) => {
      if (node.anchor !== undefined) found(node.range?.[0], say.anchor(node.anchor));
      if (node.tag !== undefined) found(node.range?.[0], say.tag(node.tag));
    },
  });
}

function checkErrors(document: Document.Parsed, found: Found): void {
  for (const error of document.errors.slice(0, MOST)) {
    // The parser recurses, and reports an exhausted stack as an error like any other.
    if (/call stack|recursion/i.test(error.message)) throw new RangeError(error.message);
    const words = (error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '').replace(/[.:]$/, '');
    found(error.pos[0], error.code === 'DUPLICATE_KEY' ? say.twice : say.badYaml(words));
  }
}

/** The start of the key or item at the path, or of the nearest part above it that exists. */
function offsetOf(document: Document.Parsed | null, path: readonly PropertyKey[]): number {
  let node: unknown = document?.contents;
  let offset = (node as ParsedNode | null | undefined)?.range?.[0] ?? 0;
  for (const segment of path) {
    const pair = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment))
      : undefined;
    const next = pair?.value ?? (isSeq(node) ? node.items[Number(segment)] : undefined);
    const place = (pair?.key ?? next) as ParsedNode | null | undefined;
    if (place?.range === undefined || place.range === null) break;
    offset = place.range[0];
    node = next;
  }
  return offset;
}

function readDocument(text: string, lines: LineCounter, found: Found): { document: Document.Parsed; value: unknown } {
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true, merge: false });
  // An empty text gives no document, which reads as an empty file.
  const [document, second] = Array.isArray(documents) ? documents : [];
  if (document === undefined) return { document: documents as unknown as Document.Parsed, value: null };
  checkErrors(document, found);
  if (second !== undefined) found(second.range?.[0], say.severalDocuments);
  if (document.errors.length === 0) checkFeatures(document, found);
  return { document, value: document.errors.length === 0 ? document.toJS({ maxAliasCount: 0 }) : null };
}

/**
 * Reads YAML (and so JSON) that somebody else wrote. Aliases, anchors, tags, merge keys, keys that reach prototypes,
 * doubled keys, further documents and files over `maxBytes` are mistakes. Never throws.
 */
export function readYaml(text: string, { maxBytes, linesBefore = 0 }: Options): ReadYaml {
  const lines = new LineCounter();
  const lineAt = (offset: number): number => linesBefore + Math.max(1, lines.linePos(offset).line);
  const problems: Placed[] = [];
  const failed = (mistake: say.Mistake): ReadYaml => ({
    problems: [{ line: linesBefore + 1, ...mistake }],
    value: null,
    document: null,
    lineOf: () => linesBefore + 1,
    lineAt: () => linesBefore + 1,
  });
  if (text.length > maxBytes) return failed(say.tooLarge(maxBytes));
  try {
    const { document, value } = readDocument(text, lines, (offset, mistake) =>
      problems.push({ line: lineAt(offset ?? 0), ...mistake }),
    );
    const lineOf = (path: readonly PropertyKey[]): number => lineAt(offsetOf(document, path));
    return { problems, value: problems.length === 0 ? value : null, document, lineOf, lineAt };
  } catch (error) {
    // An exhausted stack is hostile nesting; an alias (which is a mistake already) may end in a ReferenceError.
    if (!(error instanceof RangeError || error instanceof ReferenceError)) throw error;
    return problems.length > 0 ? { ...failed(say.tooDeep), problems } : failed(say.tooDeep);
  }
}
