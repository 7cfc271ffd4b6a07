export type Yaml = string | number | boolean | readonly Yaml[] | { readonly [key: string]: Yaml };

interface Line {
  readonly number: number;
  readonly indent: number;
  readonly text: string;
}

const refuse = (line: number, why: string): never => {
  throw new Error(`line ${line}: ${why}`);
};

const KEY = /^([A-Za-z][\w.-]*):(?: +(.*))?$/;

/** A `#` starts a comment at the start of a line or after a space, outside quotes. */
function withoutComment(text: string): string {
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? '';
    if (quote !== '') quote = char === quote ? '' : quote;
    else if ((char === '"' || char === "'") && /^$|[\s[{,:-]/.test(text[i - 1] ?? '')) quote = char;
    else if (char === '#' && (i === 0 || text[i - 1] === ' ')) return text.slice(0, i);
  }
  return text;
}

function linesOf(source: string): Line[] {
  return source.split(/\r?\n/).flatMap((raw, index) => {
    if (raw.includes('\t')) refuse(index + 1, 'a tab; indent with spaces');
    const text = withoutComment(raw).trimEnd();
    const indent = text.length - text.trimStart().length;
    return text === '' ? [] : [{ number: index + 1, indent, text: text.trimStart() }];
  });
}

function scalar(text: string, line: number): Yaml {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (/^'(?:[^']|'')*'$/.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  if (/^"(?:[^"\\]|\\["\\n])*"$/.test(text)) return JSON.parse(text) as string;
  if (/^[A-Za-z][^:#{}[\],&*!|>'"%@`]*$/.test(text) && !/^(?:null|yes|no|on|off)$/i.test(text)) return text;
  return refuse(line, `“${text}” is not a plain word, number or quoted text`);
}

/** `[a, b]` and `{ a: b, c: [d] }` on one line: what is left of the text is in `rest`. */
interface Flow {
  rest: string;
  readonly line: number;
}

function flowWord(flow: Flow, end: RegExp): string {
  const quoted = /^(?:'(?:[^']|'')*'|"(?:[^"\\]|\\.)*")/.exec(flow.rest)?.[0];
  const found = quoted ?? flow.rest.slice(0, Math.max(0, flow.rest.search(end)));
  if (found === '') refuse(flow.line, 'something is missing between brackets or commas');
  flow.rest = flow.rest.slice(found.length).trimStart();
  return found.trimEnd();
}

function flowMembers(flow: Flow, end: ']' | '}', read: () => void): void {
  flow.rest = flow.rest.slice(1).trimStart();
  while (!flow.rest.startsWith(end)) {
    read();
    if (flow.rest.startsWith(',')) flow.rest = flow.rest.slice(1).trimStart();
    else if (!flow.rest.startsWith(end)) refuse(flow.line, `“${end}” or a comma is missing`);
  }
  flow.rest = flow.rest.slice(1).trimStart();
}

function flowValue(flow: Flow): Yaml {
  if (flow.rest.startsWith('[')) {
    const items: Yaml[] = [];
    flowMembers(flow, ']', () => items.push(flowValue(flow)));
    return items;
  }
  if (!flow.rest.startsWith('{')) return scalar(flowWord(flow, /[,\]}]/), flow.line);
  const entries = new Map<string, Yaml>();
  flowMembers(flow, '}', () => {
    const key = flowWord(flow, /[:,}]/);
    if (!flow.rest.startsWith(': ') || !KEY.test(`${key}:`)) refuse(flow.line, `“${key}” is not a key with a colon`);
    if (entries.has(key)) refuse(flow.line, `“${key}” stands here twice`);
    flow.rest = flow.rest.slice(1).trimStart();
    entries.set(key, flowValue(flow));
  });
  return Object.fromEntries(entries);
}

function inline(text: string, line: number): Yaml {
  if (!/^[[{]/.test(text)) return scalar(text, line);
  const flow: Flow = { rest: text, line };
  const value = flowValue(flow);
  return flow.rest === '' ? value : refuse(line, 'something stands after the closing bracket');
}

function readMap(lines: Line[], indent: number): Yaml {
  const entries = new Map<string, Yaml>();
  while (lines[0]?.indent === indent && !lines[0].text.startsWith('- ')) {
    const { text, number } = lines.shift() as Line;
    const [, key = '', rest] = KEY.exec(text) ?? refuse(number, `“${text}” is not “key: value”`);
    if (entries.has(key)) refuse(number, `“${key}” stands here twice`);
    entries.set(key, rest === undefined ? readBelow(lines, indent, number) : inline(rest, number));
  }
  return Object.fromEntries(entries);
}

function readList(lines: Line[], indent: number): Yaml {
  const items: Yaml[] = [];
  while (lines[0]?.indent === indent && lines[0].text.startsWith('- ')) {
    const { text, number } = lines.shift() as Line;
    const rest = text.slice(2).trimStart();
    if (!KEY.test(rest)) {
      items.push(inline(rest, number));
      continue;
    }
    // The first key of a map stands on the dash's line: read it as a line of its own, further in.
    const inner = indent + text.length - rest.length;
    lines.unshift({ number, indent: inner, text: rest });
    items.push(readMap(lines, inner));
  }
  return items;
}

function readBelow(lines: Line[], indent: number, number: number): Yaml {
  const [next] = lines;
  if (next === undefined || next.indent < indent) return refuse(number, 'nothing stands under this key');
  const isList = next.text.startsWith('- ');
  if (next.indent === indent && !isList) return refuse(number, 'nothing stands under this key');
  return isList ? readList(lines, next.indent) : readMap(lines, next.indent);
}

/**
 * Reads the part of YAML that our rules use: maps, lists, `[…]` and `{…}` on one line, words, numbers, true and false,
 * quoted text, comments. Throws on everything else (anchors, tags, block text, several documents…) with the line.
 */
export function readYaml(source: string): Yaml {
  const lines = linesOf(source);
  const [first] = lines;
  if (first === undefined) return refuse(1, 'the file is empty');
  if (first.indent !== 0) refuse(first.number, 'the first line is indented');
  const result = readBelow(lines, -1, first.number);
  const [left] = lines;
  return left === undefined ? result : refuse(left.number, 'this line is not indented as the lines around it');
}
