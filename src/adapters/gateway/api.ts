import { z } from 'zod';
import { hasMoreValues } from '../../domain/has-more-values.ts';
import * as say from '../../domain/messages/gateway.ts';
import type { NamedModel, Usage } from '../../domain/named-model.ts';

/** A request that is not sent on. The message says why, to the agent. */
export class NotLetThrough extends Error {
  override readonly name = 'NotLetThrough';
  readonly status: number;
  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** What a path means to an API. `count`: how many tokens something has. `models`: which there are. */
export type Wish = 'ask' | 'stream' | 'count' | 'models';

/** One entry of a conversation as it is sent on, and the inline images in it, as base64. */
export interface Turn {
  readonly said: unknown;
  readonly images: readonly string[];
}

/** What is let through of one request. */
export interface Asked {
  readonly body: Readonly<Record<string, unknown>>;
  readonly stream: boolean;
  /** The longest answer that the agent wants, in tokens. */
  readonly wants: number | null;
  /** The member of `body` that is the conversation, and its entries. */
  readonly conversation: string;
  readonly turns: readonly Turn[];
}

/** A conversation by its entries. */
export const turnsOf = <T>(all: readonly T[], imagesOf: (one: T) => readonly string[]): readonly Turn[] =>
  all.map((said) => ({ said, images: imagesOf(said) }));

/** Reads what an answer cost, from its one body or from its events. */
export interface UsageReader {
  /** A whole body, one event of a stream, or the text `[DONE]`. */
  add(event: unknown): void;
  /** What was told last; null where nothing was. */
  usage(): Usage | null;
  /** Whether the answer said that it is at its end. */
  ended(): boolean;
}

/** One kind of API: what of it is let through, and what its failures look like. */
export interface Api {
  /** null for what is not let through. */
  wish(url: URL): Wish | null;
  /** `stream`: the path asks for one. Throws `NotLetThrough`. */
  read(body: unknown, stream: boolean): Asked;
  /** The call to the endpoint for an answer of at most so many tokens. `headers` are the agent's. */
  call(model: NamedModel, asked: Asked, output: number, headers: Headers): Call;
  usage(): UsageReader;
  failure(status: number, message: string): unknown;
  count(tokens: number): unknown;
  models(name: string): unknown;
}

export interface Call {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A member of what an endpoint told, whatever that is. */
export const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;

/** The members of a list, whatever that is. */
export const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Tokens as an endpoint counts them; anything else counts for nothing. */
export const countOf = (count: unknown): number =>
  typeof count === 'number' && Number.isSafeInteger(count) && count > 0 ? count : 0;

/** Null where nobody counted. */
export const usageOf = (usage: Usage): Usage | null =>
  usage.input + usage.cached + usage.kept + usage.output > 0 ? usage : null;

/** Values of all kinds in one request. The longest conversations of agents have a tenth of it. */
const MOST_VALUES = 200_000;

/** A value that zod knows the shape of, or a sentence on the first thing that is wrong with it. */
export function shaped<T>(schema: z.ZodType<T>, value: unknown): T {
  if (hasMoreValues(value, MOST_VALUES)) throw new NotLetThrough(say.tooManyValues(MOST_VALUES), 413);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new NotLetThrough(issue === undefined ? say.notJson : sentenceOf(issue, value));
}

/** Keys may be as long as the request. */
const nameOf = (path: readonly PropertyKey[]): string => path.join('.').slice(0, 200);

/** What is wrong, and of what kind the part is that nobody knows. */
function sentenceOf(issue: z.core.$ZodIssue, value: unknown): string {
  const where = nameOf(issue.path);
  if (issue.code === 'unrecognized_keys') return say.notLetThrough(`“${nameOf([...issue.path, issue.keys[0] ?? ''])}”`);
  if (issue.code !== 'invalid_union') return say.misshapen(where, issue.message);
  if (issue.errors.length === 0) {
    const kind = issue.path.reduce<unknown>((at, key) => memberOf(at, String(key)), value);
    return say.misshapen(where, say.notLetThrough(`“${String(kind).slice(0, 60)}”`));
  }
  // Of several shapes, the one that fits furthest is the one that was meant.
  const inner = issue.errors.flat().toSorted((one, other) => other.path.length - one.path.length)[0];
  return inner === undefined
    ? say.misshapen(where, issue.message)
    : sentenceOf({ ...inner, path: [...issue.path, ...inner.path] }, value);
}

/** Takes keys out that are known and not let through, because the request means the same without them. */
export const without = (body: unknown, keys: readonly string[]): unknown =>
  typeof body !== 'object' || body === null || Array.isArray(body)
    ? body
    : Object.fromEntries(Object.entries(body).filter(([key]) => !keys.includes(key)));

/** Fails where one of the keys is there and is not null. */
export function refuse(body: unknown, keys: readonly string[], sentence: (key: string) => string): void {
  if (typeof body !== 'object' || body === null) return;
  for (const key of keys) if ((body as Record<string, unknown>)[key] != null) throw new NotLetThrough(sentence(key));
}

const MOST_IMAGE_CHARACTERS = 7_000_000;
const IMAGE = /^image\/(?:png|jpeg|webp|gif)$/;

export const imageType = z.string().regex(IMAGE, say.notAnImage);
export const imageData = z
  .string()
  .max(MOST_IMAGE_CHARACTERS, say.notAnImage)
  .regex(/^[A-Za-z0-9+/_-]*={0,2}$/, say.notAnImage);

/** An image within the request, as `data:image/png;base64,…`. */
export const dataUrl = z
  .string()
  .max(MOST_IMAGE_CHARACTERS, say.notAnImage)
  .superRefine((url, context) => {
    const [head = '', data] = url.slice(0, 60).split(';base64,');
    if (!url.startsWith('data:')) context.addIssue({ code: 'custom', message: say.remote('an image') });
    else if (data === undefined || !IMAGE.test(head.slice('data:'.length)))
      context.addIssue({ code: 'custom', message: say.notAnImage });
  });

/** The schema of a tool's input or of an answer. Nothing in it may lie at an address. */
export const schema = z.record(z.string(), z.unknown()).superRefine((value, context) => {
  if (leadsOut(value)) context.addIssue({ code: 'custom', message: say.remote('a schema') });
});

/** The dialects of JSON Schema itself, which everybody has. */
const DIALECT = /^https?:\/\/json-schema\.org\/[\w./-]*#?$/;

function leadsOut(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) =>
    /^\$(?:ref|dynamicRef|recursiveRef|schema)$/.test(key) && typeof inner === 'string'
      ? !(key === '$schema' ? DIALECT.test(inner) : inner.startsWith('#'))
      : leadsOut(inner),
  );
}

/** A count of tokens that an agent wants at most. */
export const limit = z.number().int().min(1).nullish();
