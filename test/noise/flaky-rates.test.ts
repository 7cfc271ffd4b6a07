import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flakyRates } from '../../src/domain/noise/flaky-rates.ts';
import { expectFigure, passesOf, trials } from './support/trials.ts';

const of = (passes: number, runs: number) => ({ passes, runs });

test.each([
  ['steady', of(20, 20), of(0, 0)],
  ['steady', of(19, 20), of(20, 20)],
  ['flaky', of(18, 20), of(20, 20)],
  ['flaky', of(1, 20), of(0, 0)],
  ['flaky', of(1, 3), of(0, 0)],
  ['needs-history', of(18, 19), of(0, 0)],
  ['needs-history', of(0, 2), of(0, 0)],
  ['needs-history', of(0, 0), of(0, 0)],
  ['needs-history', of(21, 20), of(0, 0)],
  ['needs-history', of(20, 20), of(-1, 20)],
  ['steady', of(38, 40), of(37, 39)],
  ['flaky', of(36, 40), of(0, 0)],
  ['steady', of(190, 200), of(0, 0)],
  ['red', of(0, 20), of(5, 20)],
  ['flaky-on-head', of(20, 20), of(18, 20)],
  ['steady', of(20, 20), of(0, 20)],
])('%s: base %j, head %j', (verdict, base, head) => {
  expect(flakyRates(base, head).verdict).toBe(verdict);
});

test('each says why, and gives both rates with their intervals', () => {
  const found = [
    flakyRates(of(17, 20)),
    flakyRates(of(20, 20), of(15, 20)),
    flakyRates(of(0, 20)),
    flakyRates(of(20, 20)),
    flakyRates(of(1, 1)),
    flakyRates(of(2, 1)),
  ];
  expect(found.map(({ verdict, because }) => `${verdict}: ${because}`).join('\n')).toMatchInlineSnapshot(`
    "flaky: it passed 17 of 20 runs on base, where nothing was changed, so it is flaky. Quarantine it with an owner until it is repaired
    flaky-on-head: it passed 20 of 20 runs on base and 15 of 20 on head: it became flaky there. Quarantine would hide that
    red: it passed 0 of 20 runs on base: it is red, not flaky. Repair it or remove it
    steady: it passed 20 of 20 runs on base, so it is steady
    needs-history: only 1 run is recorded on base; run it there 19 more times
    needs-history: the recorded runs do not add up; record them anew"
  `);
  expect(flakyRates(of(20, 24)).base?.low).toBeCloseTo(0.641, 3);
  expect(flakyRates(of(20, 24)).head).toBeNull();
  expect(flakyRates(of(2, 1), of(1, 2))).toMatchObject({ base: null, head: { low: expect.any(Number) } });
});

test('a case that never fails on base is never called flaky, and more failures never make it steadier', () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 500 }), fc.nat(500), (runs, failures) => {
      fc.pre(failures < runs - 1);
      expect(flakyRates(of(runs, runs)).verdict).toBe('steady');
      const now = flakyRates(of(runs - failures, runs)).verdict;
      const worse = flakyRates(of(runs - failures - 1, runs)).verdict;
      if (now === 'flaky') expect(worse).toBe('flaky');
    }),
  );
});

test('a case of Google’s flaky kind is noticed in 20 runs in 57 %, a .99 case in 2 %', () => {
  const noticed = (rate: number, seed: number) =>
    trials(5000, seed, (random) => flakyRates(of(passesOf(random, 20, rate), 20)).verdict === 'flaky');
  expectFigure(noticed(1 - 0.015 / 0.16, 1), 0.57, 2);
  expectFigure(noticed(0.99, 2), 0.0169, 4);
});
