import { expect, test } from 'vitest';
import { documentBlock, type RejectionDocument } from '../../src/domain/rejection-document.ts';
import { goodDraft, rubric, shopFiles } from '../invariants/support/shop.ts';
import { type SmallWorld, smallWorld } from '../invariants/support/small-world.ts';

const wrong = '### What should have come out\n\nThe lamp costs 9, not 5.';
const lastSaid = ({ said }: SmallWorld): string => said().findLast((text) => !text.startsWith('**Corrigible**')) ?? '';

const document: RejectionDocument = {
  version: 1,
  title: 'Wrong price',
  ticket: 'T-1',
  comment: 'The lamp costs 9, not 5.',
  step: 'price',
  often: 'always',
  missing: 'The price list of March',
};

test('a rejection as data is drafted from like any other, and what it says of the fault reaches the drafter', async () => {
  const world = smallWorld();
  world.state.issue.body = documentBlock(document);
  await world.settle();
  expect(await world.stageName()).toBe('drafted');
  expect(world.seen.prompts.join('\n')).toContain('missing knowledge: The price list of March');
});

test('a block that is no rejection is told with its mistakes; mended, it is taken', async () => {
  const world = smallWorld();
  world.state.issue.body = documentBlock({ ...document, often: 'sometimes' as 'once' });
  await world.settle();
  expect(await world.stageName()).toBe('asked');
  expect(lastSaid(world)).toMatchInlineSnapshot(`
    "@rita, thank you. I need one answer before I can turn this into a fix:

    1. The block \`corrigible-rejection\` in the description is not a rejection as data: “often”: Invalid option: expected one of "always"\\|"once". Correct it, or take it out.

    Please mend it in the description above (edit it). Nothing happens until then."
  `);
  expect(world.seen.prompts).toEqual([]);
  world.state.issue.body = documentBlock(document);
  await world.settle();
  expect(await world.stageName()).toBe('drafted');
});

const traced = (price: number, more: readonly object[] = []) =>
  `### Ticket\n\nT-1\n\n${wrong}\n\n### Trace\n\n${JSON.stringify({
    steps: [
      { step: 'price', input: { thing: 'lamp' }, output: { price } },
      { step: 'reply', input: { price }, output: { text: `It costs ${price}` } },
      ...more,
    ],
  })}`;

test('a trace that is none is told', async () => {
  const world = smallWorld();
  world.state.issue.body = `### Ticket\n\nT-1\n\n${wrong}\n\n### Trace\n\n{"version": 3, "spans": []}`;
  await world.settle();
  expect(await world.stageName()).toBe('asked');
  expect(lastSaid(world)).toContain('What stands under “Trace” is no trace.');
});

test('a fault that is not reproduced is declined with what differs, and nothing is spent on it', async () => {
  const world = smallWorld();
  world.state.issue.body = traced(6, [{ step: 'translate', input: {}, output: { text: 'Sie kostet 6' } }]);
  await world.settle();
  expect(await world.stageName()).toBe('declined');
  expect(lastSaid(world)).toMatchInlineSnapshot(`
    "I will not work on this, because the trace in the description is not what the pipeline gives for ticket \`T-1\` today: step \`price\`: \`price\` was \`6\`, and is \`5\` today; step \`reply\`: \`text\` was \`It costs 6\`, and is \`It costs 5\` today; step \`translate\` is in your trace, and not in the pipeline of today. If the fault is still there, paste today’s trace or leave it out.

    If that is wrong, edit the description, or comment \`/retry\`."
  `);
  expect(world.seen.prompts).toEqual([]);
  // Pasted as it is today it is drafted from.
  world.state.issue.body = traced(5);
  await world.settle();
  expect(await world.stageName()).toBe('drafted');
});

test('a replay that fails is told to those who set it up, once, and is no question to who rejected', async () => {
  const world = smallWorld({ files: { 'tickets/T-1.json': 'no JSON' } });
  await world.settle();
  await world.settle();
  expect(world.said().filter((text) => text.startsWith('I cannot work on this yet'))).toEqual([
    expect.stringContaining('The command under `replay` fails for ticket `T-1`, which is no fault of the rejection'),
  ]);
  expect(await world.stageName()).toBe('accepted');
  await world.push('main', { 'tickets/T-1.json': shopFiles['tickets/T-1.json'] ?? '' });
  world.comment('/retry', 'alice');
  await world.settle();
  expect(await world.stageName()).toBe('drafted');
});

test('a ticket that is not stored, where another one is replayed, is asked for', async () => {
  const world = smallWorld();
  world.state.issue.body = `### Ticket\n\nT-9\n\n${wrong}`;
  await world.settle();
  expect(await world.stageName()).toBe('asked');
  expect(lastSaid(world)).toContain('I could not replay ticket `T-9` (no ticket T-9). Is the number right?');
});

test('where no ticket at all is replayed, the replay is broken, whatever ticket was named', async () => {
  const world = smallWorld({ files: { 'tickets/T-1.json': 'no JSON' } });
  world.state.issue.body = `### Ticket\n\nT-9\n\n${wrong}`;
  await world.settle();
  expect(await world.stageName()).toBe('accepted');
  expect(lastSaid(world)).toContain('I cannot work on this yet');
});

