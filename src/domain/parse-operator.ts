import { explainIssues } from './explain-issues.ts';
import * as say from './messages/operator.ts';
import type { NamedModel } from './named-model.ts';
import { OperatorFile } from './operator.ts';
import { type Placed, readYaml } from './read-yaml.ts';

const MAX_BYTES = 100_000;

/** What the operator has set up beside the environment, ready to be used. */
export interface Operator extends Omit<OperatorFile, 'models'> {
  /** By name, with their keys. */
  readonly models: Readonly<Record<string, NamedModel>>;
}

/** What holds where there is no file: the model that the environment names, or none. */
export const operatorOf = (own: NamedModel | null): Operator => ({
  ...OperatorFile.parse({}),
  models: own === null ? {} : { [own.name]: own },
});

/**
 * Reads the operator's file; every mistake at once, with line and what to do. `variables` holds the keys, and no mistake
 * repeats one; `own` is the model that the environment names. Never throws.
 */
export function parseOperator(
  text: string,
  variables: Readonly<Record<string, unknown>>,
  own: NamedModel | null,
): { readonly operator: Operator } | { readonly problems: readonly Placed[] } {
  const read = readYaml(text, { maxBytes: MAX_BYTES });
  if (read.problems.length > 0) return { problems: read.problems };
  const parsed = OperatorFile.safeParse(read.value ?? {});
  if (!parsed.success) return { problems: explainIssues(parsed.error.issues, OperatorFile, read) };
  const problems: Placed[] = [];
  const models: Record<string, NamedModel> = own === null ? {} : { [own.name]: own };
  for (const [name, model] of Object.entries(parsed.data.models)) {
    const key = variables[model.key];
    if (name === own?.name) problems.push({ line: read.lineOf(['models', name]), ...say.twiceDefault });
    else if (typeof key !== 'string')
      problems.push({ line: read.lineOf(['models', name, 'key']), ...say.unset(model.key) });
    else models[name] = { ...model, name, key };
  }
  for (const [name, { model }] of Object.entries(parsed.data.agents))
    if (!Object.hasOwn(models, model) && !Object.hasOwn(parsed.data.models, model))
      problems.push({ line: read.lineOf(['agents', name, 'model']), ...say.noModel(model) });
  for (const [role, wanted] of Object.entries(parsed.data.roles))
    if (wanted !== 'default' && !Object.hasOwn(parsed.data.models, wanted))
      problems.push({ line: read.lineOf(['roles', role]), ...say.noModel(wanted) });
  return problems.length > 0 ? { problems } : { operator: { ...parsed.data, models } };
}
