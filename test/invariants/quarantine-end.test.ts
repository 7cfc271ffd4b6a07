import { expect, test } from 'vitest';
import type { Fact } from '../../src/domain/fact.ts';
import { keyOf } from '../../src/domain/rejection.ts';
import { configuration, shopFiles } from './support/shop.ts';
import { REF, type SmallWorld, smallWorld } from './support/small-world.ts';

const DAY = 24 * 3600;
const cup = '  - { name: a cup is 3, input: { thing: cup }, expect: [{ path: /price, op: eq, value: 3 }] }\n';
/** The world begins on its last day. */
const listed =
  'quarantine:\n  - { step: price, case: a cup is 3, owner: bob, since: 2025-12-30, until: 2026-01-01, reason: flaky }\n';
const files = {
  'rules/price.json': '{ "lamp": 5, "vase": 7, "cup": 3 }',
  'evals/price.yml': `${shopFiles['evals/price.yml']}${cup}`,
  '.github/corrigible-quarantine.yml': listed,
};
const breaksIt = { 'rules/price.json': '{ "lamp": 9, "vase": 7, "cup": 4 }' };

const gate = (world: SmallWorld, commit: string) =>
  world.state.checks.findLast((one) => one.head === commit && one.name === 'corrigible/gate');
const head = (world: SmallWorld) => world.repository.remote.get(world.state.pull?.branch ?? '') ?? '';

async function note(world: SmallWorld, fact: Fact): Promise<void> {
  const last = (await world.recorded()).at(-1)?.seq ?? 0;
  await world.ports.ledger.append(keyOf(REF), last, [fact]);
}

/** To a pull request that breaks only what is in quarantine; and when it is to be looked at, in seconds. */
async function proposed() {
  const world = smallWorld({ files, fix: () => breaksIt });
  const looks: number[] = [];
  Object.assign(world.ports.queue, { wakeAfter: async (_: unknown, ms: number) => void looks.push(ms / 1000) });
  await world.proposed();
  expect(gate(world, head(world))?.conclusion).toBe('success');
  return { world, looks };
}

test('invariant 1: what was green by a quarantine that has run out is judged again, and not merged', async () => {
  const { world, looks } = await proposed();
  expect(looks.some((seconds) => seconds > DAY / 2 && seconds < DAY + 1)).toBe(true);
  world.wait(DAY);
  world.approve();
  await world.settle();
  expect(await world.stageName()).toBe('proposed');
  expect(gate(world, head(world))).toMatchObject({ conclusion: 'failure' });
  expect(world.status()).toContain('a cup is 3');
});

test('on its last day it is merged without being judged again', async () => {
  const { world } = await proposed();
  const judged = (await world.facts()).filter(({ kind }) => kind === 'judged').length;
  world.approve();
  await world.settle();
  expect(await world.stageName()).toBe('merged');
  expect((await world.facts()).filter(({ kind }) => kind === 'judged')).toHaveLength(judged);
});

test('invariant 1: a merge group is not green by a quarantine that has run out', async () => {
  const { world } = await proposed();
  const { repository } = world;
  const main = repository.remote.get('main') ?? '';
  const merged = await repository.merge(main, head(world));
  if ('conflicts' in merged) throw new Error('conflict');
  const group = await repository.commit(merged.tree, [main], 'group');
  repository.remote.set('gh-readonly-queue/main/pr-100', group);
  world.wait(DAY);
  await note(world, { kind: 'group-asked', head: group, base: main, into: 'main', pull: 100 });
  await world.settle();
  const told = world.state.checks.filter((one) => one.head === group && one.name === 'corrigible/gate');
  expect(told.map(({ conclusion }) => conclusion)).toEqual(['failure']);
});

test('a head of a person’s is judged again when a quarantine that it was green by has run out', async () => {
  const all = configuration.replace('version: 1', 'version: 1\npull-requests: all');
  const world = smallWorld({ files: { ...files, '.github/corrigible.yml': all } });
  world.repository.remote.set('mine', world.repository.remote.get('main') ?? '');
  const hers = world.repository.commitOn('mine', { 'rules/price.json': '{ "lamp": 5, "vase": 7, "cup": 4 }' });
  const words = { title: '', body: '', open: true, draft: false, merged: false };
  world.state.pull = { number: REF.issue, branch: 'mine', ...words };
  await note(world, { kind: 'pull-request-found', author: 'carol', head: hers, by: 'carol' });
  await world.settle();
  expect(gate(world, hers)?.conclusion).toBe('success');
  await world.settle();
  expect((await world.facts()).filter(({ kind }) => kind === 'judged')).toHaveLength(1);
  world.wait(DAY);
  await world.settle();
  expect(gate(world, hers)).toMatchObject({ conclusion: 'failure' });
});
