import type { Expectation } from './case.ts';
import type { InLanguages } from './language.ts';
import type { Json } from './rejection.ts';

/** One criterion of a rubric: binary, with an id that stays. */
export interface Criterion {
  readonly id: string;
  readonly text: string;
  /** Line in the rubric's file, from 1. */
  readonly line: number;
}

/** How a recipe fills one blank: the first source that gives a valid value wins. */
export type SlotSource =
  | { readonly field: string }
  /** An RE2 pattern with one group, over comment and fields, case-insensitive. */
  | { readonly text: string }
  /** A JSON Pointer into the traced step: `/input/…` or `/output/…`. */
  | { readonly trace: string; readonly step?: string }
  | { readonly value: string | number };

export interface Slot {
  readonly name: string;
  readonly type: 'string' | 'number' | 'integer';
  /** Longest text, in characters; largest number for numbers. */
  readonly max: number;
  readonly pattern?: string;
  readonly oneOf?: readonly string[];
  readonly from: readonly SlotSource[];
  /** The question when nothing fills it. A text is said as it is. */
  readonly ask: string | InLanguages;
}

/** A rewriting of a frozen input that keeps the meaning (hold-out) or leaves the fault (guard). */
export interface InputChange {
  readonly path: string;
  readonly op: 'set' | 'prepend' | 'append' | 'upper' | 'remove';
  readonly value?: Json;
}

export interface RecipeCase {
  readonly name: string;
  readonly change: readonly InputChange[];
  /** Given expectations, slots filled in… */
  readonly expect?: readonly Expectation[];
  /** …or the pointers whose present output on base is frozen. */
  readonly freeze?: readonly string[];
}

/** One edit of a configuration file. `file` and `path` may hold `{slot}` and `{with.name}`. */
export interface RecipeEdit {
  readonly file: string;
  readonly op: 'set' | 'add' | 'increase' | 'append' | 'remove';
  readonly path: string;
  readonly value?: Json;
}

export interface Recipe {
  readonly slots: readonly Slot[];
  readonly title: string;
  readonly observed: string;
  readonly expected: string;
  readonly expect: readonly Expectation[];
  readonly guards: readonly RecipeCase[];
  readonly holdOuts: readonly RecipeCase[];
  readonly edits: readonly RecipeEdit[];
}

/** A rubric as read from its file. */
export interface Rubric {
  readonly id: string;
  readonly title: string;
  /** When to use it: the only part that is read for routing. */
  readonly when: string;
  /** RE2 patterns; any match makes the rubric a candidate without a model. */
  readonly signs: readonly string[];
  readonly change: string;
  readonly criteria: readonly Criterion[];
  readonly recipe: Recipe | null;
  /** Names of files that whoever drafts by it needs, too. */
  readonly references?: readonly string[] | undefined;
  /** The Markdown under the front matter. */
  readonly body: string;
  readonly file: string;
  /** Over the whole file. */
  readonly hash: string;
}

/** A mistake in a file that people edit, in words they can act on. */
export interface FileProblem {
  readonly file: string;
  readonly line: number;
  readonly problem: string;
  /** What to do. */
  readonly fix: string;
  /** What a program said at last, which may differ from time to time. */
  readonly said?: string;
}
