import { expect, test } from 'vitest';
import { judgeGuarded } from '../../src/judge-pairs.ts';
import { configuration } from './support/shop.ts';
import { type SmallWorld, smallWorld } from './support/small-world.ts';

const all = configuration.replace('version: 1', 'version: 1\npull-requests: all');
const CASES = 'evals/price.yml';
const one = 'cases:\n  - { name: a vase is 7, input: { thing: vase }, expect: [{ path: /price, op: eq, value: 7 }] }\n';
const two = `${one}  - { name: a lamp is 5, input: { thing: lamp }, expect: [{ path: /price, op: eq, value: 5 }] }\n`;

/** Judges a head of a person's, made by this change of what base was at first, after base itself was changed. */
async function judgedAfter(
  world: SmallWorld,
  onBase: Readonly<Record<string, string | null>>,
  change: Readonly<Record<string, string | null>>,
) {
  const { repository } = world;
  repository.remote.set('mine', repository.remote.get('main') ?? '');
  repository.commitOn('main', onBase);
  const head = repository.commitOn('mine', change);
  const stage = { pull: { author: 'mallory', head, by: 'mallory', undoes: null } } as never;
  const reports = { beside: async (_: unknown, judge: () => unknown) => [await judge()] } as never;
  await judgeGuarded(world.ports, stage, reports, new AbortController().signal);
  const judged = (await world.facts()).findLast((fact) => fact.kind === 'judged');
  expect(judged).toMatchObject({ head });
  return judged?.verdict;
}

test('5 a head rooted before the configuration is judged by today’s', async () => {
  const world = smallWorld({ files: { '.github/corrigible.yml': null } });
  const verdict = await judgedAfter(
    world,
    { '.github/corrigible.yml': all },
    { 'rules/price.json': '{ "lamp": 5, "vase": 1000 }' },
  );
  expect(verdict).toMatchObject({ passed: false });
  expect(verdict?.held).toBeUndefined();
  expect(JSON.stringify(verdict)).toContain('a vase is 7');
});

test('5 a head rooted before a case is judged by that case as well', async () => {
  const world = smallWorld({ files: { '.github/corrigible.yml': all } });
  const verdict = await judgedAfter(world, { [CASES]: two }, { 'rules/price.json': '{ "lamp": 1000, "vase": 7 }' });
  expect(verdict).toMatchObject({ passed: false });
  expect(JSON.stringify(verdict)).toContain('a lamp is 5');
});

test('5 where the new oracle and the head conflict, the gate waits and says what to do', async () => {
  const world = smallWorld({ files: { '.github/corrigible.yml': all } });
  const verdict = await judgedAfter(world, { [CASES]: two }, { [CASES]: one.replace('op: eq', 'op: ne') });
  expect(verdict).toMatchObject({ passed: false, held: 'waits' });
  expect(verdict?.because).toContain('bring it up to date with `main`');
});

/** Of two cases the second is red where the head stands. */
const redWorld = () =>
  smallWorld({
    files: { '.github/corrigible.yml': all, [CASES]: two, 'rules/price.json': '{ "lamp": 4, "vase": 7 }' },
  });
const mended = { 'rules/price.json': '{ "lamp": 5, "vase": 7 }' };

test('5 what is red where the head stands is forgiven only as far as it is red on base today', async () => {
  const world = redWorld();
  expect(await judgedAfter(world, mended, { 'README.md': 'y' })).toMatchObject({ passed: true });
  const main = world.repository.remote.get('main');
  expect((await world.facts()).findLast((fact) => fact.kind === 'judged')).toMatchObject({ base: main });
});

test('5 a case that is still red on base today is forgiven, wherever the head stands', async () => {
  const verdict = await judgedAfter(redWorld(), { 'docs/a.md': 'x' }, { 'README.md': 'y' });
  expect(verdict).toMatchObject({ passed: true });
  expect(JSON.stringify(verdict)).toContain('a lamp is 5');
});

test('5 where a case is red on the older root and the head conflicts with base, the gate waits', async () => {
  const verdict = await judgedAfter(redWorld(), mended, { 'rules/price.json': '{ "lamp": 3, "vase": 7 }' });
  expect(verdict).toMatchObject({ passed: false, held: 'waits' });
  expect(verdict?.because).toContain('forgiven only as far as it is red on `main` today');
});

test('5 where only other files of base changed, a head is judged where it stands', async () => {
  const world = smallWorld({ files: { '.github/corrigible.yml': all } });
  const [root] = [world.repository.remote.get('main')];
  const verdict = await judgedAfter(world, { 'README.md': 'x' }, { 'rules/price.json': '{ "lamp": 6, "vase": 7 }' });
  expect(verdict).toMatchObject({ passed: true });
  expect((await world.facts()).findLast((fact) => fact.kind === 'judged')).toMatchObject({ base: root });
});

test('5 where the files of base cannot be read, each case that the head puts into quarantine is named', async () => {
  const world = smallWorld({ files: { '.github/corrigible.yml': 'version: 99\n' } });
  const since = world.ports.clock.now().slice(0, 10);
  const list = `quarantine:\n  - { step: price, case: a vase is 7, owner: carol, since: ${since}, until: ${since}, reason: it wavers }\n`;
  const verdict = await judgedAfter(
    world,
    {},
    { '.github/corrigible.yml': all, '.github/corrigible-quarantine.yml': list },
  );
  const oracle = verdict?.children?.find(({ name }) => name === 'oracle');
  expect(oracle).toMatchObject({ held: 'waits' });
  expect(oracle?.children?.map(({ name }) => name)).toContain('price: a vase is 7');
});
