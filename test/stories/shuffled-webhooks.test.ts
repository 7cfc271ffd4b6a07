import { expect, test } from 'vitest';
import { randomFrom } from '../../src/domain/noise/random.ts';
import { inWorld, type World } from '../support/world.ts';

const vague = (words: string) => ({
  title: 'Wrong answer: not good',
  form: { Ticket: 'T-0034', 'What came out': words, 'What should have come out': 'Something better.' },
});

/** In any order, some of them two or three times. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = randomFrom(seed);
  const several = items.flatMap((item) => Array.from({ length: 1 + Math.floor(random() * 3) }, () => item));
  return several
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** The same things happen to a rejection; GitHub tells of them in the order of the seed, or in theirs. */
async function tell(world: World, seed: number | null): Promise<readonly string[]> {
  world.forge.webhooks.hold();
  const issue = await world.reject(vague('This answer is bad.'));
  await world.editIssue(issue, { title: 'Wrong answer: bad' });
  await world.comment(issue, 'I have seen this before.', 'bob');
  await world.unlabel(issue, 'rejection');
  await world.label(issue, 'rejection', 'tom');
  await world.editIssue(issue, { state: 'closed' });
  await world.editIssue(issue, { state: 'open' });
  await world.editIssue(issue, { title: 'Wrong answer: not good' });
  await world.forge.webhooks.release(seed === null ? 'as-sent' : (held) => shuffled(held, seed));
  await world.settled();
  return (await world.said(issue)).map((text) => text.replaceAll(`#${issue}`, '#n')).sort();
}

test('invariant 8: in whatever order and however often GitHub tells what happened, it ends in the same state', () =>
  inWorld({}, async (world) => {
    const straight = await tell(world, null);
    expect(straight.join('\n')).toContain('I need two answers');
    for (const seed of [1, 2, 3, 4, 5, 6]) expect([seed, await tell(world, seed)]).toEqual([seed, straight]);
  }));
