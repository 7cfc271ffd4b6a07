import { expect, test } from 'vitest';
import { WATCH_MS } from '../../src/domain/watch.ts';
import { configuration, shopFiles } from './support/shop.ts';
import { type SmallWorld, smallWorld } from './support/small-world.ts';

const PRICES = 'rules/price.json';
const noisy = configuration.replace('cases: evals/price.yml', 'cases: evals/price.yml, deterministic: false');
const OVER = WATCH_MS / 1000 + 100;

async function merged(files: Readonly<Record<string, string>> = {}): Promise<SmallWorld> {
  const world = smallWorld({ files });
  await world.proposed();
  world.approve();
  await world.settle();
  expect(await world.stageName()).toBe('merged');
  return world;
}

const outcome = async (world: SmallWorld) => (await world.facts()).find(({ kind }) => kind === 'outcome');

/** The step gives the price of before on today's base in these of its runs there, counted from 0. */
function wrongOnBase(world: SmallWorld, isWrong: (run: number) => boolean): void {
  const { repository, ports } = world;
  const { outputs } = ports.suites;
  const tree = () => repository.filesOf(repository.remote.get('main') ?? '')['README.md'];
  let runs = 0;
  Object.assign(ports.suites, {
    outputs: async (...args: Parameters<typeof outputs>) => {
      const given = await outputs(...args);
      if (tree() !== repository.filesOf(args[0].tree)['README.md'] || tree() === undefined) return given;
      return given.map((one) => (isWrong(runs++) ? { status: 'output' as const, output: { price: 5 } } : one));
    },
  });
}

test('cases that cannot be run at the end of the watch are not still green (invariant 7)', async () => {
  const world = await merged();
  world.repository.commitOn('main', { [PRICES]: '{ "vase": 7 }' });
  await world.settle();
  expect(await outcome(world)).toBeUndefined();
  world.wait(OVER);
  await world.settle();
  expect(await outcome(world)).toMatchObject({ outcome: 'unclear' });
  expect(await outcome(world)).not.toHaveProperty('recognised');
  expect(world.status()).toMatch(/Afterwards: unclear\. After 14 days it cannot be told .*`no price for lamp`/);
  expect(world.state.issue.open).toBe(false);
});

test('a step that is gone, or files that cannot be used, at the end of the watch: unclear', async () => {
  const [head, ...steps] = configuration.split(/^ {2}- /m);
  for (const text of [`${head}  - ${steps[1]?.replace(/changes:[\s\S]*/, 'changes: {}\n')}`, 'version: 2\n']) {
    const world = await merged();
    world.repository.commitOn('main', { '.github/corrigible.yml': text });
    world.wait(OVER);
    await world.settle();
    expect(await outcome(world)).toMatchObject({ outcome: 'unclear' });
    expect(world.status()).toContain('it cannot be told');
  }
});

test('green cases at the end of the watch: held', async () => {
  for (const files of [{}, { '.github/corrigible.yml': noisy }]) {
    const world = await merged(files);
    world.wait(OVER);
    await world.settle();
    expect(await outcome(world)).toMatchObject({ outcome: 'held' });
  }
});

test.each([
  ['one red run says nothing', (run: number) => run === 0, undefined],
  ['red in every run says what it says', () => true, 'reverted'],
  ['what tells neither way says nothing', (run: number) => run % 5 === 0, undefined],
])('a noisy step after the merge: %s', async (_, isWrong, wanted) => {
  const world = await merged({ '.github/corrigible.yml': noisy });
  wrongOnBase(world, isWrong);
  world.repository.commitOn('main', { 'README.md': 'x' });
  await world.settle();
  expect((await outcome(world)) as object | undefined).toEqual(
    wanted === undefined ? undefined : expect.objectContaining({ outcome: wanted }),
  );
  expect(world.state.issue.open).toBe(wanted !== undefined);
});

test('a noisy step that happens to be green in one run at the end of the watch has not held', async () => {
  const world = await merged({ '.github/corrigible.yml': noisy });
  let runs = 0;
  wrongOnBase(world, () => runs++ > 1);
  world.repository.commitOn('main', { 'README.md': 'x' });
  await world.settle();
  expect(await outcome(world)).toBeUndefined();
  world.wait(OVER);
  await world.settle();
  expect(await outcome(world)).toMatchObject({ outcome: 'reverted' });
});

test('a noisy step that tells neither way at the end of the watch has not held', async () => {
  const world = await merged({ '.github/corrigible.yml': noisy });
  wrongOnBase(world, (run) => run % 5 === 2);
  world.repository.commitOn('main', { 'README.md': 'x' });
  world.wait(OVER);
  await world.settle();
  expect(await outcome(world)).toMatchObject({ outcome: 'unclear' });
});

/** Somebody takes the fix back in words; what they leave there is broken for its case. */
async function backedOut(files: Readonly<Record<string, string>>, says = true): Promise<SmallWorld> {
  const world = await merged();
  const { repository } = world;
  const base = repository.remote.get('main') ?? '';
  const tree = await repository.withFiles(await repository.treeOf(base), files);
  const words = says ? `Back out\n\nThis reverts commit ${base}.` : 'Tidy up';
  repository.remote.set('main', await repository.commit(tree, [base], words));
  await world.settle();
  return world;
}

test('a commit that says it reverts the fix is recognised where its case errs and every other case of the step answers', async () => {
  const world = await backedOut({ [PRICES]: '{ "vase": 7 }' });
  expect(await outcome(world)).toMatchObject({ outcome: 'reverted', recognised: 'revert' });
  expect(world.state.issue.open).toBe(true);
  expect(world.said().join()).toContain('cannot be run any more on the base branch');
});

test.each([
  ['where the step answers in no case any more', { [PRICES]: '{}' }, true],
  [
    'where another case of the step errs as well',
    {
      [PRICES]: '{ "vase": 7 }',
      'evals/price.yml': `${shopFiles['evals/price.yml']}  - { name: a chair, input: { thing: chair }, expect: [{ path: /price, op: eq, value: 1 }] }\n`,
    },
    true,
  ],
  ['without such a commit', { [PRICES]: '{ "vase": 7 }' }, false],
  ['where the case is green', { 'README.md': 'x' }, true],
])('no revert is recognised %s', async (_, files, says) => {
  const world = await backedOut(files, says);
  expect(await outcome(world)).toBeUndefined();
  expect(world.state.issue.open).toBe(false);
});
