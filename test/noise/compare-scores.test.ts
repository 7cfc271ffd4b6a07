import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Comparison, casesNeeded, compareScores, type Scored } from '../../src/domain/noise/compare-scores.ts';
import { expectFigure, trials } from './support/trials.ts';

const HOW = { delta: 5, seed: 1 };

function compared(base: readonly Scored[], head: readonly Scored[], how = {}): Comparison {
  const found = compareScores(base, head, { ...HOW, ...how });
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

/** A suite of passes and failures by its flips. */
function suite({ cases, fell = 0, rose = 0 }: { cases: number; fell?: number; rose?: number }) {
  const scored = (score: (i: number) => number) =>
    Array.from({ length: cases }, (_, i) => ({ case: `case ${i}`, score: score(i) }));
  return [
    scored((i) => (i >= fell && i < fell + rose ? 0 : 1)),
    scored((i) => (i < fell ? 0 : 1)),
  ] as const satisfies readonly [Scored[], Scored[]];
}

const verdictOf = (flips: { cases: number; fell?: number; rose?: number }, how = {}) =>
  compared(...suite(flips), how).verdict;

test.each([
  [5, [50, 124, 248, 495]],
  [10, [13, 31, 62, 124]],
])('to see %d points at a discordance of .02, .05, .1 and .2 it takes %j cases', (delta, cases) => {
  expect([0.02, 0.05, 0.1, 0.2].map((discordance) => casesNeeded(delta, discordance))).toEqual(cases);
});

test('what can be seen fits the table of cases needed', () => {
  expect(compared(...suite({ cases: 248, fell: 12, rose: 12 })).canSee).toBeLessThan(5);
  expect(compared(...suite({ cases: 248, fell: 13, rose: 13 })).canSee).toBeGreaterThan(5);
  expect(compared(...suite({ cases: 495, fell: 49, rose: 49 })).canSee).toBeLessThan(5);
  expect(compared(...suite({ cases: 495, fell: 50, rose: 50 })).canSee).toBeGreaterThan(5);
});

test('each verdict says why', () => {
  const said = [
    compared(...suite({ cases: 300, fell: 5, rose: 6 })),
    compared(...suite({ cases: 300, rose: 12 })),
    compared(...suite({ cases: 300, fell: 12 })),
    compared(...suite({ cases: 24 })),
    compared(...suite({ cases: 24, fell: 3, rose: 1 })),
    compared(...suite({ cases: 100, fell: 40 })),
    compared(
      ...(suite({ cases: 40 }).map((side) => side.map((one) => ({ ...one, cause: 'one' }))) as [Scored[], Scored[]]),
    ),
  ].map(({ verdict, because }) => `${verdict}: ${because}`);
  expect(said.join('\n')).toMatchInlineSnapshot(`
    "not-worse: head scores 0.3 points higher than base over 300 cases, and may be up to 1.4 points lower; 5 points are tolerated
    not-worse: head scores 4 points higher than base over 300 cases, and is not lower; 5 points are tolerated
    worse: head scores 4 points lower than base over 300 cases, and may be up to 6.4 points lower, but only 5 points are tolerated
    underpowered: underpowered: can only see ≥ 11.8 points with 24 cases, but 5 points are asked for. Add cases, or let a person look
    underpowered: underpowered: can only see ≥ 20.8 points with 24 cases, but 5 points are asked for. Add cases, or let a person look
    worse: head scores 40 points lower than base over 100 cases, and may be up to 48 points lower, but only 5 points are tolerated
    underpowered: underpowered: can only see ≥ 95 points with 40 cases of 1 root cause, but 5 points are asked for. They count as one case. Add cases, or let a person look"
  `);
});

test('a suite in which nothing differs is no evidence until it is large enough', () => {
  expect(verdictOf({ cases: 1 })).toBe('underpowered');
  expect(compared(...suite({ cases: 1 })).bound).toBeCloseTo(-95, 9);
  expect(verdictOf({ cases: 58 })).toBe('underpowered');
  expect(verdictOf({ cases: 59 })).toBe('not-worse');
  expect(verdictOf({ cases: 28 }, { delta: 10 })).toBe('underpowered');
  expect(verdictOf({ cases: 29 }, { delta: 10 })).toBe('not-worse');
});

test('a candidate that breaks much does not blind its judge', () => {
  for (const fell of [6, 10, 20, 40, 80, 100]) {
    const found = compared(...suite({ cases: 100, fell }));
    expect([fell, found.verdict]).toEqual([fell, 'worse']);
  }
  expect(compared(...suite({ cases: 100, fell: 40 })).canSee).toBeGreaterThan(5);
  expect(verdictOf({ cases: 10, fell: 5 })).toBe('worse');
  expect(verdictOf({ cases: 10, fell: 4 })).toBe('underpowered');
});

test('a plain gain is no reason to wait for more cases', () => {
  const found = compared(...suite({ cases: 100, rose: 20, fell: 2 }));
  expect(found).toMatchObject({ verdict: 'not-worse' });
  expect(found.canSee).toBeGreaterThan(5);
  expect(verdictOf({ cases: 100, rose: 10, fell: 8 })).toBe('underpowered');
});

test('copies of a case with the same root cause are no further evidence', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })), {
        minLength: 1,
        maxLength: 30,
      }),
      fc.integer({ min: 2, max: 4 }),
      fc.constantFrom({}, { discordance: 0.3 }),
      (scores, copies, known) => {
        const side = (at: 0 | 1, times: number) =>
          scores.flatMap((pair, i) =>
            Array.from({ length: times }, (_, copy) => ({ case: `${i}/${copy}`, score: pair[at], cause: `${i}` })),
          );
        const once = compared(side(0, 1), side(1, 1), { resamples: 200, ...known });
        const often = compared(side(0, copies), side(1, copies), { resamples: 200, ...known });
        expect(often.difference).toBeCloseTo(once.difference, 6);
        expect(often.canSee).toBeCloseTo(once.canSee, 6);
        expect(often.clusters).toBe(once.clusters);
      },
    ),
  );
});

