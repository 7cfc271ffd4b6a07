import type { Case, Expectation } from '../case.ts';
import type { Change } from '../configuration.ts';
import { at, lookUp, parsePointer } from '../json-pointer.ts';
import { cannotDraft as ask } from '../messages/recipes.ts';
import type { DraftedSpec } from '../prompts/draft.ts';
import type { Json, Rejection, Trace, TracedStep } from '../rejection.ts';
import type { Recipe, RecipeCase, Rubric } from '../rubric.ts';
import { noAnswers, type Spec } from '../spec.ts';
import { changeInput } from './change-input.ts';
import { fillRecipe, type Parts, unfilled } from './fill-recipe.ts';
import { fillSlots, type Missing, tracedStep } from './fill-slots.ts';
import { firstWords, plainWords } from './plain-words.ts';
import type { Blank, Values } from './template.ts';

/** A guard whose expectations are what base gives for its input. */
interface ToFreeze {
  readonly name: string;
  readonly step: string;
  readonly input: Json;
  /** JSON Pointers into the output. */
  readonly freeze: readonly string[];
}

/** A spec that lacks only the guards that have to be frozen on base. */
export interface RecipeDraft {
  readonly spec: Spec;
  readonly toFreeze: readonly ToFreeze[];
}

/** A kind of change by its name in the configuration. */
export type ChangeKind = Change & { readonly kind: string };

/** `Spec` takes 200 words of observed and expected together. */
const WORDS = 100;
const sentence = (text: string): string => firstWords(plainWords(text, 1200), WORDS);

/** The name, with a number where another case has it already. */
function uniqueName(name: string, taken: Set<string>): string {
  let unique = name;
  for (let n = 2; taken.has(unique); n++) unique = `${name} (${n})`;
  taken.add(unique);
  return unique;
}

/** Cases from the frozen input by changes. What does not fit this input, or leaves it as it is, is left out. */
function derived(cases: readonly RecipeCase[], input: Json): readonly (RecipeCase & { readonly input: Json })[] {
  return cases.flatMap((one) => {
    const changed = changeInput(input, one.change);
    return changed === null ? [] : [{ ...one, input: changed }];
  });
}

function assemble(parts: Parts, traced: TracedStep, change: ChangeKind): RecipeDraft {
  const taken = new Set<string>();
  const title = plainWords(parts.title, 120);
  const caseOf = (name: string, input: Json, expect: readonly Expectation[]): Case => ({
    name: uniqueName(plainWords(name, 190), taken),
    step: change.step,
    input,
    expect: [...expect],
  });
  const acceptance = [caseOf(title, traced.input, parts.expect)];
  const guards = derived(parts.guards, traced.input);
  const fixed = guards.flatMap(({ name, input, expect }) =>
    expect === undefined ? [] : [caseOf(name, input, expect)],
  );
  const toFreeze = guards.flatMap(({ name, input, expect, freeze }) =>
    expect !== undefined || freeze === undefined
      ? []
      : [{ name: uniqueName(plainWords(name, 190), taken), step: change.step, input, freeze }],
  );
  const holdOuts = derived(parts.holdOuts, traced.input);
  const spec: Spec = {
    title,
    step: change.step,
    change: change.kind,
    files: [...new Set(parts.files)],
    observed: sentence(parts.observed),
    expected: sentence(parts.expected),
    quotes: [...parts.quotes],
    ...(parts.slots === undefined ? {} : { slots: { ...parts.slots } }),
    acceptance,
    guards: fixed,
    'hold-outs': holdOuts.map(({ name, input, expect }) => caseOf(name, input, expect ?? parts.expect)),
    answers: noAnswers,
  };
  return { spec, toFreeze };
}

const valuesOf =
  (slots: Readonly<Record<string, Json>>, change: ChangeKind, traced: TracedStep): Values =>
  ({ of, name }) => {
    if (of === 'output') return at(traced.output, name);
    const from: Readonly<Record<string, Json>> = of === 'slot' ? slots : change.with;
    return Object.hasOwn(from, name) ? from[name] : undefined;
  };

const question = ({ of, name }: Blank, change: ChangeKind): Missing =>
  of === 'output'
    ? { slot: `output:${name}`, ask: ask.noOutput(name, change.step) }
    : { slot: `with.${name}`, ask: ask.noSetting(name, change.kind) };

/**
 * Drafts by a rubric's recipe, without a model: the acceptance case is the step's frozen input with the recipe's
 * expectations; guards and hold-outs are derived from it. Or what is missing, all at once. The trace is the replayed
 * one, redacted.
 */
export function draftFromRecipe(
  rubric: Rubric & { readonly recipe: Recipe | null },
  rejection: Rejection,
  trace: Trace,
  change: ChangeKind,
): RecipeDraft | { readonly missing: readonly Missing[] } {
  const { recipe } = rubric;
  const traced = tracedStep(trace, change.step);
  if (traced === undefined || recipe === null)
    return { missing: [{ slot: 'step', ask: ask.noStep(change.step), choices: trace.steps.map(({ step }) => step) }] };
  const filled = fillSlots(recipe, { rejection, trace, step: change.step, settings: change.with });
  if ('missing' in filled) return filled;
  const values = valuesOf(filled.slots, change, traced);
  const blank = unfilled(recipe, values);
  if (blank !== null) return { missing: [question(blank, change)] };
  return assemble({ ...fillRecipe(recipe, values), ...filled }, traced, change);
}

/** The same from what a model chose: its sentences are cleaned, its cases derived by code. */
export function draftFromChoice(
  drafted: DraftedSpec,
  trace: Trace,
  change: ChangeKind,
): RecipeDraft | { readonly missing: readonly Missing[] } {
  const traced = tracedStep(trace, change.step);
  if (traced === undefined || drafted.step !== change.step)
    return { missing: [{ slot: 'step', ask: ask.noStep(change.step), choices: trace.steps.map(({ step }) => step) }] };
  return assemble(drafted, traced, change);
}

/** What a guard's input gave on base. Structurally a `CaseResult`. */
export type FrozenOutput =
  | { readonly status: 'output'; readonly output: Json }
  | { readonly status: 'error'; readonly because: string };

function frozenExpectation(path: string, output: Json): Expectation {
  const value = lookUp(output, parsePointer(path) ?? []);
  return value === undefined ? { path, op: 'absent' } : { path, op: 'eq', value };
}

/**
 * The spec with its guards frozen: `outputs` are what base gives for `draft.toFreeze`, in order. A place that is not
 * there has to stay absent. A guard that base cannot run proves nothing and is left out.
 */
export function frozen(draft: RecipeDraft, outputs: readonly FrozenOutput[]): Spec {
  const guards = draft.toFreeze.flatMap(({ name, step, input, freeze }, i): Case[] => {
    const result = outputs[i];
    if (result?.status !== 'output') return [];
    const { output } = result;
    return [{ name, step, input, expect: freeze.map((path) => frozenExpectation(path, output)) }];
  });
  return { ...draft.spec, guards: [...draft.spec.guards, ...guards] };
}
