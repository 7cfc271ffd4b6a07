import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fact, Recorded } from '../../src/domain/fact.ts';
import { standsAt } from '../../src/domain/stage-by-kinds.ts';
import { stagesPassed } from '../../src/domain/stages-passed.ts';
import { standingOf } from '../../src/domain/standing.ts';
import { allFacts, everyFact } from '../support/every-fact.ts';

const numbered = (facts: readonly Fact[]): readonly Recorded[] =>
  facts.map((fact, i) => ({ seq: i + 1, at: new Date(1_700_000_000_000 + i * 60_000).toISOString(), fact }));
const bare = (recorded: readonly Recorded[]) => recorded.map(({ seq, at, fact }) => ({ seq, at, kind: fact.kind }));

/** What usually follows one another, so that late stages are reached. */
const usual = (
  ['rejection-accepted', 'draft-posted', 'spec-approved', 'round-started', 'round-ended', 'judged'] as const
).flatMap((kind) => [everyFact[kind][0] as Fact]);
const [opened] = everyFact['pull-request-opened'];
const any = fc.array(fc.constantFrom(...allFacts), { maxLength: 15 });

test('whatever happens, the kinds of the facts place a rejection as its facts do, or say that they cannot', () => {
  let sure = 0;
  const beginnings = [[], usual, [...usual, opened as Fact], usual.slice(0, 3)];
  fc.assert(
    fc.property(fc.constantFrom(...beginnings), any, (beginning, rest) => {
      const recorded = numbered([...beginning, ...rest]);
      const stands = standsAt(bare(recorded));
      const { stage, delayed } = standingOf(recorded);
      if (stands === undefined) {
        expect(stage.name).toBe('new');
        return;
      }
      expect(stands.delayed).toBe(delayed !== null);
      if (!stands.sure) return;
      sure += 1;
      expect(stands.stage).toBe(stage.name);
    }),
    { numRuns: 3000 },
  );
  expect(sure).toBeGreaterThan(1000);
});

test('since when a rejection stands somewhere is told by the fact that brought it there', () => {
  const recorded = numbered([...usual.slice(0, 2), ...everyFact.intent, ...everyFact['status-shown']]);
  expect(standsAt(bare(recorded))).toMatchObject({ stage: 'drafted', seq: 2, sure: true });
  expect(stagesPassed(recorded).map(({ stage }) => stage)).toEqual(['accepted', 'drafted']);
  expect(stagesPassed([])).toEqual([]);
});
