import * as say from '../messages/noise.ts';
import { bootstrapBound, type Cluster, meanOf } from './bootstrap.ts';
import { mcnemar } from './mcnemar.ts';
import { normalQuantile } from './normal.ts';

/** What a case scored on one side. */
export interface Scored {
  readonly case: string;
  /** From 0 to 1. */
  readonly score: number;
  /** The root cause it shares with others; without one the case stands alone. Only base's word counts. */
  readonly cause?: string;
}

export interface CompareHow {
  /** The drop that is tolerated, in points: hundredths of a score. */
  readonly delta: number;
  /** A whole number. The same seed gives the same bound. */
  readonly seed: number;
  /**
   * The share of cases that differ between two runs of base, where it is known beforehand: then what can be seen does
   * not depend on what the candidate did. Without it the cases that differ now are counted.
   */
  readonly discordance?: number;
  readonly resamples?: number;
}

/** Everything in points. */
export interface Comparison {
  readonly verdict: 'not-worse' | 'worse' | 'underpowered';
  readonly because: string;
  /** Mean of head − base. */
  readonly difference: number;
  /** The one-sided 95 % lower bound of the difference. */
  readonly bound: number;
  /** The smallest drop that so many cases which differ so much show with a power of 80 %. */
  readonly canSee: number;
  readonly cases: number;
  readonly clusters: number;
}

/** How often the clusters are drawn anew unless told otherwise. */
const RESAMPLES = 2000;

const MOST_CASES = 100_000;

const RISK = 0.05;
const POWER = 0.8;
/** Standard errors between no difference and a drop that is shown at this risk with this power. */
const FAR = normalQuantile(1 - RISK) + normalQuantile(POWER);

/**
 * The cases needed to show a drop of so many points with a power of 80 % when such a share of cases differs, by the
 * usual normal approximation. Where few differ it promises too much: 5 points take 59 cases at least, 10 points 29.
 */
export const casesNeeded = (delta: number, discordance: number): number =>
  Math.ceil((FAR ** 2 * discordance) / (delta / 100) ** 2);

/** What may have fallen in full although none of so many clusters did. */
const unseen = (clusters: number): number => 1 - RISK ** (1 / clusters);

const isScore = (score: number): boolean => score >= 0 && score <= 1;

type Side = 'base' | 'head';

/** What is wrong with the scores of one side, which has to have one of each case of the other. */
function mistakeOn(side: Side, scored: readonly Scored[], other: readonly Scored[]): string | null {
  const wrong = scored.find(({ score }) => !isScore(score));
  if (wrong !== undefined) return say.scores.noScore(wrong.case, side);
  const names = new Set<string>();
  for (const { case: name } of scored) {
    if (names.has(name)) return say.scores.twice(name, side);
    names.add(name);
  }
  const lacking = other.find(({ case: name }) => !names.has(name));
  return lacking === undefined ? null : say.scores.missing(lacking.case, side);
}

function mistakeIn(base: readonly Scored[], head: readonly Scored[], how: CompareHow): string | null {
  const { delta, seed, discordance, resamples = RESAMPLES } = how;
  if (!(delta > 0 && delta <= 100)) return say.scores.badDelta;
  if (!(discordance === undefined || (discordance > 0 && discordance <= 1))) return say.scores.badDiscordance;
  if (!Number.isSafeInteger(seed)) return say.scores.badSeed;
  if (!Number.isInteger(resamples) || resamples < 100 || resamples > 100_000) return say.scores.badResamples;
  if (base.length === 0 && head.length === 0) return say.scores.none;
  if (base.length > MOST_CASES) return say.scores.tooMany(MOST_CASES);
  return mistakeOn('base', base, head) ?? mistakeOn('head', head, base);
}

/** The differences by root cause, in an order that does not depend on that of the cases. */
function clustersOf(base: readonly Scored[], head: readonly Scored[]): readonly Cluster[] {
  const after = new Map(head.map((one) => [one.case, one.score]));
  const clusters = new Map<string, Cluster>();
  for (const { case: name, score, cause } of base.toSorted((a, b) => (a.case < b.case ? -1 : 1))) {
    const key = cause === undefined ? `case ${name}` : `cause ${cause}`;
    const { sum, cases } = clusters.get(key) ?? { sum: 0, cases: 0 };
    clusters.set(key, { sum: sum + (after.get(name) ?? 0) - score, cases: cases + 1 });
  }
  return [...clusters.values()];
}

/** The smallest drop that is shown with the power wanted, if as much differs as is known, or as differed here. */
function canSeeOf(clusters: readonly Cluster[], discordance: number | undefined): number {
  let cases = 0;
  let squares = 0;
  for (const one of clusters) {
    cases += one.cases;
    squares += discordance === undefined ? one.sum ** 2 : discordance * one.cases ** 2;
  }
  return Math.min(1, Math.max((FAR * Math.sqrt(squares)) / cases, unseen(clusters.length)));
}

/** Whether more clusters moved one way than chance explains. What rounding moved did not move. */
function plainly(way: 'down' | 'up', clusters: readonly Cluster[]): boolean {
  const fell = clusters.filter(({ sum }) => sum < -1e-9).length;
  const rose = clusters.filter(({ sum }) => sum > 1e-9).length;
  const flips = way === 'down' ? { regressions: fell, repairs: rose } : { regressions: rose, repairs: fell };
  return mcnemar(flips).verdict === 'worse';
}

type Found = Pick<Comparison, 'difference' | 'bound' | 'canSee'>;

function verdictOf({ difference, bound, canSee }: Found, delta: number, clusters: readonly Cluster[]) {
  const within = bound >= -delta;
  if (canSee <= delta) return within ? 'not-worse' : 'worse';
  // A candidate that breaks much makes the cases differ much: it must not blind its own judge.
  if (difference < -delta && plainly('down', clusters)) return 'worse';
  return within && plainly('up', clusters) ? 'not-worse' : 'underpowered';
}

/**
 * Whether head's scores are not worse than base's by more than `delta`: paired by case, clustered by root cause, by the
 * one-sided 95 % lower bound of a seeded bootstrap, which is never nearer to the difference than so many ties would
 * leave open. A suite too small to see `delta` is `underpowered`, unless by an exact sign test its clusters plainly
 * fell, and by more than `delta`, or plainly rose. What cannot be compared is a problem, never a verdict.
 */
export function compareScores(
  base: readonly Scored[],
  head: readonly Scored[],
  how: CompareHow,
): Comparison | { readonly problem: string } {
  const problem = mistakeIn(base, head, how);
  if (problem !== null) return { problem };
  const { delta, seed, discordance, resamples = RESAMPLES } = how;
  const clusters = clustersOf(base, head);
  const mean = meanOf(clusters);
  const open = mean - unseen(clusters.length);
  const least = clusters.length < 2 ? open : Math.min(open, bootstrapBound(clusters, { risk: RISK, seed, resamples }));
  const found = {
    difference: 100 * mean,
    bound: 100 * Math.max(-1, least),
    canSee: 100 * canSeeOf(clusters, discordance),
    cases: base.length,
    clusters: clusters.length,
  };
  const verdict = verdictOf(found, delta, clusters);
  return { verdict, because: say.scores[verdict]({ ...found, delta }), ...found };
}
