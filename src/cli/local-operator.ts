import type { Operator } from '../domain/parse-operator.ts';
import { type ModelSettings, readOperator } from '../read-operator.ts';

/** What the person at the terminal has set up in `OPERATOR_FILE`, beside this model. Throws every mistake in words. */
export function localOperator(
  env: Readonly<Record<string, string | undefined>>,
  model: ModelSettings | null,
): Operator {
  const read = readOperator(env['OPERATOR_FILE'] || undefined, env, model);
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read.operator;
}
