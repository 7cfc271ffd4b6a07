import { equalJson } from '../compare-json.ts';
import { indexOf, isList, isObject, isUnsafeKey, parsePointer } from '../json-pointer.ts';
import type { Json } from '../rejection.ts';
import type { InputChange } from '../rubric.ts';

/** The new value of a place, `remove`, or null where the change does not fit what is there. */
type Changed = { readonly value: Json } | 'remove' | null;

/** The value with one place changed, or null when the change does not fit. Nothing is written to the value itself. */
function changeAt(value: Json, tokens: readonly string[], change: (old: Json | undefined) => Changed): Json | null {
  const [token, ...rest] = tokens;
  if (token === undefined || isUnsafeKey(token)) return null;
  const list = isList(value);
  if (!list && !isObject(value)) return null;
  const index = list ? indexOf(token, value.length) : null;
  if (list && index === null) return null;
  const old = list ? value[index ?? 0] : Object.hasOwn(value, token) ? value[token] : undefined;
  const inner = rest.length === 0 || old === undefined ? null : changeAt(old, rest, change);
  const changed: Changed = rest.length === 0 ? change(old) : inner === null ? null : { value: inner };
  if (changed === null) return null;
  if (list) return value.flatMap((item, i) => (i !== index ? [item] : changed === 'remove' ? [] : [changed.value]));
  const others = Object.entries(value).filter(([key]) => key !== token);
  if (changed === 'remove') return Object.fromEntries(others);
  // A key that is there keeps its place.
  if (old === undefined) return Object.fromEntries([...others, [token, changed.value]]);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, key === token ? changed.value : item]));
}

const joined = (before: Json | undefined, after: Json | undefined): Changed => {
  if (typeof before === 'string' && typeof after === 'string') return { value: before + after };
  return null;
};

function changedBy({ op, value }: InputChange, old: Json | undefined): Changed {
  if (op === 'set') return value === undefined ? null : { value };
  if (op === 'remove') return old === undefined ? null : 'remove';
  if (op === 'upper') return typeof old === 'string' ? { value: old.toUpperCase() } : null;
  if (isList(old) && value !== undefined) return { value: op === 'append' ? [...old, value] : [value, ...old] };
  return op === 'append' ? joined(old, value) : joined(value, old);
}

/**
 * A frozen input after the changes, or null when one of them does not fit it (its place is not there, or is of another
 * kind) or when nothing is different afterwards. `set` may add a key to an object.
 */
export function changeInput(input: Json, changes: readonly InputChange[]): Json | null {
  let changed: Json = input;
  for (const change of changes) {
    const tokens = parsePointer(change.path);
    const next = tokens === null ? null : changeAt(changed, tokens, (old) => changedBy(change, old));
    if (next === null) return null;
    changed = next;
  }
  return equalJson(changed, input) ? null : changed;
}
