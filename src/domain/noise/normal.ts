import { bisect, errorFunction } from 'simple-statistics';

/** The share of a standard normal distribution below z, to within 2e-7. */
export const normalBelow = (z: number): number => 0.5 + 0.5 * errorFunction(z / Math.SQRT2);

/**
 * The z below which that share of a standard normal distribution lies, for shares from 0.0001 to 0.9999: to within
 * 3e-4 there and 2e-6 from 0.01 to 0.99. The library's own `probit` is 0.09 % off at 0.95 and 0.35 % at 0.9999.
 */
export function normalQuantile(share: number): number {
  if (!(share > 0 && share < 1)) throw new RangeError(`no normal quantile of ${share}`);
  return bisect((z) => normalBelow(z) - share, -6, 6, 100, 1e-9);
}
