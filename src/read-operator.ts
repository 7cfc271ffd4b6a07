import { readFileSync } from 'node:fs';
import * as say from './domain/messages/operator.ts';
import { MOST_OUTPUT, type NamedModel } from './domain/named-model.ts';
import { type Operator, operatorOf, parseOperator } from './domain/parse-operator.ts';

/** A model as the environment names it. */
export interface ModelSettings {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
}

/** The model of the environment, under the name that is used where none is named. */
const namedDefault = ({ baseUrl, apiKey, model }: ModelSettings): NamedModel => ({
  name: 'default',
  api: 'openai-chat',
  url: baseUrl.replace(/\/+$/, ''),
  key: apiKey,
  model,
  most: MOST_OUTPUT,
});

/** An operator who has set up nothing but, perhaps, the model of the environment. */
export const withModel = (model: ModelSettings | null): Operator =>
  operatorOf(model === null ? null : namedDefault(model));

/**
 * What the operator has set up in `file`, with the keys that `env` holds, beside the model of the environment; or every
 * mistake in words.
 */
export function readOperator(
  file: string | undefined,
  env: Readonly<Record<string, unknown>>,
  model: ModelSettings | null,
): { readonly operator: Operator } | { readonly problems: readonly string[] } {
  if (file === undefined) return { operator: withModel(model) };
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { problems: [say.unreadable(file, (error as NodeJS.ErrnoException).code ?? String(error))] };
  }
  const read = parseOperator(text, env, model === null ? null : namedDefault(model));
  if ('operator' in read) return read;
  return { problems: read.problems.map(({ line, problem, fix }) => say.mistake(file, line, problem, fix)) };
}
