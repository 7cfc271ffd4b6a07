import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Schema } from './description.ts';

/** Says what is wrong with a value, as sentences; empty when it fits. */
export type Validate = (value: unknown) => string[];

/** Compiles schemas of one description, each when it is first needed. */
export function makeValidator(description: object): (schema: Schema) => Validate {
  // GitHub's schemas are known to be sound. Code that runs a few times is not worth half its compiling time for less of it.
  const cheap = { validateSchema: false, code: { optimize: false } } as const;
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false, inlineRefs: false, ...cheap });
  addFormats.default(ajv);
  for (const format of ['repo.nwo', 'ssh-key', 'timestamp', 'uri-template', 'int64']) ajv.addFormat(format, true);
  // A bot's own address, 1+name[bot]@users.noreply..., is none by the letter of the format; GitHub sends it all the same.
  ajv.addFormat('email', /^[^@\s]+@[^@\s]+$/);
  ajv.addSchema({ $id: 'github', ...description });
  const compiled = new WeakMap<Schema, ValidateFunction>();
  return (schema) => (value) => {
    let validate = compiled.get(schema);
    if (!validate) {
      validate = ajv.compile(withAbsoluteReferences(schema) as object);
      compiled.set(schema, validate);
    }
    return validate(value) ? [] : (validate.errors ?? []).slice(0, 8).map(sentence);
  };
}

function sentence(error: ErrorObject): string {
  const allowed = error.params['allowedValues'] as unknown[] | undefined;
  const among = allowed ? ` (${JSON.stringify(allowed).slice(0, 120)})` : '';
  return `${error.instancePath} ${error.message}${among}`;
}

function withAbsoluteReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withAbsoluteReferences);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    const local = key === '$ref' && typeof inner === 'string' && inner.startsWith('#');
    return [key, local ? `github${inner}` : withAbsoluteReferences(inner)];
  });
  return Object.fromEntries(entries);
}
