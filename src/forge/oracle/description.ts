import { readFileSync } from 'node:fs';

/** A piece of a JSON Schema or of an OpenAPI description, as far as the oracle reads it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
  readonly 'x-multi-segment'?: boolean;
}

interface Content {
  readonly $ref?: string;
  readonly required?: boolean;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

export interface DescribedOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

export interface ApiDescription {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface WebhookDescription {
  readonly webhooks: Readonly<Record<string, Schema>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** GitHub's description of the operations that the forge answers. */
export function readApiDescription(): ApiDescription {
  return JSON.parse(readFileSync(new URL('./github-api.slice.json', import.meta.url), 'utf8'));
}

/** GitHub's description of the webhooks that the forge sends. */
export function readWebhookDescription(): WebhookDescription {
  return JSON.parse(readFileSync(new URL('./github-webhooks.slice.json', import.meta.url), 'utf8'));
}

/** Follows references until something that is none. */
export function dereference<T extends { readonly $ref?: string }>(value: T, description: object): T {
  let found = value;
  while (found.$ref) {
    const keys = found.$ref.split('/').slice(1);
    found = keys.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], description) as T;
  }
  return found;
}

/** The schema of a request's or response's JSON body, if one is described. */
export function bodySchema(content: Content | undefined, description: object): Schema | undefined {
  if (!content) return undefined;
  const described = dereference(content, description).content ?? {};
  return (described['application/json'] ?? Object.values(described)[0])?.schema;
}
