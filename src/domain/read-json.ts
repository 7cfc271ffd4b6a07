import { isUnsafeKey } from './json-pointer.ts';

/** What is nested deeper is left to whoever can say that it is too deep. */
const DEEPEST = 200;
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],]|[^\s:,{}[\]"]+/g;

/** An object or list that is open; keys of an object, null of a list. */
interface Open {
  readonly keys: Set<string> | null;
  /** The key that the next value belongs to; null where a key is next. */
  key: string | null;
}

/** Whether a key may stand there once more, by the very rules of files in YAML. */
const isPlain = (key: string, { keys }: Open): boolean => !isUnsafeKey(key) && key !== '<<' && !keys?.has(key);

/** Where the items of the list below this key of the outermost object begin; null where keys are odd. The text is JSON. */
function itemsBelow(list: string, text: string): readonly number[] | null {
  const open: Open[] = [];
  const items: number[] = [];
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const within = open.at(-1);
    if (token === ',') {
      if (within !== undefined) within.key = null;
    } else if (token === '}' || token === ']') open.pop();
    else if (within?.keys && within.key === null) {
      const key = JSON.parse(token) as string;
      if (!isPlain(key, within)) return null;
      within.keys.add(key);
      within.key = key;
    } else {
      if (open.length === 2 && within?.keys === null && open[0]?.key === list) items.push(index);
      if (token === '{' || token === '[') open.push({ keys: token === '{' ? new Set() : null, key: null });
      if (open.length > DEEPEST) return null;
    }
  }
  return items;
}

/** The line of each of these offsets, which grow. Lines count from 1. */
function linesOf(offsets: readonly number[], text: string): readonly number[] {
  let [line, from] = [1, 0];
  return offsets.map((offset) => {
    for (let at = text.indexOf('\n', from); at !== -1 && at < offset; at = text.indexOf('\n', from)) {
      line += 1;
      from = at + 1;
    }
    return line;
  });
}

/**
 * The value of a JSON text, and the lines of the items of the list below this key of it, many times faster than by
 * `readYaml`. Null wherever that might find a mistake, which it then tells. Never throws.
 */
export function readJson(
  list: string,
  text: string,
): { readonly value: unknown; readonly lines: readonly number[] } | null {
  try {
    const value: unknown = JSON.parse(text);
    const items = itemsBelow(list, text);
    return items === null ? null : { value, lines: linesOf(items, text) };
  } catch {
    return null;
  }
}
