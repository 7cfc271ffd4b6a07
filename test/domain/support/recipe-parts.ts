import { parseRubric } from '../../../src/domain/parse-rubric.ts';
import type { Rejection, Trace } from '../../../src/domain/rejection.ts';
import type { Recipe, Rubric } from '../../../src/domain/rubric.ts';
import { weightRubric } from './weight-rubric.ts';

/** The example rubric, or one made from it by replacing texts. */
export function rubricWith(...changes: readonly (readonly [from: string, to: string])[]): Rubric & { recipe: Recipe } {
  let text = weightRubric;
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`nothing to replace: ${from}`);
    text = text.replace(from, () => to);
  }
  const rubric = parseRubric('rubrics/adjust-fetch-weight.md', text);
  if ('problems' in rubric || rubric.recipe === null) throw new Error(JSON.stringify(rubric));
  return { ...rubric, recipe: rubric.recipe };
}

export const rejectionOf = (fields: Record<string, string>, comment = ''): Rejection => ({
  ref: { installation: 1, repo: 'o/r', issue: 7 },
  reporter: 'mira',
  title: 'Wrong article',
  ticket: 'T-1',
  comment,
  fields,
  hints: [],
  answers: [],
  pastedTrace: null,
  annotations: {},
  problems: [],
  hidden: [],
  textHash: 'x',
});

export const trace: Trace = {
  steps: [
    { step: 'classify', input: { text: 'hi' }, output: { intent: 'billing.refund' } },
    {
      step: 'fetch',
      input: { text: 'When does my money come?', intent: 'billing.refund' },
      output: { articles: [{ id: 'KB-104' }, { id: 'KB-107' }] },
    },
  ],
};

export const change = {
  kind: 'adjust-fetch-weight',
  step: 'fetch',
  paths: ['config/**'],
  with: { weights: 'config/fetch.json', bump: 4 },
};
