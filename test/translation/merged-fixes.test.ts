import { expect, test } from 'vitest';
import type { Fact } from '../../src/domain/fact.ts';
import type { Spec } from '../../src/domain/spec.ts';
import { configuration, goodDraft } from '../invariants/support/shop.ts';
import { allYes, type SmallScript, type SmallWorld, smallWorld } from '../invariants/support/small-world.ts';

const lamp = (price: number, more: Partial<Spec> = {}): Spec => ({
  title: `The lamp costs ${price}`,
  step: 'price',
  change: 'set-price',
  files: ['rules/price.json'],
  observed: 'The lamp costs too little.',
  expected: `The lamp costs ${price}.`,
  quotes: [`a lamp is ${price}`],
  acceptance: [
    {
      name: 'a lamp',
      step: 'price',
      input: { thing: 'lamp', text: 'input-canary' },
      expect: [{ path: '/price', op: 'eq', value: price }],
    },
  ],
  guards: [
    { name: 'guard-canary', step: 'price', input: { thing: 'vase' }, expect: [{ path: '/price', op: 'eq', value: 7 }] },
  ],
  'hold-outs': [
    {
      name: 'hold-out-canary',
      step: 'price',
      input: { thing: 'lamp', text: 'hidden' },
      expect: [{ path: '/price', op: 'eq', value: price }],
    },
  ],
  answers: allYes,
  ...more,
});

const ids = { base: 'b'.repeat(40), head: 'c'.repeat(40), tree: 'd'.repeat(40) };
const merged = (issue: number, spec: Spec): readonly Fact[] => [
  { kind: 'rejection-accepted', reporter: 'rita', textHash: 't', ticket: null, hidden: 0, after: 0 },
  {
    kind: 'draft-posted',
    comment: 1,
    bodyHash: 'b',
    textHash: 't',
    fingerprint: `f-${issue}`,
    rubric: { id: 'set-price', hash: 'r' },
    change: 'set-price',
    base: ids.base,
    by: 'recipe',
  },
  {
    kind: 'spec-approved',
    event: 1,
    by: 'alice',
    approvalHash: 'a',
    spec,
    rubric: { id: 'set-price', hash: 'r' },
    paths: ['rules/**'],
    textHash: 't',
  },
  { kind: 'round-started', round: 1, base: ids.base },
  {
    kind: 'round-ended',
    round: 1,
    candidate: { base: ids.base, tree: ids.tree },
    spent: { seconds: 1, tokens: 0, requests: 0 },
    by: 'recipe',
  },
  {
    kind: 'judged',
    base: ids.base,
    tree: ids.tree,
    head: null,
    merge: false,
    verdict: { name: 'gate', passed: true, because: 'x' },
    seconds: 1,
  },
  {
    kind: 'pull-request-opened',
    pullRequest: 100 + issue,
    branch: `corrigible/${issue}`,
    base: ids.base,
    head: ids.head,
    tree: ids.tree,
    solo: false,
  },
  { kind: 'merged', sha: ids.tree, head: ids.head, by: 'bob', asJudged: true },
  { kind: 'thanked', comment: 2 },
];
async function after(fixes: readonly (readonly Fact[])[], script: SmallScript = {}, days = 0): Promise<SmallWorld> {
  const world = smallWorld(script);
  for (const [at, facts] of fixes.entries()) await world.ports.ledger.append(`acme/shop#${at + 1}`, 0, facts);
  world.wait(days * 86_400);
  await world.settle();
  return world;
}

test('a drafter is shown up to three solved rejections of the rubric: words that people cleared, and no case', async () => {
  const fixes = [4, 3, 6, 8].map((price, at) => merged(at + 1, lamp(price)));
  const world = await after(fixes);
  const [prompt = ''] = world.seen.prompts;
  expect(prompt.match(/^Solved rejection \d/gm)).toHaveLength(3);
  expect(prompt).toContain('| said: a lamp is');
  expect(prompt).not.toMatch(/canary/);
});

test('what people wrote into a solved one of somebody’s own is shown to no model', async () => {
  const own = { observed: 'The lamp of gesine.rautenfeld@firma.de costs 4.', quotes: ['Frau Rautenfeld: 4'] };
  const world = await after([merged(1, lamp(4, own))]);
  expect(world.seen.prompts[0]).toContain('observed: The lamp of [email-');
  expect(world.seen.prompts.join('\n')).not.toMatch(/rautenfeld/i);
});

test.each<[string, readonly Fact[]]>([
  [
    'one about the same ticket',
    merged(1, lamp(4)).map((fact) => (fact.kind === 'rejection-accepted' ? { ...fact, ticket: 'T-1' } : fact)),
  ],
  ['one that was reverted', [...merged(1, lamp(4)), { kind: 'outcome', outcome: 'reverted', because: 'red again' }]],
  [
    'one of another rubric',
    merged(1, lamp(4)).map((fact) =>
      fact.kind === 'spec-approved' ? { ...fact, rubric: { id: 'other', hash: 'r' } } : fact,
    ),
  ],
  ['one that was never merged', merged(1, lamp(4)).filter(({ kind }) => kind !== 'merged' && kind !== 'thanked')],
])('%s is no example', async (_, facts) => {
  const world = await after([facts]);
  expect(world.seen.prompts[0]).not.toContain('Solved rejection');
});

test('a spec that would undo a fix of the last days shows both sides to whoever clears it', async () => {
  // The lamp costs 5 because somebody asked for it, and now it is to cost 9.
  const world = await after([merged(1, lamp(5))], {}, 10);
  const { body } = world.specComment();
  expect(body).toContain('**This would undo a fix.** It rejects what #1 asked for, which was merged on 2026-01-01.');
  expect(body).toContain('- then: The lamp costs 5. “a lamp is 5”');
  expect(body).toContain('- now: The lamp costs 9. “The lamp costs 9”');
  const drafted = (await world.facts()).find(({ kind }) => kind === 'draft-posted');
  expect(drafted).toMatchObject({ undoes: 1 });
});

test.each<[string, readonly Fact[], SmallScript, number]>([
  ['a fix that was merged long ago', merged(1, lamp(5)), {}, 31],
  ['a fix that is not what came out', merged(1, lamp(6)), {}, 1],
  [
    'a fix whose place the spec leaves alone',
    merged(1, lamp(5)),
    { draft: () => JSON.stringify({ ...goodDraft, expect: [{ path: '/currency', op: 'eq', value: 'EUR' }] }) },
    1,
  ],
  [
    'a repository that does not want to know',
    merged(1, lamp(5)),
    { files: { '.github/corrigible.yml': `${configuration}\ntranslation: { settled: 0 }\n` } },
    1,
  ],
])('%s is not told of', async (_, facts, script, days) => {
  const world = await after([facts], script, days);
  expect(world.specComment().body).not.toContain('would undo');
});
