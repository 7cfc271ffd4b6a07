import type { Exchange } from './ask-model.ts';
import { completeDraft } from './complete-draft.ts';
import type { UsedUp } from './domain/budget.ts';
import type { Agreed } from './domain/cluster-drafts.ts';
import type { Change } from './domain/configuration.ts';
import { rubricsFor, wavers, withoutOrders } from './domain/detect.ts';
import type { Fact, Reason } from './domain/fact.ts';
import type { InLanguages } from './domain/language.ts';
import * as intake from './domain/messages/intake.ts';
import { question } from './domain/messages/questions.ts';
import { metInTrace } from './domain/met-in-trace.ts';
import type { Further } from './domain/prompts/draft.ts';
import { draftFromChoice, draftFromRecipe, type RecipeDraft } from './domain/recipe/draft.ts';
import type { Rubric } from './domain/rubric.ts';
import type { Spec } from './domain/spec.ts';
import { proposedParts } from './domain/split.ts';
import { consult, reasonOf, untilTomorrow } from './keep-budget.ts';
import { solvedLike } from './merged-fixes.ts';
import type { Ports } from './ports.ts';
import type { Base } from './read-base.ts';
import { type Lacking, readByModel } from './read-by-model.ts';
import type { Replayed } from './replay-ticket.ts';

/** A question to the reporter, and what to choose from where that is known. */
export interface Asked {
  readonly slot: string;
  /** A text is said as it is. */
  readonly ask: string | InLanguages;
  readonly choices?: readonly (string | InLanguages)[];
}

/** What drafting came to. */
export type Drafted =
  | {
      readonly is: 'spec';
      readonly spec: Spec;
      readonly rubric: Rubric;
      readonly by: 'recipe' | 'model';
      /** How many of how many drafts of a model say the same. */
      readonly agreed?: Agreed;
      /** Other faults that the rejection names, in the order of the steps: what comes first may settle what comes later. */
      readonly further?: readonly Further[];
      /** What the models were asked and answered. */
      readonly heard?: readonly Exchange[];
    }
  /** `parts`: those that drafts see in it, in the order of the steps, a list of quotes each. */
  | {
      readonly is: 'ask';
      readonly questions: readonly Asked[];
      readonly parts?: readonly (readonly string[])[] | null;
    }
  | { readonly is: 'decline'; readonly reason: Reason }
  /** Nothing may be spent on it today. */
  | { readonly is: 'later'; readonly facts: readonly Fact[] };

export const asksWhich = (steps: readonly string[]): readonly Asked[] => [
  { slot: 'step', ask: question.whichStep, choices: [...steps, question.noneOfThese] },
  { slot: 'expected', ask: question.whatInstead },
];

const given = ({ rejection }: Replayed, base: Base, spec: Parameters<typeof intake.evidence>[0]): string =>
  `${rejection.ticket ?? ''}\n${intake.evidence(spec, base.commit)}`;

/** Whose trace it is: base's own replay, or one of another time. */
type TraceOf = 'base' | 'then';

/** Whether what is green on base was mended there. Red in base's own replay it was not: then a run alone gives something else. */
const isMended = (
  { configuration }: Base,
  { frozen }: Replayed,
  { step, acceptance }: Spec,
  traceOf: TraceOf,
): boolean =>
  traceOf === 'then' ||
  configuration.replay === undefined ||
  acceptance.every(({ expect }) => metInTrace(frozen, step, expect));

async function finish(
  ports: Ports,
  base: Base,
  replayed: Replayed,
  draft: RecipeDraft,
  { rubric, by, traceOf }: { rubric: Rubric; by: 'recipe' | 'model'; traceOf: TraceOf },
): Promise<Drafted> {
  const spec = await completeDraft(ports, base, draft, replayed.by);
  if (!('green' in spec)) return { is: 'spec', spec, rubric, by };
  const { green, because } = spec;
  const code = because === 'already-fixed' && !isMended(base, replayed, green, traceOf) ? 'met-already' : because;
  return { is: 'decline', reason: { code, detail: given(replayed, base, green) } };
}

const changeOf = (base: Base, rubric: Rubric): (Change & { kind: string }) | null => {
  const change = base.configuration.changes[rubric.change];
  return change === undefined ? null : { ...change, kind: rubric.change };
};

/**
 * The first rubric whose recipe fills all its blanks; else what the likeliest one would need to know. `traceOf`: whose the
 * trace is.
 */
