import { expect, test } from 'vitest';
import { lookedBack, smallWorld } from './support/small-world.ts';

const wrong = { 'rules/price.json': '{ "lamp": 8, "vase": 7 }' };
const cheat = { 'rules/price.json': '{ "lamp": 9, "vase": 0 }' };

test('invariant 6: an agent that claims success with a wrong fix gets red, in the words of the case', async () => {
  const world = smallWorld({ fix: () => wrong });
  await world.proposed();
  expect(world.state.pull).toBe(null);
  expect(world.status()).toContain('still red: `/price` should eq `9`, but is `8`');
  expect(await world.stageName()).toBe('drafted');
});

test('invariant 6: right for its own case and wrong for a neighbour is red', async () => {
  const world = smallWorld({ fix: () => cheat });
  await world.proposed();
  expect(world.state.pull).toBe(null);
  expect(world.status()).toContain('a vase is 7: green on base, red now');
});

test('invariant 6: a claim of the reader that a case is red or green changes nothing: cases are run', async () => {
  const world = smallWorld({ detect: () => '{"is":"act"}', files: { 'rules/price.json': '{ "lamp": 9, "vase": 7 }' } });
  await world.settle();
  expect(await world.stageName()).toBe('declined');
  expect(world.status()).toContain('what I read as expected comes out for ticket `T-1` already');
  expect(world.state.issue.open).toBe(true);
});

test('invariant 6: the next round is told what failed, by execution, and may be right', async () => {
  let round = 0;
  const world = smallWorld({ fix: () => (round++ === 0 ? wrong : { 'rules/price.json': '{ "lamp": 9, "vase": 7 }' }) });
  await world.proposed();
  expect(world.state.pull).not.toBe(null);
  expect(world.seen.briefs.map((brief) => brief.rejected)).toEqual([
    [],
    [
      {
        round: 1,
        failed: [{ case: 'The lamp costs 9', step: 'price', expected: '/price eq 9', got: '8' }],
        other: [
          'hold-outs: a hold-out of step `price` is not green',
          'evidence: no case turned from red to green, so there is no evidence',
        ],
        first: 'price',
        reflection: lookedBack,
      },
    ],
  ]);
});

test('invariant 4: a hold-out is in no brief, and its failure is one bit', async () => {
  const world = smallWorld({ fix: () => wrong });
  await world.proposed();
  expect(world.seen.briefs.length).toBeGreaterThan(1);
  const { renderBrief } = await import('../../src/domain/prompts/brief.ts');
  const read = world.seen.briefs.map(renderBrief).join('\n');
  expect(read).toContain('The lamp costs 9');
  expect(read).not.toMatch(/asked loudly|WHAT DOES THE LAMP COST/);
});

test('invariant 4: what the rejection says beside the spec is in no brief', async () => {
  const world = smallWorld({ fix: () => wrong });
  world.state.issue.body += '\n\n### What came out\n\ncanary-of-the-comment';
  await world.proposed();
  const { renderBrief } = await import('../../src/domain/prompts/brief.ts');
  expect(world.seen.prompts.join()).toContain('canary-of-the-comment');
  expect(world.seen.briefs.map(renderBrief).join()).not.toContain('canary-of-the-comment');
});
