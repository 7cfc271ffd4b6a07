// biome-ignore lint/suspicious/noExplicitAny: the description is read as found; its shape is what the script establishes.
export type Json = Record<string, any>;

/** True for a JSON object, not for an array or null. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value that a reference such as `#/components/schemas/issue` points to. */
export function resolveReference(reference: string, spec: Json): Json {
  return reference
    .split('/')
    .slice(1)
    .reduce((value, key) => value[key.replaceAll('~1', '/').replaceAll('~0', '~')], spec);
}

/** Every reference in a value, examples left out. */
export function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isObject(value)) return [];
  const own = typeof value['$ref'] === 'string' ? [value['$ref']] : [];
  const inner = Object.entries(value).filter(([key]) => key !== 'examples' && key !== 'example');
  return [...own, ...inner.flatMap(([, child]) => referencesIn(child))];
}

const prose = new Set(['description', 'example', 'examples', 'title', 'summary', 'externalDocs', 'links']);
const extensions = /^x-(?!multi-segment)/;

/** OpenAPI 3.0 to JSON Schema: `nullable` becomes a type, and prose goes. */
export function convertSchema<T>(value: T, parent?: string): T;
export function convertSchema(value: unknown, parent?: string): unknown {
  if (Array.isArray(value)) return value.map((inner) => convertSchema(inner));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(
    ([key]) => namesAreData(parent) || !(prose.has(key) || extensions.test(key)),
  );
  const converted = Object.fromEntries(
    kept.map(([key, inner]) => [key, convertSchema(inner, namesAreData(parent) ? undefined : key)]),
  );
  return namesAreData(parent) ? converted : withNull(converted);
}

/** Under these keys the names are GitHub's, so a property called `description` is no prose. */
function namesAreData(parent: string | undefined): boolean {
  return parent === 'properties' || parent === 'schemas' || parent === 'paths' || parent === 'webhooks';
}

function withNull(schema: Json): Json {
  if (schema['nullable'] !== true) return schema;
  const { nullable: _, ...rest } = schema;
  if (typeof rest['type'] !== 'string') return { anyOf: [{ type: 'null' }, rest] };
  const withType = { ...rest, type: [rest['type'], 'null'] };
  return rest['enum'] && !rest['enum'].includes(null) ? { ...withType, enum: [...rest['enum'], null] } : withType;
}

/** The same value with the keys of its two outer levels in alphabetical order. */
export function sortKeys(value: Json, depth = 2): Json {
  if (!isObject(value) || depth === 0) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner, depth - 1)]));
}
