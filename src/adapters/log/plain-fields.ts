import { tellError, tellMessage } from './tell-error.ts';

const DEEPEST = 5;
const MOST_MEMBERS = 40;
const LONGEST = 2000;

/** Fields that hold what went wrong as text. */
const MISHAPS = new Set(['error', 'cause', 'stack', 'reason', 'because']);

function plainObject(key: string, value: object, depth: number, seen: readonly object[]): unknown {
  if (value instanceof Error) return tellError(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (seen.includes(value)) return '[circular]';
  if (depth >= DEEPEST) return '[deeper]';
  const path = [...seen, value];
  if (Array.isArray(value)) return value.slice(0, MOST_MEMBERS).map((item) => plain(key, item, depth + 1, path));
  return Object.fromEntries(
    Object.keys(value)
      .slice(0, MOST_MEMBERS)
      .map((member) => [member.slice(0, 80), memberOf(value, member, depth + 1, path)]),
  );
}

/** A getter or a proxy may throw. */
function memberOf(value: object, key: string, depth: number, seen: readonly object[]): unknown {
  try {
    return plain(key, (value as Record<string, unknown>)[key], depth, seen);
  } catch {
    return '[unreadable]';
  }
}

function plain(key: string, value: unknown, depth: number, seen: readonly object[]): unknown {
  switch (typeof value) {
    case 'string':
      return MISHAPS.has(key) ? tellMessage(value) : value.slice(0, LONGEST);
    case 'bigint':
      return String(value).slice(0, 80);
    case 'object':
      return value === null ? null : plainObject(key, value, depth, seen);
    case 'number':
    case 'boolean':
      return value;
    default:
      return undefined;
  }
}

/** Any fields as bounded JSON values, whatever they are: circles, getters that throw, errors, huge numbers. Never throws. */
export const plainFields = (fields: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(fields)
      .slice(0, MOST_MEMBERS)
      .map((key) => [key.slice(0, 80), memberOf(fields, key, 1, [fields])]),
  );
