import { binomialDistribution, sum } from 'simple-statistics';
import { isCount } from './repeats.ts';

export interface Flips {
  /** Passed on base, failed on head. */
  readonly regressions: number;
  /** Failed on base, passed on head. */
  readonly repairs: number;
}

export interface McNemar {
  /** The chance of at least so many regressions among so many flips when both directions are alike. */
  readonly p: number;
  readonly twoSided: number;
  /** `not-shown` is no proof of the contrary. */
  readonly verdict: 'worse' | 'not-shown';
}

const LEVEL = 0.05;

/** More flips than this are no suite's. */
const MOST_FLIPS = 100_000;

/**
 * The chance of at most `few` heads in `tosses` of a fair coin. Only lower tails may be added up from the library's
 * table, whose cells are right to 2e-12: it ends as soon as 0.0001 is left, so an upper tail would lack its end.
 */
function atMost(few: number, tosses: number): number {
  const cells = tosses === 0 ? [1] : binomialDistribution(tosses, 0.5);
  if (cells === undefined) throw new RangeError(`no distribution of ${tosses} flips`);
  return few >= cells.length ? 1 : Math.min(1, sum(cells.slice(0, few + 1)));
}

/** McNemar's exact test on flips, one-sided at 5 %: whether head is worse than base. */
export function mcnemar({ regressions, repairs }: Flips): McNemar {
  const flips = regressions + repairs;
  if (!isCount(regressions) || !isCount(repairs) || flips > MOST_FLIPS)
    throw new RangeError(`no test of ${regressions} regressions and ${repairs} repairs`);
  // A fair coin is symmetric: at least so many regressions is at most so many repairs.
  const p = atMost(repairs, flips);
  const twoSided = Math.min(1, 2 * Math.min(p, atMost(regressions, flips)));
  return { p, twoSided, verdict: p <= LEVEL ? 'worse' : 'not-shown' };
}
