import { isList, isObject } from './json-pointer.ts';
import type { Json } from './rejection.ts';

/** Nesting beyond this is taken as different: a hostile output may not exhaust the stack. */
const DEEPEST = 500;

/** Whether two values are equal. The order of an object's keys does not matter, that of a list does. */
export function equalJson(a: Json, b: Json, depth = 0): boolean {
  if (depth > DEEPEST) return false;
  if (isList(a))
    return isList(b) && a.length === b.length && a.every((item, i) => equalJson(item, b[i] as Json, depth + 1));
  if (!isObject(a)) return a === b;
  if (!isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key] as Json, b[key] as Json, depth + 1))
  );
}

/**
 * Whether `part` is contained in `whole`: every key of an object is there with a contained value, every item of a list
 * is contained in some item (order and repetition do not matter), and anything else is equal.
 */
export function containsJson(whole: Json, part: Json, depth = 0): boolean {
  if (depth > DEEPEST) return false;
  if (isList(part))
    return isList(whole) && part.every((item) => whole.some((candidate) => containsJson(candidate, item, depth + 1)));
  if (isObject(part))
    return (
      isObject(whole) &&
      Object.keys(part).every(
        (key) => Object.hasOwn(whole, key) && containsJson(whole[key] as Json, part[key] as Json, depth + 1),
      )
    );
  return whole === part;
}

/** The value with `change` made to every text in it. Keys stay as they are. */
export function mapTexts(value: Json, change: (text: string) => string, depth = 0): Json {
  if (typeof value === 'string') return change(value);
  if (depth > DEEPEST) return value;
  if (isList(value)) return value.map((item) => mapTexts(item, change, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapTexts(member, change, depth + 1)]));
}

/** Whether a whole number is in it that is read as if it were another: 9007199254740993 becomes 9007199254740992. */
export function holdsInexact(value: Json, depth = 0): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  if (depth > DEEPEST || typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((member) => holdsInexact(member, depth + 1));
}
