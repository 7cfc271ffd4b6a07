import { MOST_SHOWN } from '../rubric-body.ts';
import { shuffled } from '../shuffle.ts';
import { plainLine } from './plain.ts';

/** A kind of change as a reader chooses it: no more than stands above its rubric. */
export interface Choice {
  readonly kind: string;
  readonly step: string;
  readonly when: string;
}

/** What stands among the choices for whoever finds none that fits. */
export const NONE = 'none of these';

/**
 * The kinds of change to choose from, and none of them, in an order that the seed gives: what stands first or last is
 * chosen more often, and means nothing.
 */
export const showChoices = (choices: readonly Choice[], seed: string): string =>
  [
    '# The kinds of change to choose from, in no order',
    ...shuffled([...choices.map(choiceLine), `- ${NONE}: no kind of change in this list makes it right.`], seed),
  ].join('\n');

const choiceLine = ({ kind, step, when }: Choice): string =>
  `- ${kind} (step ${step}): ${plainLine(when, MOST_SHOWN.when)}`;