test('only base says what the root causes are', () => {
  const [base, head] = suite({ cases: 100 });
  const lying = head.map((one) => ({ ...one, cause: 'one' }));
  expect(compared(base, lying)).toEqual(compared(base, head));
  expect(compared(lying, head).clusters).toBe(1);
  const alike = [
    { case: 'a', score: 1 },
    { case: 'b', score: 1, cause: 'a' },
  ];
  expect(compared(alike, alike).clusters).toBe(2);
});

const sides = fc
  .array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 1,
    maxLength: 60,
  })
  .map((pairs) => [0, 1].map((at) => pairs.map((pair, i) => ({ case: `${i}`, score: pair[at] ?? 0 }))))
  .map(([base, head]) => [base ?? [], head ?? []] as const);

test('the order of the cases changes nothing, and neither does a second look', () => {
  fc.assert(
    fc.property(sides, fc.integer(), ([base, head], seed) => {
      const found = compared(base, head, { seed, resamples: 200 });
      expect(compared(base.toReversed(), head, { seed, resamples: 200 })).toEqual(found);
      expect(compared(base, head, { seed, resamples: 200 })).toEqual(found);
    }),
  );
});

test('the bound lies below the difference by no less than so many ties leave open, and everything is a number', () => {
  fc.assert(
    fc.property(sides, ([base, head]) => {
      const { difference, bound, canSee } = compared(base, head, { resamples: 200 });
      const open = 100 * (1 - 0.05 ** (1 / base.length));
      expect(bound).toBeLessThanOrEqual(Math.max(-100, difference - open) + 1e-9);
      expect(bound).toBeGreaterThanOrEqual(-100);
      expect(canSee).toBeGreaterThanOrEqual(open - 1e-9);
      expect(canSee).toBeLessThanOrEqual(100);
    }),
  );
});

test('against itself nothing is ever worse, and what fell everywhere is never taken for not worse', () => {
  fc.assert(
    fc.property(sides, ([base]) => {
      expect(compared(base, base, { resamples: 200 }).verdict).not.toBe('worse');
      const fallen = base.map((one) => ({ ...one, score: 0 }));
      const full = base.map((one) => ({ ...one, score: 1 }));
      expect(compared(full, fallen, { resamples: 200 }).verdict).toBe(base.length < 5 ? 'underpowered' : 'worse');
    }),
  );
});

const one = (score: number, name = 'a'): Scored => ({ case: name, score });

test.each<[string, readonly Scored[], readonly Scored[], object]>([
  ['no case', [], [], {}],
  ['a case that head lacks', [one(1), one(1, 'b')], [one(1)], {}],
  ['a case that base lacks', [one(1)], [one(1), one(1, 'b')], {}],
  ['no case on base', [], [one(1)], {}],
  ['other cases', [one(1)], [one(1, 'b')], {}],
  ['NaN', [one(Number.NaN)], [one(1)], {}],
  ['infinity', [one(1)], [one(Number.POSITIVE_INFINITY)], {}],
  ['a score over 1', [one(1)], [one(7)], {}],
  ['a score below 0', [one(-0.1)], [one(1)], {}],
  ['a case twice', [one(1), one(1)], [one(1)], {}],
  ['a case twice on head', [one(1)], [one(1), one(0)], {}],
  ['no tolerance', [one(1)], [one(1)], { delta: 0 }],
  ['a tolerance that is no number', [one(1)], [one(1)], { delta: Number.NaN }],
  ['a tolerance of everything', [one(1)], [one(1)], { delta: 101 }],
  ['a seed that is no whole number', [one(1)], [one(1)], { seed: 0.5 }],
  ['a discordance of nothing', [one(1)], [one(1)], { discordance: 0 }],
  ['a discordance that is no number', [one(1)], [one(1)], { discordance: Number.NaN }],
  ['few resamples', [one(1)], [one(1)], { resamples: 99 }],
  ['a number of resamples that is none', [one(1)], [one(1)], { resamples: Number.NaN }],
])('%s is a problem', (_, base, head, how) => {
  const found = compareScores(base, head, { ...HOW, ...how });
  expect(Object.keys(found)).toEqual(['problem']);
});

