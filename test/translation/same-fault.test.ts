import { expect, test } from 'vitest';
import { keyOf } from '../../src/domain/rejection.ts';
import { standingOf } from '../../src/domain/standing.ts';
import { advance } from '../../src/loop.ts';
import { goodDraft } from '../invariants/support/shop.ts';
import { allYes, REF, type SmallWorld, smallWorld } from '../invariants/support/small-world.ts';

const vase = { 'tickets/T-2.json': JSON.stringify({ thing: 'vase', text: 'what does the vase cost' }) };
const vaseDraft = {
  ...goodDraft,
  quotes: ['The vase costs 9'],
  title: 'The vase costs 9',
  observed: 'The vase costs 7.',
  expected: 'The vase costs 9.',
};
const drafted = (prompt: string) =>
  JSON.stringify({ ...(prompt.includes('The vase costs 9') ? vaseDraft : goodDraft), guards: [] });
const aboutVase = {
  title: 'Another thing',
  body: '### Ticket\n\nT-2\n\n### What should have come out\n\nThe vase costs 9, not 7.',
};

/** Somebody rejects something else, or the same again, as #8. */
async function rejectedToo(world: SmallWorld, issue: { title: string; body: string }) {
  const { title, body } = world.state.issue;
  const ref = { ...REF, issue: 8 };
  Object.assign(world.state.issue, issue);
  await advance({ ...world.ports, ref });
  Object.assign(world.state.issue, { title, body });
  const stage = standingOf(await world.ports.ledger.read(keyOf(ref))).stage.name;
  const said = world.state.comments.filter(({ on }) => on === 8).map((comment) => comment.body);
  return { stage, said: said.join('\n') };
}

test('the same wish about another thing is no duplicate: people are told that it may be, and both are worked on', async () => {
  const world = smallWorld({ files: vase, draft: drafted });
  await world.settle();
  const first = world.specComment();
  expect(first.body).not.toContain('Perhaps the same');
  const { stage, said } = await rejectedToo(world, aboutVase);
  expect(stage).toBe('drafted');
  expect(said).toContain('**Perhaps the same as #7:** the same is asked there of this step, for another input.');
  await world.settle();
  world.state.comments.splice(
    world.state.comments.findIndex(({ body }) => body.includes('### Spec: The vase')),
    1,
  );
  world.editSpec((spec) => Object.assign(spec, { answers: allYes }));
  await world.settle();
  expect(world.status()).not.toContain('Rejected 2 times');
  world.label();
  await world.settle();
  expect(await world.stageName()).toBe('proposed');
});

test('the same wish about the same input is a duplicate, whoever is named in it', async () => {
  const world = smallWorld({ draft: drafted });
  await world.settle();
  const { stage, said } = await rejectedToo(world, { ...world.state.issue, title: 'The same once more' });
  expect([stage, said]).toEqual(['declined', expect.stringContaining('it is the same fault as #7.')]);
});

test('what ended is no rejection that another one could be the same as', async () => {
  const world = smallWorld({ files: vase, draft: drafted });
  await world.settle();
  await world.command('/decline It is right as it is.');
  await world.settle();
  expect((await rejectedToo(world, aboutVase)).said).not.toContain('Perhaps the same');
});
