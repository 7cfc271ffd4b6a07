import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fact, Recorded } from '../../src/domain/fact.ts';
import type { Stage } from '../../src/domain/stage.ts';
import { standingOf } from '../../src/domain/standing.ts';
import { allFacts, everyFact } from '../support/every-fact.ts';
import { allYes, smallWorld } from './support/small-world.ts';

const numbered = (facts: readonly Fact[]): readonly Recorded[] =>
  facts.map((fact, i) => ({ seq: i + 1, at: new Date(1_700_000_000_000 + i * 60_000).toISOString(), fact }));
const stageOf = (facts: readonly Fact[]): Stage => standingOf(numbered(facts)).stage;

const usual = (
  ['rejection-accepted', 'draft-posted', 'spec-checked', 'spec-ready', 'spec-approved', 'round-started'] as const
).flatMap((kind) => [everyFact[kind][0] as Fact]);
/** Stages of somebody's fix, on its way or done. A person's own pull request needs no spec. */
const implementing: readonly Stage['name'][] = ['cleared', 'halted', 'proven', 'proposed', 'merged', 'returned'];
const any = fc.array(fc.constantFrom(...allFacts), { maxLength: 20 });
const beginnings = fc.constantFrom<readonly Fact[]>([], usual, usual.slice(0, 2), usual.slice(0, 4));

test('invariant 2: whatever happens in whatever order, nothing is worked on that no fact approved', () => {
  fc.assert(
    fc.property(beginnings, any, (beginning, rest) => {
      const never = [...beginning, ...rest].filter(({ kind }) => kind !== 'spec-approved');
      expect(implementing).not.toContain(stageOf(never).name);
    }),
    { numRuns: 2000 },
  );
});

test('invariant 2: what is worked on is the spec that was approved last, and nothing drafted since', () => {
  let worked = 0;
  fc.assert(
    fc.property(beginnings, any, (beginning, rest) => {
      const facts = [...beginning, ...rest];
      const stage = stageOf(facts);
      if (stage.name !== 'cleared') return;
      worked += 1;
      const approved = facts.findLast((fact) => fact.kind === 'spec-approved');
      expect(stage.approved.approvalHash).toBe(approved?.approvalHash);
      const since = facts.slice(facts.lastIndexOf(approved as Fact));
      expect(since.map(({ kind }) => kind)).not.toContain('draft-posted');
    }),
    { numRuns: 3000 },
  );
  expect(worked).toBeGreaterThan(100);
});

type World = ReturnType<typeof smallWorld>;

/** What people may do in any order; none of it waits for the app. */
const doings: Readonly<Record<string, (world: World) => unknown>> = {
  'the app catches up': (world) => world.settle(),
  'alice labels': (world) => world.label('alice'),
  'tom labels': (world) => world.label('tom'),
  'a bot labels': (world) => world.label('robot', { byPerson: false }),
  'an app labels': (world) => world.label('bob', { viaApp: true }),
  'alice takes it off': (world) => {
    if (world.state.issue.labels.includes('fix-clear')) world.unlabel('alice');
  },
  'the spec is answered': (world) => edit(world, { answers: allYes }),
  'the spec is renamed': (world) => edit(world, { title: 'Another title' }),
  'the rejection is edited': (world) => {
    world.state.issue.title += '!';
  },
  'somebody comments': (world) => world.comment('/retry', 'alice'),
};

function edit(world: World, change: Record<string, unknown>): void {
  if (world.said().some((body) => body.includes('```yaml corrigible-spec')))
    world.editSpec((spec) => Object.assign(spec, change));
}

test('invariant 2: people in any order: each approval is a writer’s label on a hash that was shown as ready before', async () => {
  let approvals = 0;
  const order = fc.array(fc.constantFrom(...Object.keys(doings)), { minLength: 4, maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(order, async (names) => {
      const world = smallWorld();
      await world.settle();
      for (const name of names) await doings[name]?.(world);
      await world.settle();
      const facts = await world.facts();
      for (const [at, fact] of facts.entries()) {
        if (fact.kind === 'run-queued') expect(facts.slice(0, at).map(({ kind }) => kind)).toContain('spec-approved');
        if (fact.kind !== 'spec-approved') continue;
        approvals += 1;
        const ready = facts.slice(0, at).findLast((one) => one.kind === 'spec-ready');
        const event = world.state.events.find(({ id }) => id === fact.event);
        expect([event?.by, event?.byPerson, event?.viaApp]).toEqual(['alice', true, false]);
        expect(fact.approvalHash).toBe(ready?.approvalHash);
        expect(fact.event).toBeGreaterThan(ready?.lastEvent ?? Number.POSITIVE_INFINITY);
      }
    }),
    {
      numRuns: 60,
      examples: [[['the spec is answered', 'the app catches up', 'alice labels', 'the app catches up']]],
    },
  );
  expect(approvals).toBeGreaterThan(0);
});
