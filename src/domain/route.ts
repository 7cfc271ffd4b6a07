import { rubricsFor } from './detect.ts';
import { wordsOf } from './parse-rejection.ts';
import type { Rejection } from './rejection.ts';
import type { Rubric } from './rubric.ts';

/** What is read of a rubric before it is chosen. */
type Front = Pick<Rubric, 'id' | 'title' | 'when' | 'signs' | 'change'>;

/** Choices that are shown at most: what a draft costs does not grow with the rubrics. */
const SHOWN = 12;

/** The beginnings of its longer words: enough to tell “deliveries” for “delivery”. */
export const stems = (text: string): ReadonlySet<string> =>
  new Set((text.toLowerCase().match(/\p{L}{4,}/gu) ?? []).map((word) => word.slice(0, 5)));

/** How much of a rubric's own words the rejection uses; words that few rubrics have count more. */
function likeness(fronts: readonly Front[], words: ReadonlySet<string>): ReadonlyMap<Front, number> {
  const own = fronts.map((front) => stems(`${front.id} ${front.title} ${front.when}`));
  const used = new Map<string, number>();
  for (const stem of own.flatMap((all) => [...all])) used.set(stem, (used.get(stem) ?? 0) + 1);
  const weigh = (all: ReadonlySet<string>) =>
    [...all].reduce((sum, stem) => (words.has(stem) ? sum + 1 / (used.get(stem) ?? 1) : sum), 0);
  return new Map(fronts.map((front, at) => [front, weigh(own[at] ?? new Set())]));
}

/** By which rubric a rejection is drafted, as far as code can tell, and which ones a reader may choose from. */
export interface Routed {
  /** The one whose signs show, at the step that was named if one was; null where there is none, or several. */
  readonly chosen: Rubric | null;
  /** The likeliest first, at most twelve. Those whose signs show come before all others. */
  readonly choices: readonly Rubric[];
}

/** Routes by what stands above the rubrics, and by no rubric's body. */
export function routeByCode(
  rubrics: readonly Rubric[],
  rejection: Rejection,
  stepOf: (rubric: Rubric) => string | undefined,
): Routed {
  const shown = rubricsFor(rubrics, rejection);
  const { step } = rejection.annotations;
  const there = shown.filter((rubric) => step !== undefined && stepOf(rubric) === step);
  const likely = there.length > 0 ? there : shown;
  const like = likeness(rubrics, stems(wordsOf(rejection)));
  const rank = (rubric: Rubric): number =>
    (likely.includes(rubric) ? 4000 : 0) +
    (shown.includes(rubric) ? 2000 : 0) +
    (step !== undefined && stepOf(rubric) === step ? 1000 : 0) +
    (like.get(rubric) ?? 0);
  const choices = rubrics.toSorted((a, b) => rank(b) - rank(a)).slice(0, SHOWN);
  return { chosen: likely.length === 1 ? (likely[0] ?? null) : null, choices };
}
