import { equalJson } from '../compare-json.ts';
import { isList, isObject } from '../json-pointer.ts';
import { report as say } from '../messages/report.ts';
import type { Json } from '../rejection.ts';

/** One place where two values differ. Undefined where nothing is there. */
export interface Difference {
  readonly path: readonly string[];
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

const same = (a: Json | undefined, b: Json | undefined): boolean =>
  a === undefined || b === undefined ? a === b : equalJson(a, b);

/** The one item in which two lists of a length differ; null where they differ in more. */
function onlyItem(before: readonly Json[], after: readonly Json[]): number | null {
  if (before.length !== after.length) return null;
  const differing = [...before.keys()].filter((at) => !same(before[at], after[at]));
  return differing.length === 1 ? (differing[0] ?? null) : null;
}

const member = (of: { readonly [key: string]: Json }, name: string): Json | undefined =>
  Object.hasOwn(of, name) ? of[name] : undefined;

/**
 * Where two values differ, as deep as somebody would look: members by name, a list as a whole unless only one of its
 * items is another. In the order of what is there now.
 */
export function findChanges(
  before: Json | undefined,
  after: Json | undefined,
  path: readonly string[] = [],
): readonly Difference[] {
  if (same(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
    return names.flatMap((name) => findChanges(member(before, name), member(after, name), [...path, name]));
  }
  const at = isList(before) && isList(after) ? onlyItem(before, after) : null;
  if (at !== null && isList(before) && isList(after))
    return findChanges(before[at], after[at], [...path, say.item(at + 1)]);
  return [{ path, before, after }];
}