export async function byRecipe(
  ports: Ports,
  base: Base,
  replayed: Replayed,
  rubrics: readonly Rubric[],
  traceOf: TraceOf = 'base',
): Promise<Drafted | null> {
  let missing: readonly Asked[] | null = null;
  for (const rubric of rubrics) {
    const change = changeOf(base, rubric);
    if (rubric.recipe === null || change === null) continue;
    const draft = draftFromRecipe(rubric, replayed.rejection, replayed.frozen, change);
    if ('spec' in draft) return finish(ports, base, replayed, draft, { rubric, by: 'recipe', traceOf });
    missing ??= draft.missing;
  }
  return missing === null ? null : { is: 'ask', questions: missing };
}

/** What is asked where models find something missing. */
const modelQuestions: Readonly<Record<Lacking['slot'], InLanguages>> = {
  observed: question.whatIsWrong,
  expected: question.whatInstead,
  which: question.whichFault,
};

const askedFor = ({ slot, choices }: Lacking): Asked => ({
  slot,
  ask: modelQuestions[slot],
  ...(choices !== undefined && { choices: [...choices, question.noneOfThese] }),
});

/** What is said where the rejection, or its repository on this day, has nothing left for models. */
async function overBudget(ports: Ports, by: UsedUp): Promise<Drafted> {
  if (by.usedUp === 'day') return { is: 'later', facts: await untilTomorrow(ports, by) };
  return { is: 'decline', reason: { ...reasonOf(by), code: 'budget-reading' } };
}

/** Faults by their steps, as these run. One at a step that is not there is nobody's. */
function inOrder<F extends Pick<Further, 'step'>>({ configuration }: Base, further: readonly F[]): readonly F[] {
  const steps = configuration.steps.map(({ name }) => name);
  const known = further.filter(({ step }) => steps.includes(step));
  return known.toSorted((a, b) => steps.indexOf(a.step) - steps.indexOf(b.step));
}

/** What models make of it is data: whatever of that cannot be used goes to a person. */
async function byModel(ports: Ports, base: Base, replayed: Replayed): Promise<Drafted | null> {
  if (ports.readers.draft === null) return null;
  const heard: Exchange[] = [];
  const consulted = await consult(ports, base.configuration, (within) =>
    readByModel(within, base, replayed, (rubric) => solvedLike(ports, replayed, rubric), heard),
  );
  if ('usedUp' in consulted) return overBudget(ports, consulted);
  const read = consulted.said;
  if (read?.is === 'decline') return { is: 'decline', reason: { code: `model-${read.reason}` } };
  if (read?.is === 'met') {
    const { step, expect } = read.drafted;
    return {
      is: 'decline',
      reason: { code: 'met-already', detail: given(replayed, base, { acceptance: [{ step, expect }] }) },
    };
  }
  if (read?.is === 'ask') {
    const parts = proposedParts(
      inOrder(base, read.faults ?? []).map(({ quotes }) => quotes),
      replayed.rejection,
    );
    return { is: 'ask', questions: read.lacking.map(askedFor), parts };
  }
  if (read === null) return null;
  const change = changeOf(base, read.rubric);
  if (change === null) return null;
  const draft = draftFromChoice(read.drafted, replayed.frozen, change);
  const by = { rubric: read.rubric, by: 'model', traceOf: 'base' } as const;
  const finished = 'spec' in draft ? await finish(ports, base, replayed, draft, by) : null;
  if (finished?.is !== 'spec') return finished;
  const further = inOrder(base, read.drafted.further ?? []);
  return { ...finished, heard, further, agreed: { drafts: read.agreed, of: read.of } };
}

/** A rejection as a spec, a question or a decline: by a recipe where one understands it, else by models, else by people. */
export async function makeDraft(ports: Ports, base: Base, replayed: Replayed): Promise<Drafted> {
  const { rejection } = replayed;
  const rubrics = rubricsFor(base.rubrics, rejection);
  const steps = base.configuration.steps.map((step) => step.name);
  const recipe = wavers(rejection) ? null : await byRecipe(ports, base, replayed, rubrics);
  if (recipe !== null && recipe.is !== 'ask') return recipe;
  // A complaint beside orders to the machine is one: models see it without them.
  const heeded = withoutOrders(rejection).rejection;
  if (heeded === null) return { is: 'decline', reason: { code: 'injection' } };
  const model = await byModel(ports, base, { ...replayed, rejection: heeded });
  return model ?? recipe ?? { is: 'ask', questions: asksWhich(steps) };
}
