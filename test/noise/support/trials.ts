import { expect } from 'vitest';
import { randomFrom } from '../../../src/domain/noise/random.ts';
import { wilson } from '../../../src/domain/noise/wilson.ts';

/** Luck to which a test may owe its colour once in a thousand seeds. */
const CONFIDENCE = 0.999;

type Random = () => number;

/** How many of so many seeded trials came out true. */
export function trials(runs: number, seed: number, trial: (random: Random) => boolean) {
  const random = randomFrom(seed);
  let passes = 0;
  for (let i = 0; i < runs; i++) if (trial(random)) passes++;
  return { passes, runs };
}

/** A known figure, given to so many decimals, lies in the interval of what was simulated. */
export function expectFigure(found: { passes: number; runs: number }, figure: number, decimals: number): void {
  const { low, high } = wilson(found, CONFIDENCE);
  const rounding = 0.5 * 10 ** -decimals;
  expect.soft(figure + rounding, `${figure} against ${found.passes} of ${found.runs}`).toBeGreaterThanOrEqual(low);
  expect.soft(figure - rounding, `${figure} against ${found.passes} of ${found.runs}`).toBeLessThanOrEqual(high);
}

export const passesOf = (random: Random, runs: number, rate: number): number => {
  let passes = 0;
  for (let i = 0; i < runs; i++) if (random() < rate) passes++;
  return passes;
};

/** The rule that the sequential test replaces: four more runs each, broken if head passes at most 1 of 5 and base 4 or more. */
export const brokenByFive = (random: Random, base: number, head: number): boolean =>
  passesOf(random, 1, base) === 1 &&
  passesOf(random, 1, head) === 0 &&
  passesOf(random, 4, base) >= 3 &&
  passesOf(random, 4, head) <= 1;
