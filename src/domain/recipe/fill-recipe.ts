import type { Expectation } from '../case.ts';
import { escapeToken } from '../json-pointer.ts';
import { nothing } from '../messages/recipes.ts';
import { literalPattern } from '../pattern.ts';
import type { Json } from '../rejection.ts';
import type { Recipe, RecipeCase } from '../rubric.ts';
import { plainWords } from './plain-words.ts';
import { type Blank, fillJson, fillText, unfilledIn, type Values } from './template.ts';

/** What a draft is made of, whoever chose it. Every text is filled. */
export interface Parts {
  readonly title: string;
  readonly observed: string;
  readonly expected: string;
  readonly expect: readonly Expectation[];
  readonly guards: readonly RecipeCase[];
  readonly holdOuts: readonly RecipeCase[];
  readonly files: readonly string[];
  readonly quotes: readonly string[];
  readonly slots?: Readonly<Record<string, Json>>;
}

/** A value in a sentence: short, one line, no markup. */
const inProse = (value: Json): string =>
  plainWords(typeof value === 'string' ? value : JSON.stringify(value), 120) || nothing;

/** A pointer's blanks, each one token whatever it holds. */
const fillPath = (path: string, values: Values): string =>
  fillText(path, values, (value) => escapeToken(typeof value === 'string' ? value : JSON.stringify(value)));

function fillExpectation(expectation: Expectation, values: Values): Expectation {
  const { value, op } = expectation;
  const path = fillPath(expectation.path, values);
  if (value === undefined) return { ...expectation, path };
  const patterned = (op === 'matches' || op === 'not_matches') && typeof value === 'string';
  // In a pattern a slot stands for exactly its text.
  const filled = patterned
    ? fillText(value, values, (one) => literalPattern(typeof one === 'string' ? one : JSON.stringify(one)))
    : fillJson(value, values);
  return { ...expectation, path, value: filled };
}

const fillCase = (one: RecipeCase, prose: Values, values: Values): RecipeCase => ({
  name: fillText(one.name, prose, inProse),
  change: one.change.map((change) => ({
    ...change,
    path: fillPath(change.path, values),
    ...(change.value === undefined ? {} : { value: fillJson(change.value, values) }),
  })),
  ...(one.expect === undefined ? {} : { expect: one.expect.map((e) => fillExpectation(e, values)) }),
  ...(one.freeze === undefined ? {} : { freeze: one.freeze.map((pointer) => fillPath(pointer, values)) }),
});

/** A recipe with every blank filled. `unfilled` comes first. */
export function fillRecipe(recipe: Recipe, values: Values): Omit<Parts, 'quotes' | 'slots'> {
  const prose: Values = (blank) => values(blank) ?? (blank.of === 'output' ? nothing : undefined);
  const say = (template: string): string => fillText(template, prose, inProse);
  return {
    title: say(recipe.title),
    observed: say(recipe.observed),
    expected: say(recipe.expected),
    expect: recipe.expect.map((expectation) => fillExpectation(expectation, values)),
    guards: recipe.guards.map((guard) => fillCase(guard, prose, values)),
    holdOuts: recipe.holdOuts.map((one) => fillCase(one, prose, values)),
    files: recipe.edits.map((edit) => fillText(edit.file, values)),
  };
}

/** The first blank that nothing fills. In sentences an output that is not there is “nothing”. */
export function unfilled({ slots: _, title, observed, expected, ...rest }: Recipe, values: Values): Blank | null {
  const blank = unfilledIn([title, observed, expected], (one) => (one.of === 'output' ? nothing : values(one)));
  return blank ?? unfilledIn(rest as unknown as Json, values);
}
