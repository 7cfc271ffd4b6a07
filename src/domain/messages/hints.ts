import type { Demand } from '../lint-hint.ts';
import { inCode, list } from './people.ts';

const asks: Readonly<Record<Demand, string>> = {
  file: '**file**: which file of the base branch it is about, with its whole path.',
  locator:
    '**locator**: where in it: a line (`src/plan.ts:12`), a key (`rules/price.json#/lamp`), or a heading, symbol or rule id (`src/plan.ts#planFor`).',
  observed: '**observed**: what the step gives today.',
  expected: '**expected**: what it should give, as a rule.',
  'counter-example': '**counter-example**: a near input whose output has to stay as it is.',
};

/** To whoever gave a hint that does not say all five. */
export const lacks = (missing: readonly Demand[]): string =>
  `I draft from this hint. What it does not say has to be guessed, and then corrected in the spec:\n\n${list(missing.map((demand) => asks[demand]))}\n\nNothing waits for it. Another \`/hint\` adds to this one and has it drafted anew; the spec takes the same.`;

/** A place that a hint or a spec names and base does not have. */
export const nowhere = {
  file: (locator: string, file: string): string =>
    `${inCode(locator)} is not on the base branch: there is no file ${inCode(file)} that can be read.`,
  place: (locator: string, file: string): string =>
    `${inCode(locator)} is not on the base branch: ${inCode(file)} is there, and has no such place.`,
};

export const locatorProblem = {
  shape: (text: string): string =>
    `locators: ${inCode(text)} is none. Write a file with a place in it: \`rules/price.json#/lamp\`, \`src/plan.ts:12\` or \`src/plan.ts#planFor\`.`,
  outside: (locator: string): string => `locators: ${inCode(locator)} is in none of \`files\`. Name its file there.`,
  gone: (words: string): string => `locators: ${words}`,
};

export const noLocator =
  'locators: there is none. Where in its files the fault lies, such as `rules/price.json#/lamp` or `src/plan.ts:12`, is what whoever makes the fix looks for first.';

export const hintReasons: Readonly<Record<string, (detail: string) => string>> = {
  'hint-nowhere': (places) =>
    `it points to what is not there. ${places.split('\n').join(' ')} Write a new \`/hint\` that points to a place of today`,
};
