import { expect, test } from 'vitest';
import { configuration } from '../invariants/support/shop.ts';
import { smallWorld } from '../invariants/support/small-world.ts';

const PERSONAL = /nora|quill|KD-1234/i;
const withAccounts = { '.github/corrigible.yml': `${configuration}accounts: ['KD-\\d{4}']\n` };

test('what a reviewer, a model that looks back and a command say of the customer is told without the customer', async () => {
  const world = smallWorld({
    files: withAccounts,
    fix: ({ rejected }) =>
      rejected.length === 0
        ? { 'rules/price.json': '{ "lamp": 4, "vase": 7 }' }
        : { 'rules/price.json': '{ "lamp": 9, "vase": 7 }' },
    reflect: () => JSON.stringify({ wrong: 'nora quill wants 9.', instead: 'Think of KD-1234.' }),
  });
  await world.proposed();
  world.requestChanges('bob', 'please keep what quill has, of KD-1234', ['please ask nora']);
  await world.settle();
  expect(JSON.stringify(world.seen.briefs.map(({ rejected, review }) => ({ rejected, review })))).not.toMatch(PERSONAL);
  expect(world.seen.prompts.join('\n')).not.toMatch(PERSONAL);
  expect(JSON.stringify(await world.facts())).not.toMatch(PERSONAL);
  expect(world.said().join('\n')).not.toMatch(PERSONAL);
});

test('a reason to decline is told without whom the ticket is about', async () => {
  const world = smallWorld({ files: withAccounts });
  await world.settle();
  await world.command('/decline nora quill of KD-1234 was wrong', 'bob');
  await world.settle();
  expect(await world.stageName()).toBe('declined');
  expect(world.status()).toContain('was wrong');
  expect([world.status(), JSON.stringify(await world.facts())].join('\n')).not.toMatch(PERSONAL);
});

test('a reason to undo is told without whom the ticket is about', async () => {
  const world = smallWorld({ files: withAccounts });
  await world.proposed();
  world.approve('bob');
  await world.settle();
  expect(await world.stageName()).toBe('merged');
  await world.askUndo('/undo because nora quill (KD-1234) says so');
  await world.settle();
  const opened = JSON.stringify(world.state.reverts);
  expect(opened).toContain('says so');
  expect([opened, ...world.said(), JSON.stringify(await world.facts())].join('\n')).not.toMatch(PERSONAL);
});
