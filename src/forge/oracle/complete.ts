import { dereference, type Schema } from './description.ts';
import type { Validate } from './validator.ts';

/**
 * Adds to a partial value whatever GitHub's schema requires and the forge does not know: null where that is allowed,
 * else an empty value of the right type. What the caller gave is never changed.
 */
export type Complete = (schema: Schema, partial: unknown) => unknown;

/**
 * Makes a completer for one description. Of alternatives that validate it takes the one to which it adds least, of equal
 * ones the first.
 */
export function makeCompleter(description: object, validator: (schema: Schema) => Validate): Complete {
  const complete: Complete = (schema, partial) => {
    const flat = flatten(schema, description);
    const alternatives = flat.anyOf ?? flat.oneOf;
    if (alternatives && !flat.properties) return completeAlternative(flat, alternatives, partial);
    if (partial === undefined) return blank(flat);
    if (Array.isArray(partial)) return flat.items ? partial.map((item) => complete(flat.items!, item)) : partial;
    if (typeof partial !== 'object' || partial === null) return partial;
    return completeObject(flat, partial as Record<string, unknown>);
  };

  function completeAlternative(schema: Schema, alternatives: readonly Schema[], partial: unknown): unknown {
    if (partial === null || (partial === undefined && allowsNull(schema))) return null;
    const possible = alternatives.filter((alternative) => dereference(alternative, description).type !== 'null');
    // Compiling is dear, so nothing is asked where there is no choice.
    if (possible.length === 1) return complete(possible[0]!, partial);
    const candidates = possible
      .map((alternative) => ({ alternative, value: complete(alternative, partial) }))
      .sort((a, b) => sizeOf(a.value) - sizeOf(b.value));
    const fitting = candidates.find(({ alternative, value }) => validator(alternative)(value).length === 0);
    return (fitting ?? candidates[0])?.value;
  }

  function completeObject(schema: Schema, partial: Record<string, unknown>): Record<string, unknown> {
    const completed: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(partial)) if (value !== undefined) completed[key] = value;
    for (const [key, property] of Object.entries(schema.properties ?? {})) {
      if (key in completed) completed[key] = complete(property, completed[key]);
      else if (schema.required?.includes(key)) completed[key] = complete(property, undefined);
    }
    return completed;
  }

  function blank(schema: Schema): unknown {
    if (allowsNull(schema)) return null;
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return schema.enum[0];
    if (schema.properties || schema.type === 'object') return completeObject(schema, {});
    return blankOf(typeof schema.type === 'string' ? schema.type : schema.type?.[0], schema);
  }

  function allowsNull(schema: Schema): boolean {
    const flat = dereference(schema, description);
    if (flat.type === 'null' || (Array.isArray(flat.type) && flat.type.includes('null'))) return true;
    return flat.enum?.includes(null) === true || (flat.anyOf ?? flat.oneOf ?? []).some(allowsNull);
  }

  return complete;
}

const sizeOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? Object.keys(value).length : 0;

/** A schema whose `allOf` parts are merged into one object. */
function flatten(schema: Schema, description: object): Schema {
  const flat = dereference(schema, description);
  if (!flat.allOf) return flat;
  const parts = [...flat.allOf.map((part) => flatten(part, description)), { ...flat, allOf: undefined }] as Schema[];
  return {
    ...Object.assign({}, ...parts),
    properties: Object.assign({}, ...parts.map((part) => part.properties ?? {})),
    required: parts.flatMap((part) => part.required ?? []),
  };
}

const blankStrings: Record<string, string> = {
  uri: 'http://forge.invalid/',
  'date-time': '1970-01-01T00:00:00Z',
  email: 'nobody@forge.invalid',
};

function blankOf(type: string | undefined, schema: Schema): unknown {
  if (type === 'array') return [];
  if (type === 'string') return blankStrings[schema.format ?? ''] ?? '';
  if (type === 'integer' || type === 'number') return schema.minimum ?? 0;
  if (type === 'boolean') return false;
  return null;
}
