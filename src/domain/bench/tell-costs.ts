import type { Scored } from './score.ts';
import { type Disposition, dispositions, type TranslationCase } from './translation-case.ts';

export type Ended = Disposition | 'nothing';

/** How many cases of each right end came to each end. */
export type Confusion = Readonly<Record<Disposition, Readonly<Record<Ended, number>>>>;

const ends: readonly Ended[] = [...dispositions, 'nothing'];

/** Counts by right end and end. */
export function confusionOf(all: readonly { readonly gold: Disposition; readonly got: Ended }[]): Confusion {
  const row = (gold: Disposition) =>
    Object.fromEntries(ends.map((got) => [got, all.filter((one) => one.gold === gold && one.got === got).length]));
  return Object.fromEntries(dispositions.map((gold) => [gold, row(gold)])) as Confusion;
}

/** What a wrong end costs: a person's time, and where it was acted upon, a wrong fix on its way. */
const costs: Readonly<Record<Disposition, Readonly<Record<Ended, number>>>> = {
  act: { act: 0, ask: 1, decline: 2, nothing: 2 },
  ask: { act: 4, ask: 0, decline: 2, nothing: 2 },
  decline: { act: 6, ask: 1, decline: 0, nothing: 2 },
};

/** What a case costs on average. Without a case nothing. */
export function expectedCost(confusion: Confusion): number {
  const cells = dispositions.flatMap((gold) => ends.map((got) => [confusion[gold][got], costs[gold][got]] as const));
  const n = cells.reduce((sum, [count]) => sum + count, 0);
  return n === 0 ? 0 : cells.reduce((sum, [count, cost]) => sum + count * cost, 0) / n;
}

/** Drafts of which as many agreed, and how many of them were right. */
export interface Bin {
  readonly agreed: string;
  readonly right: number;
  readonly n: number;
}

export interface Calibration {
  readonly n: number;
  /** Mean square of the distance between the share that agreed and what came out; 0 is best, 0.25 is a coin. */
  readonly brier: number;
  readonly bins: readonly Bin[];
}

/** A draft is right when it was to be drafted, at the right step, with a case that is red on base and green on the fix. */
const isRight = ({ gold, result }: Scored): boolean =>
  gold.disposition === 'act' && result.proven.some((one) => one.redOnBase && one.greenOnGold);

/** How far the share of drafts that agreed tells whether a draft is right. */
export function calibrationOf(all: readonly Scored[]): Calibration {
  const told = all.flatMap((one) => {
    const { agreed } = one.result.translated;
    return agreed === null || agreed.of === 0 ? [] : [{ agreed, right: isRight(one) }];
  });
  const square = ({ agreed, right }: (typeof told)[number]) => (agreed.drafts / agreed.of - (right ? 1 : 0)) ** 2;
  const bins = Map.groupBy(told, ({ agreed }) => `${agreed.drafts} of ${agreed.of}`);
  return {
    n: told.length,
    brier: told.length === 0 ? 0 : told.reduce((sum, one) => sum + square(one), 0) / told.length,
    bins: [...bins]
      .map(([agreed, ones]) => ({ agreed, right: ones.filter(({ right }) => right).length, n: ones.length }))
      .sort((a, b) => (a.agreed < b.agreed ? -1 : 1)),
  };
}

/** The right end of a case for whoever has a model, or has none. */
export const goldFor = (one: TranslationCase, withModel: boolean): TranslationCase =>
  withModel || one['without-model'] === undefined ? one : { ...one, disposition: one['without-model'] };
