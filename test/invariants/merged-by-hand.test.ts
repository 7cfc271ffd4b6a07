import { expect, test } from 'vitest';
import { type SmallWorld, smallWorld } from './support/small-world.ts';

const README = { 'README.md': 'Moved.' };
const tip = (world: SmallWorld, branch = 'main') => world.repository.remote.get(branch) ?? '';

/** Somebody has merged it on GitHub's page, as this commit; what is recorded of that. */
async function mergedAs(world: SmallWorld, commit: string) {
  world.repository.remote.set('main', commit);
  Object.assign(world.state.pull ?? {}, { merged: true, open: false });
  await world.settle();
  return (await world.facts()).find(({ kind }) => kind === 'merged');
}

test.each([0, 1, 2])(
  'a good fix that is merged by a rebase is not taken back (commits of people: %i)',
  async (more) => {
    const world = smallWorld();
    await world.proposed();
    const { repository, state } = world;
    const branch = state.pull?.branch ?? '';
    const root = tip(world);
    for (let cups = 1; cups <= more; cups++) {
      await world.push(branch, { 'rules/price.json': `{ "lamp": 9, "vase": 7, "cup": ${cups} }` }, 'carol');
      await world.settle();
    }
    const commits: string[] = [];
    for (let at = tip(world, branch); at !== root; at = (await repository.parents(at))[0] ?? root) commits.unshift(at);
    repository.commitOn('main', README);
    let on = tip(world);
    for (const commit of commits) {
      const tree = await repository.withFiles(await repository.treeOf(commit), README);
      on = await repository.commit(tree, [on], `rebased ${commit}`);
    }
    expect(await mergedAs(world, on)).toMatchObject({ asJudged: true });
    expect(state.reverts).toEqual([]);
  },
);

test('a red head that somebody merges is what they chose, also where base has moved meanwhile', async () => {
  const world = smallWorld();
  await world.proposed();
  const { repository, state } = world;
  const branch = state.pull?.branch ?? '';
  await world.push(branch, { 'docs/note.md': 'Not among the files of the fix.' }, 'carol');
  await world.settle();
  const head = tip(world, branch);
  expect(state.checks.findLast((one) => one.head === head && one.name === 'corrigible/gate')?.conclusion).toBe(
    'failure',
  );
  repository.commitOn('main', README);
  const merged = await repository.merge(tip(world), head);
  if ('conflicts' in merged) throw new Error('conflict');
  const fact = await mergedAs(world, await repository.commit(merged.tree, [tip(world)], 'by hand'));
  expect(fact).toMatchObject({ asJudged: false });
  expect(fact).not.toHaveProperty('red');
  expect(state.reverts).toEqual([]);
});
