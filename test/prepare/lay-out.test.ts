import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Configuration } from '../../src/domain/configuration.ts';
import { layOut, patiently, preparedFor } from '../../src/lay-out.ts';
import { NotPrepared, type Ports, type Preparation, type Prepared, type Repository, Weather } from '../../src/ports.ts';
import { makeRepository } from '../agents/make-repository.ts';

const configurationOf = (run: string) => `version: 1
steps: [{ name: say, run: x, inputs: [x], cases: evals/say.yml }]
prepare: { run: ${run}, inputs: [package*.json, tools/get.sh], makes: [node_modules] }
changes: {}
`;
const FILE = '.github/corrigible.yml';
const files = {
  [FILE]: configurationOf('npm ci'),
  'package.json': '{"of":"base"}',
  'tools/get.sh': 'get',
  'tools/other.sh': 'other',
  'src/secret.ts': 'nobody who makes dependencies needs this',
  'evals/say.yml': 'cases: [{ name: a, input: 1, expect: [{ path: /x, op: eq, value: 1 }] }]\n',
};

const state = await mkdtemp(join(tmpdir(), 'lay-out-'));
let repository: Repository;
let base: string;
beforeAll(async () => {
  await chmod(state, 0o711);
  ({ repository, base } = await makeRepository(state, files));
});
afterAll(() => rm(state, { recursive: true, force: true }));

const by = (commit: string, run = 'npm ci') => ({ commit, configuration: configuration(run) });
const configuration = (run: string): Configuration =>
  Configuration.parse({
    version: 1,
    steps: [{ name: 'say', run: 'x', inputs: ['x'], cases: 'evals/say.yml' }],
    prepare: { run, inputs: ['package*.json', 'tools/get.sh'], makes: ['node_modules'] },
    changes: {},
  });

/** Ports that note what is to be made, and of which files. */
function noting() {
  const asked: (Preparation & { readonly files: readonly string[] })[] = [];
  const ports = {
    ref: { installation: 1, repo: 'acme/shop', issue: 1 },
    repository,
    shipped: { rubrics: async () => ({}) },
    preparing: {
      prepare: async (of: Preparation) => {
        asked.push({ ...of, files: (await repository.list(of.tree, '')).toSorted() });
        return { key: 'k', layers: [] };
      },
    },
  } as unknown as Ports;
  return { ports, asked };
}

/** A commit on top of another, with these files. */
async function commit(on: string, change: Readonly<Record<string, string>>): Promise<string> {
  const tree = await repository.withFiles(await repository.treeOf(on), change);
  return repository.commit(tree, [on], 'more');
}

test('the command sees the files that are declared, as they are on base, and no others', async () => {
  const { ports, asked } = noting();
  const head = await commit(base, { 'package.json': '{"of":"head"}', 'package-lock.json': '{}' });
  const checkout = await layOut(ports, by(base), await repository.treeOf(head));
  await checkout.dispose();
  expect(checkout.prepared).toEqual({ key: 'k', layers: [] });
  expect(asked.map((one) => one.files)).toEqual([['package.json', 'tools/get.sh']]);
  expect(await repository.read(asked[0]?.tree ?? '', 'package.json')).toBe('{"of":"base"}');
});

test('another file of base changes nothing that dependencies are made of; a declared one does', async () => {
  const { ports, asked } = noting();
  await preparedFor(ports, by(base));
  const tree = await repository.treeOf(base);
  const treeWith = async (change: Readonly<Record<string, string>>) => {
    const other = { ...repository, treeOf: async () => repository.withFiles(tree, change) };
    await preparedFor({ ...ports, repository: other }, by(base));
  };
  await treeWith({ 'src/secret.ts': 'other' });
  await treeWith({ 'tools/get.sh': 'other' });
  const trees = asked.map((one) => one.tree);
  expect(trees[1]).toBe(trees[0]);
  expect(trees[2]).not.toBe(trees[0]);
});

test('what is not merged makes nothing, and says nothing of how: the commit does that both have in common', async () => {
  const { ports, asked } = noting();
  const inQueue = await commit(base, { [FILE]: configurationOf('curl evil'), 'package.json': '{"of":"queue"}' });
  await preparedFor(ports, by(inQueue, 'curl evil'));
  expect(asked.map(({ prepare, files: seen }) => [prepare.run, seen])).toEqual([
    ['npm ci', ['package.json', 'tools/get.sh']],
  ]);
  expect(await repository.read(asked[0]?.tree ?? '', 'package.json')).toBe('{"of":"base"}');
});

test('a commit that shares nothing with the default branch makes nothing', async () => {
  const { ports, asked } = noting();
  const foreign = await repository.commit(await repository.treeOf(base), [], 'another root');
  await expect(preparedFor(ports, by(foreign))).rejects.toThrow(NotPrepared);
  expect(asked).toEqual([]);
});

test('declared files of which none is there are a mistake, in words', async () => {
  const { ports } = noting();
  const { prepare } = configuration('npm ci');
  if (prepare === undefined) throw new Error('it has one');
  const nothing = { ...configuration('npm ci'), prepare: { ...prepare, inputs: ['gemfile'] } };
  await expect(preparedFor(ports, { commit: base, configuration: nothing })).rejects.toThrow(
    '“prepare”: none of its “inputs” is there on the default branch. Name the files that the command needs',
  );
});

test('whoever may not wait is told so, while what is made goes on, and gets it the next time', async () => {
  const made = Promise.withResolvers<Prepared>();
  const signals: (AbortSignal | undefined)[] = [];
  const preparing = patiently(
    {
      prepare: (_, signal) => {
        signals.push(signal);
        return made.promise;
      },
    },
    5,
  );
  const of = {} as Preparation;
  await expect(preparing.prepare(of)).rejects.toThrow(Weather);
  made.resolve({ key: 'k', layers: [] });
  expect(await preparing.prepare(of)).toEqual({ key: 'k', layers: [] });
  expect(signals).toEqual([undefined, undefined]);
});
