/** Reading values of which nothing is known. What is missing or of another type is `undefined`, never an exception. */

/** The value at a path of members and, for lists, positions. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string | number, unknown>)[name];
  }
  return found;
}

export const text = (value: unknown, longest = 1000): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= longest ? value : undefined;

/** A number or id of GitHub's: whole and above 0. */
export const id = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;

export const sha = (value: unknown): string | undefined =>
  typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value) && !/^0+$/.test(value) ? value : undefined;

/** `owner/name`. */
export const repositoryName = (value: unknown): string | undefined =>
  typeof value === 'string' && /^(?!\.+\/)[\w.-]{1,100}\/(?!\.+$)[\w.-]{1,100}$/.test(value) ? value : undefined;

export const isoTime = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The object without its members that are `undefined`. */
export const known = <T extends object>(members: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined)) as T;
