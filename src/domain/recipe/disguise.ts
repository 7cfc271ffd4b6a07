import type { Case, Expectation } from '../case.ts';
import type { Redactor } from '../redact.ts';
import type { RecipeDraft } from './draft.ts';

type InJson = <T>(value: T) => T;

const inExpectation = (one: Expectation, change: InJson): Expectation =>
  'value' in one ? ({ ...one, value: change(one.value) } as Expectation) : one;

/** Cases with other values in what they ask and expect; their names stay. */
const withValues = (cases: readonly Case[], change: InJson): Case[] =>
  cases.map((one) => ({
    ...one,
    input: change(one.input),
    expect: one.expect.map((expectation) => inExpectation(expectation, change)),
  }));

/** A draft with surrogates in all that is run and committed, also where a model or a recipe put a placeholder. */
export function disguised(draft: RecipeDraft, by: Redactor): RecipeDraft {
  const { spec } = draft;
  const cases = (of: readonly Case[]) => withValues(of, by.disguiseJson);
  return {
    spec: {
      ...spec,
      acceptance: cases(spec.acceptance),
      guards: cases(spec.guards),
      'hold-outs': cases(spec['hold-outs']),
    },
    toFreeze: draft.toFreeze.map((one) => ({ ...one, input: by.disguiseJson(one.input) })),
  };
}

/** The same cases with the values of people themselves: for one run here, and for nothing that is kept. */
export const restored = (cases: readonly Case[], by: Redactor): readonly Case[] => withValues(cases, by.restoreJson);
