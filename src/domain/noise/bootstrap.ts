import { normalBelow, normalQuantile } from './normal.ts';
import { randomFrom } from './random.ts';

/** What belongs to one root cause: head − base summed over its cases, and how many they are. */
export interface Cluster {
  readonly sum: number;
  readonly cases: number;
}

export const meanOf = (clusters: readonly Cluster[]): number => {
  let sum = 0;
  let cases = 0;
  for (const one of clusters) {
    sum += one.sum;
    cases += one.cases;
  }
  return sum / cases;
};

function resampledMeans(clusters: readonly Cluster[], seed: number, resamples: number): Float64Array {
  const random = randomFrom(seed);
  const sums = Float64Array.from(clusters, ({ sum }) => sum);
  const cases = Float64Array.from(clusters, ({ cases }) => cases);
  const means = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    let sum = 0;
    let count = 0;
    for (let j = 0; j < sums.length; j++) {
      const drawn = Math.floor(random() * sums.length);
      sum += sums[drawn] ?? 0;
      count += cases[drawn] ?? 0;
    }
    means[i] = sum / count;
  }
  return means.sort();
}

/** How far the resampled means stand to one side of the mean itself, as a z. */
function bias(means: Float64Array, mean: number): number {
  let below = 0;
  for (const one of means) below += Math.abs(one - mean) < 1e-12 ? 0.5 : one < mean ? 1 : 0;
  const edge = 0.5 / means.length;
  return normalQuantile(Math.min(1 - edge, Math.max(edge, below / means.length)));
}

/** How skewed the mean is, by leaving out each cluster once. */
function acceleration(clusters: readonly Cluster[]): number {
  const sum = clusters.reduce((all, one) => all + one.sum, 0);
  const cases = clusters.reduce((all, one) => all + one.cases, 0);
  const without = clusters.map((one) => (sum - one.sum) / (cases - one.cases));
  const middle = without.reduce((all, one) => all + one, 0) / without.length;
  let squares = 0;
  let cubes = 0;
  for (const one of without) {
    squares += (middle - one) ** 2;
    cubes += (middle - one) ** 3;
  }
  return squares < 1e-18 ? 0 : cubes / (6 * squares ** 1.5);
}

/**
 * The lower bound of the clusters' mean at that one-sided risk: Efron's bias-corrected and accelerated bootstrap (1987)
 * over whole clusters. The plain percentile is not enough: where regressions are rare it lets through, at a risk of
 * 5 %, 8–26 % of those candidates that are worse by just the margin. At least two clusters.
 */
export function bootstrapBound(
  clusters: readonly Cluster[],
  { risk, seed, resamples }: { readonly risk: number; readonly seed: number; readonly resamples: number },
): number {
  const means = resampledMeans(clusters, seed, resamples);
  const shift = bias(means, meanOf(clusters));
  const z = shift + normalQuantile(risk);
  const share = normalBelow(shift + z / (1 - acceleration(clusters) * z));
  const at = Math.min(means.length - 1, Math.floor(share * means.length));
  return means[at] ?? Number.NEGATIVE_INFINITY;
}
