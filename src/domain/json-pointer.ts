import type { Json } from './rejection.ts';

/** Keys that reach an object's prototype in careless code. Nothing the app writes may hold them. */
export const isUnsafeKey = (key: string): boolean =>
  key === '__proto__' || key === 'prototype' || key === 'constructor';

/** The reference tokens of a JSON Pointer (RFC 6901), unescaped; null when it is not one. '' is the whole value. */
export function parsePointer(pointer: string): readonly string[] | null {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return null;
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** One reference token, escaped: whatever the text is, it stays one token. */
export const escapeToken = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

/** The inverse of `parsePointer`. */
export const pointerOf = (tokens: readonly string[]): string =>
  tokens.map((token) => `/${escapeToken(token)}`).join('');

/** The index that a token names in a list of this length (RFC 6901: no sign, no leading zero), or null. */
export function indexOf(token: string, length: number): number | null {
  const index = /^(?:0|[1-9]\d{0,8})$/.test(token) ? Number(token) : Number.NaN;
  return index < length ? index : null;
}

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
export const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The own member of a list or an object; undefined when there is none. Prototypes are never looked at. */
function memberOf(value: Json, token: string): Json | undefined {
  if (isList(value)) {
    const index = indexOf(token, value.length);
    return index === null ? undefined : value[index];
  }
  return isObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
}

/** The value at the pointer's tokens; undefined when nothing is there. */
export function lookUp(value: Json, tokens: readonly string[]): Json | undefined {
  let at: Json | undefined = value;
  for (const token of tokens) {
    if (at === undefined) return undefined;
    at = memberOf(at, token);
  }
  return at;
}

/** The value at a pointer; undefined when nothing is there or it is no pointer. */
export function at(value: Json, pointer: string): Json | undefined {
  const tokens = parsePointer(pointer);
  return tokens === null ? undefined : lookUp(value, tokens);
}
