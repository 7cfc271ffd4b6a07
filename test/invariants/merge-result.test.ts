import { expect, test } from 'vitest';
import { type SmallWorld, smallWorld } from './support/small-world.ts';

const PRICES = 'rules/price.json';
const REPLY = 'rules/reply.json';
const reply = (prefix: string) => `{ "prefix": "${prefix}" }`;

/** Carol force-pushes her own commit, rooted on a base older than that of the pull request. */
async function forcePush({ repository, state, ports, recorded }: SmallWorld, on: string): Promise<string> {
  const branch = state.pull?.branch ?? '';
  const tree = await repository.treeOf(repository.remote.get(branch) ?? '');
  const hers = await repository.withFiles(tree, {
    [REPLY]: reply('It costs'),
    [PRICES]: '{ "lamp": 9, "vase": 7, "cup": 1 }',
  });
  const head = await repository.commit(hers, [on], 'mine');
  repository.remote.set(branch, head);
  const last = (await recorded()).at(-1)?.seq ?? 0;
  await ports.ledger.append('acme/shop#7' as never, last, [{ kind: 'head-moved', head, by: 'carol' }]);
  return head;
}

test('invariant 1: of a head rooted before the pull request began, what the merge becomes is judged', async () => {
  const world = smallWorld();
  const { repository } = world;
  const old = repository.remote.get('main') ?? '';
  repository.commitOn('main', { [REPLY]: '{ "prefix": "It costs", "newer": 1 }' });
  await world.proposed();
  const head = await forcePush(world, old);
  const main = repository.remote.get('main') ?? '';
  const merged = await repository.merge(main, head);
  await world.settle();
  world.approve('bob');
  await world.settle();
  expect(await world.stageName()).toBe('merged');
  expect(await world.facts()).toContainEqual(expect.objectContaining({ kind: 'judged', base: main, ...merged }));
});