/** The rubric of the world with a recipe that understands its complaint. */
const withRecipe = rubric.replace(
  'change: set-price\n',
  () => `change: set-price
recipe:
  slots:
    price: { type: integer, max: 100, from: [{ text: 'costs (\\d+), not' }], ask: 'Which price?' }
    thing: { type: string, max: 20, pattern: '^[a-z]+$', from: [{ trace: /input/thing }], ask: 'Which thing?' }
  title: 'The {thing} costs {price}'
  observed: 'It cost {output:/price}.'
  expected: 'The {thing} costs {price}.'
  expect: [{ path: /price, op: eq, value: '{price}' }]
  hold-outs: [{ name: asked loudly, change: [{ path: /text, op: upper }] }]
  edits: [{ file: rules/price.json, op: set, path: '/{thing}', value: '{price}' }]
`,
);
const RUBRIC = '.github/rubrics/set-price.md';
const mended = { 'rules/price.json': '{ "lamp": 9, "vase": 7 }' };
const expecting = (price: number) =>
  JSON.stringify({ ...goodDraft, expect: [{ path: '/price', op: 'eq', value: price }] });

test('a model that expects what came out closes nothing: it is told once, and then a person is next', async () => {
  const world = smallWorld({ draft: () => expecting(5) });
  await world.settle();
  expect(world.seen.prompts).toHaveLength(6);
  expect(world.seen.prompts.at(-1)).toContain('- expect: the output of price in the trace meets all of it');
  expect(await world.stageName()).toBe('declined');
  expect(lastSaid(world).replace(/`[0-9a-f]{10}`/, 'a commit')).toBe(
    'I will not work on this, because what I read as expected comes out for ticket `T-1` already: step `price` on a commit: `/price eq 5`. I may have misread it, so this stays open: if something is wrong, say what comes out and what should come out instead; if it is mended, close this.\n\nIf that is wrong, edit the description, or comment `/retry`.',
  );
  expect(world.state.issue.open).toBe(true);
});

test('a draft that expects what came out is mended where the model can, and counts for nothing where it cannot', async () => {
  const isPlain = (prompt: string) => !/go through the pipeline step by step|the easiest first/.test(prompt);
  const corrected = smallWorld({ draft: (prompt) => expecting(prompt.includes('# Your answer') ? 9 : 5) });
  await corrected.settle();
  expect(corrected.specComment().body).toContain('3 of 3 drafts agree');
  const one = smallWorld({ draft: (prompt) => expecting(isPlain(prompt) ? 5 : 9) });
  await one.settle();
  expect(one.specComment().body).toContain('2 of 3 drafts agree');
});

test('what a step gives alone, and not in the replay, is no proof that it is mended', async () => {
  const world = smallWorld({ files: mended });
  const { outputs } = world.ports.suites;
  const suites = {
    ...world.ports.suites,
    outputs: (async (checkout, step, inputs) => {
      const all = await outputs(checkout, step, inputs);
      return step.run === 'replay' ? JSON.parse(JSON.stringify(all).replaceAll('"price":9', '"price":5')) : all;
    }) as typeof outputs,
  };
  Object.assign(world.ports, { suites });
  await world.settle();
  expect(await world.stageName()).toBe('declined');
  expect(lastSaid(world)).toContain('what I read as expected comes out for ticket `T-1` already: step `price`');
  expect(world.state.issue.open).toBe(true);
});

test('what was wrong in a trace of then, and is right today, is mended', async () => {
  const world = smallWorld({ files: { ...mended, [RUBRIC]: withRecipe } });
  world.state.issue.body = traced(5);
  await world.settle();
  expect(lastSaid(world)).toContain('the pipeline gives the expected output for ticket `T-1` already');
  expect(world.state.issue.open).toBe(false);
});

test('what is fixed already is closed with the evidence, and opened again it is looked at anew', async () => {
  const world = smallWorld({ files: { ...mended, [RUBRIC]: withRecipe } });
  await world.settle();
  expect(await world.stageName()).toBe('declined');
  expect(lastSaid(world).replace(/`[0-9a-f]{10}`/, 'a commit')).toMatchInlineSnapshot(`
    "I will not work on this, because the pipeline gives the expected output for ticket \`T-1\` already: step \`price\` on a commit: \`/price eq 9\`. If it is still wrong, open this again and say what comes out.

    If that is wrong, edit the description, or comment \`/retry\`."
  `);
  expect(world.state.issue.open).toBe(false);
  await world.settle();
  // Its own closing is no end by hand.
  expect(await world.stageName()).toBe('declined');
  await world.push('main', { 'rules/price.json': shopFiles['rules/price.json'] ?? '' });
  world.state.issue.open = true;
  world.comment('/retry', 'alice');
  await world.settle();
  expect(await world.stageName()).toBe('drafted');
  expect(world.specComment().body).toContain(goodDraft.title);
});