test('a suite may be as large as it may, and no larger', () => {
  const [base, head] = suite({ cases: 100_000, fell: 100_000 });
  expect(compared(base, head, { resamples: 100 }).verdict).toBe('worse');
  expect(compareScores([...base, one(1)], [...head, one(1)], HOW)).toEqual({
    problem: 'there are more than 100000 cases; split the suite',
  });
});

test('a problem says where', () => {
  const said = [
    compareScores([], [], HOW),
    compareScores([one(1), one(1, 'b')], [one(1)], HOW),
    compareScores([one(1)], [one(1), one(1, '`b`\n@all')], HOW),
    compareScores([one(1)], [one(Number.NaN)], HOW),
    compareScores([one(1), one(0)], [one(1)], HOW),
    compareScores([one(1)], [one(1)], { delta: 0, seed: 1 }),
    compareScores([one(1)], [one(1)], { delta: 5, seed: 1, discordance: 2 }),
    compareScores([one(1)], [one(1)], { delta: 5, seed: 0.5 }),
    compareScores([one(1)], [one(1)], { delta: 5, seed: 1, resamples: 3 }),
  ].map((found) => ('problem' in found ? found.problem : 'no problem'));
  expect(said.join('\n')).toMatchInlineSnapshot(`
    "there is no case to compare, so there is no evidence
    head has no score of \`b\`; both sides have to score the same cases
    base has no score of \`'b' @all\`; both sides have to score the same cases
    the score of \`a\` on head is not a number from 0 to 1
    base has two scores of \`a\`
    the drop that is tolerated has to be more than 0 and at most 100 points
    the share of cases that differ has to be more than 0 and at most 1
    the seed has to be a whole number
    the number of resamples has to be a whole number from 100 to 100000"
  `);
});

/** How often so many cases that fall and rise by chance are found not worse, their discordance known beforehand. */
function notWorse(cases: number, delta: number, falls: number, rises: number, seed: number) {
  // Of passes and failures only their numbers matter.
  const known = new Map<string, boolean>();
  return trials(500, seed, (random) => {
    let fell = 0;
    let rose = 0;
    for (let i = 0; i < cases; i++) {
      const drawn = random();
      if (drawn < falls) fell++;
      else if (drawn < falls + rises) rose++;
    }
    const key = `${fell} ${rose}`;
    // Each with a seed of its own: near the margin it is the seed that decides, and one would decide for all alike.
    const how = { delta, discordance: falls + rises, seed: 1000 * fell + rose, resamples: Math.round(200_000 / cases) };
    const found = known.get(key) ?? verdictOf({ cases, fell, rose }, how) === 'not-worse';
    known.set(key, found);
    return found;
  });
}

describe.each([
  [5, 124, 0.05],
  [5, 248, 0.1],
  [5, 495, 0.2],
  [10, 62, 0.1],
  [10, 124, 0.2],
])('a tolerance of %d points, %d cases and a discordance of %d', (delta, cases, discordance) => {
  test('no difference is shown to be none in 80 %', () => {
    expectFigure(notWorse(cases, delta, discordance / 2, discordance / 2, 1), 0.8, 2);
  });

  test('a drop of just the tolerance is let through in 5 %', () => {
    const falls = discordance / 2 + delta / 200;
    expectFigure(notWorse(cases, delta, falls, discordance - falls, 2), 0.05, 2);
  });
});

test('31 cases at a discordance of .05 show a tolerance of 10 points to be kept in 68 %, not in 80', () => {
  expectFigure(notWorse(31, 10, 0.025, 0.025, 3), 0.68, 2);
});

test.each([
  [5, 50],
  [10, 13],
])(
  'a tolerance of %d points is more than %d cases can see, though at a discordance of .02 they should',
  (delta, cases) => {
    for (const fell of [0, 1, 2])
      for (const rose of [0, 1, 2])
        for (const known of [{}, { discordance: 0.02 }])
          expect(verdictOf({ cases, fell, rose }, { delta, ...known })).toBe('underpowered');
    // If each case falls with the chance of the tolerance, more often than in 5 % none does.
    expect((1 - delta / 100) ** cases).toBeGreaterThan(0.05);
  },
);
