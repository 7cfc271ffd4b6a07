import { dereference, type Schema } from './description.ts';

/**
 * Names of properties in a request body that GitHub does not describe. GitHub ignores them; here they are refused,
 * since a misspelt option is a fault that nobody would see.
 */
export function unknownProperties(schema: Schema, value: unknown, description: object, at = ''): string[] {
  const shapes = shapesOf(schema, description);
  if (Array.isArray(value)) {
    const items = shapes.find((shape) => shape.items)?.items;
    return items ? value.flatMap((item) => unknownProperties(items, item, description, `${at}[]`)) : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  const known = shapes.flatMap((shape) => Object.entries(shape.properties ?? {}));
  const open = shapes.some((shape) => shape.additionalProperties === true || isObject(shape.additionalProperties));
  if (open || known.length === 0) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    // Alternatives may each describe the property in their own way; which of them holds is for the validator to say.
    const anyOf = known.filter(([name]) => name === key).map(([, property]) => property);
    return anyOf.length > 0
      ? unknownProperties({ anyOf }, inner, description, `${at}.${key}`)
      : [`${at}.${key}`.slice(1)];
  });
}

function shapesOf(schema: Schema, description: object): Schema[] {
  const flat = dereference(schema, description);
  const parts = [...(flat.allOf ?? []), ...(flat.anyOf ?? []), ...(flat.oneOf ?? [])];
  return [flat, ...parts.flatMap((part) => shapesOf(part, description))];
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
