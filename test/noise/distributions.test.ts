import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Flips, mcnemar } from '../../src/domain/noise/mcnemar.ts';
import { normalBelow, normalQuantile } from '../../src/domain/noise/normal.ts';
import { randomFrom } from '../../src/domain/noise/random.ts';
import { wilson } from '../../src/domain/noise/wilson.ts';

test('the normal quantile is right in the middle and good enough far out', () => {
  for (const [share, z] of [
    [0.5, 0],
    [0.8, 0.8416212336],
    [0.95, 1.644853627],
    [0.975, 1.9599639845],
    [0.99, 2.326347874],
    [0.01, -2.326347874],
  ] as const)
    expect(Math.abs(normalQuantile(share) - z)).toBeLessThan(6e-6);
  expect(Math.abs(normalQuantile(0.9999) - 3.719016485)).toBeLessThan(3e-4);
  expect(Math.abs(normalQuantile(0.0001) + 3.719016485)).toBeLessThan(3e-4);
  expect(Math.abs(normalBelow(1.9599639845) - 0.975)).toBeLessThan(2e-7);
  for (const nonsense of [0, 1, -1, 2, Number.NaN]) expect(() => normalQuantile(nonsense)).toThrow(RangeError);
});

test('a seed gives the numbers of mulberry32, evenly spread', () => {
  const random = randomFrom(1);
  expect([random(), random(), random()]).toEqual([0.6270739405881613, 0.002735721180215478, 0.5274470399599522]);
  const buckets = new Array<number>(20).fill(0);
  const runs = 200_000;
  for (let i = 0; i < runs; i++) {
    const at = Math.floor(random() * 20);
    buckets[at] = (buckets[at] ?? 0) + 1;
  }
  const expected = runs / 20;
  // Chi-square with 19 degrees of freedom: above 43.8 once in a thousand.
  expect(buckets.reduce((all, one) => all + (one - expected) ** 2 / expected, 0)).toBeLessThan(43.8);
});

test('20 of 24 is anything from 64 to 93 %, and 24 of 24 may still be 86 %', () => {
  const { low, high } = wilson({ passes: 20, runs: 24 });
  expect([low.toFixed(3), high.toFixed(3)]).toEqual(['0.641', '0.933']);
  expect(wilson({ passes: 24, runs: 24 }).low.toFixed(3)).toBe('0.862');
  expect(wilson({ passes: 24, runs: 24 }).high).toBe(1);
  expect(wilson({ passes: 0, runs: 0 })).toEqual({ low: 0, high: 1 });
});

test('an interval holds the rate, lies between 0 and 1 and narrows with more runs', () => {
  fc.assert(
    fc.property(fc.nat(400), fc.nat(400), (passes, failures) => {
      fc.pre(passes + failures > 0);
      const runs = passes + failures;
      const { low, high } = wilson({ passes, runs });
      const more = wilson({ passes: 10 * passes, runs: 10 * runs });
      expect(low).toBeLessThanOrEqual(passes / runs);
      expect(high).toBeGreaterThanOrEqual(passes / runs);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(more.high - more.low).toBeLessThan(high - low);
    }),
  );
});

test.each([
  [-1, 5],
  [6, 5],
  [1.5, 5],
  [Number.NaN, 5],
  [1, Number.POSITIVE_INFINITY],
])('there is no interval of %d passes in %d runs', (passes, runs) => {
  expect(() => wilson({ passes, runs })).toThrow(RangeError);
});

/** By whole numbers alone. */
function exactly({ regressions, repairs }: Flips): number {
  const flips = BigInt(regressions + repairs);
  let choices = 1n;
  let tail = 0n;
  for (let k = 0n; k <= BigInt(repairs); k++) {
    tail += choices;
    choices = (choices * (flips - k)) / (k + 1n);
  }
  return Number((tail * 10n ** 15n) / 2n ** flips) / 1e15;
}

test.each([
  [0, 5],
  [1, 7],
  [2, 9],
  [3, 10],
])('with %d repairs it takes %d regressions to be worse', (repairs, regressions) => {
  expect(mcnemar({ regressions, repairs }).verdict).toBe('worse');
  expect(mcnemar({ regressions: regressions - 1, repairs }).verdict).toBe('not-shown');
});

test('five regressions without a repair have p = 1/32, and 1/16 two-sided', () => {
  const { p, twoSided } = mcnemar({ regressions: 5, repairs: 0 });
  expect(p).toBeCloseTo(0.03125, 12);
  expect(twoSided).toBeCloseTo(0.0625, 12);
});

test('without a flip nothing is shown', () => {
  expect(mcnemar({ regressions: 0, repairs: 0 })).toEqual({ p: 1, twoSided: 1, verdict: 'not-shown' });
});

test('the p-value is exact', () => {
  fc.assert(
    fc.property(fc.nat(150), fc.nat(150), (regressions, repairs) => {
      const { p, twoSided, verdict } = mcnemar({ regressions, repairs });
      const exact = exactly({ regressions, repairs });
      expect(Math.abs(p - exact)).toBeLessThan(1e-4 * (exact > 0.999 ? 1 : 1e-7));
      expect(verdict).toBe(exact <= 0.05 ? 'worse' : 'not-shown');
      expect(twoSided).toBe(mcnemar({ regressions: repairs, repairs: regressions }).twoSided);
    }),
  );
});

test.each([
  [-1, 0],
  [0.5, 0],
  [Number.NaN, 0],
  [100_000, 1],
])('there is no test of %d regressions and %d repairs', (regressions, repairs) => {
  expect(() => mcnemar({ regressions, repairs })).toThrow(RangeError);
});
