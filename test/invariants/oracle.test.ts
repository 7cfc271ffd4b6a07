import { expect, test } from 'vitest';
import { Configuration } from '../../src/domain/configuration.ts';
import { type ChangedPath, judgeIntegrity, oracleGlobs } from '../../src/domain/integrity.ts';
import { smallWorld } from './support/small-world.ts';

const configuration = Configuration.parse({
  version: 1,
  steps: [{ name: 'fetch', run: 'x', inputs: ['src/**'], cases: 'evals/fetch.yml' }],
  tickets: 'tickets',
  rubrics: '.github/rubrics',
  changes: { all: { step: 'fetch', paths: ['**'] } },
});
const plain = { status: 'modified', oldMode: '100644', newMode: '100644', added: 1, removed: 1 } as const;

interface About {
  readonly oracle?: readonly string[];
  readonly paths?: readonly string[];
  readonly diff?: string | null;
  readonly limits?: { readonly lines: number; readonly files: number };
}

/** The names of the findings that fail. */
function failed(changes: readonly (Partial<ChangedPath> & { path: string })[], about: About = {}): readonly string[] {
  const verdict = judgeIntegrity({
    changes: changes.map((change) => ({ ...plain, ...change })),
    paths: ['**'],
    oracle: oracleGlobs(configuration),
    limits: { lines: 10, files: 2 },
    diff: '',
    ...about,
  });
  expect(verdict.passed).toBe((verdict.children ?? []).every((child) => child.passed));
  return (verdict.children ?? []).filter((child) => !child.passed).map((child) => child.name);
}

test('invariant 5: a change within its paths passes', () => {
  expect(failed([{ path: 'src/fetch.ts' }], { paths: ['src/**'] })).toEqual([]);
});

test.each([
  'evals/fetch.yml',
  'evals/fetch/rejection-7.yml',
  'evals/fetch/deep/own.json',
  'EVALS/fetch.yml',
  '.github/corrigible.yml',
  '.github/workflows/ci.yml',
  '.github/rubrics/own.md',
  '.GitHub/Workflows/ci.yml',
  'tickets/T-0001.json',
  '.gitattributes',
  '.gitmodules',
  'src/.gitignore',
  'a/.git/config',
  '.husky/pre-commit',
  'package-lock.json',
  'packages/a/package-lock.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lockb',
  'Cargo.lock',
  'go.sum',
  'poetry.lock',
  'uv.lock',
  'Gemfile.lock',
  'composer.lock',
  'npm-shrinkwrap.json',
  'Pipfile.lock',
  'deno.lock',
  'mix.lock',
  'src/packages.lock.json',
  'gradle.lockfile',
  'Package.resolved',
  'AGENTS.md',
  'src/AGENTS.md',
  'CLAUDE.md',
])('invariant 5: a candidate that touches %s is refused, whatever its kind may touch', (path) => {
  expect(failed([{ path }])).toContain('oracle');
  expect(failed([{ path, status: 'added', oldMode: '000000' }])).toContain('oracle');
  expect(failed([{ path, status: 'deleted', newMode: '000000' }])).toContain('oracle');
});

test.each(['src/fetch.ts', 'config/evals.yml', 'evals/fetch-notes.md', 'src/gitlab.ts', 'yarn.lock.md'])(
  'invariant 5: %s is no oracle',
  (path) => {
    expect(failed([{ path }])).toEqual([]);
  },
);

test.each([
  ['paths', 'a file beside', { path: 'src/other.ts' }, { paths: ['src/fetch.ts'] }],
  ['links', 'a new link', { path: 'src/a', status: 'added', oldMode: '000000', newMode: '120000' }, {}],
  ['submodules', 'a new one', { path: 'src/a', status: 'added', oldMode: '000000', newMode: '160000' }, {}],
  ['submodules', 'one taken away', { path: 'src/a', status: 'deleted', oldMode: '160000', newMode: '000000' }, {}],
  ['modes', 'a file made executable', { path: 'src/a', newMode: '100755' }, {}],
  ['executables', 'a new one', { path: 'src/a', status: 'added', oldMode: '000000', newMode: '100755' }, {}],
  ['names', 'a line break', { path: 'src/a\nb' }, {}],
  ['names', 'a way up', { path: 'src/../../b' }, {}],
  ['size', 'too many lines', { path: 'src/a', added: 11 }, {}],
  ['secrets', 'a key of a model', { path: 'src/a' }, { diff: `+const key = 'sk-${'a'.repeat(30)}'` }],
  ['secrets', 'a private key', { path: 'src/a' }, { diff: '+-----BEGIN RSA PRIVATE KEY-----' }],
  ['secrets', 'a token', { path: 'src/a' }, { diff: `+ghp_${'a'.repeat(36)}` }],
  ['secrets', 'a diff too large to read', { path: 'src/a' }, { diff: null }],
] satisfies readonly (readonly [string, string, Partial<ChangedPath> & { path: string }, About])[])(
  'invariant 5: integrity names %s: %s',
  (name, _, change, about) => {
    expect(failed([change], about)).toContain(name);
  },
);

test('invariant 5: too many files, and no change at all, are named', () => {
  expect(failed([{ path: 'a' }, { path: 'b' }, { path: 'c' }])).toEqual(['size']);
  expect(failed([])).toEqual(['changes']);
});

test('invariant 5: nothing of a candidate that touches the oracle is run', async () => {
  const easier = 'cases:\n  - { name: anything, input: { thing: vase }, expect: [{ path: /price, op: present }] }\n';
  const world = smallWorld({
    fix: () => ({ 'evals/price.yml': easier, 'rules/price.json': '{ "lamp": 9, "vase": 0 }' }),
  });
  await world.proposed();
  expect(world.state.pull).toBe(null);
  const judged = (await world.facts()).filter((fact) => fact.kind === 'judged');
  expect(judged.length).toBeGreaterThan(0);
  for (const { verdict } of judged) expect(verdict.children?.map((child) => child.name)).toEqual(['integrity']);
  expect(world.status()).toContain('it changes what it is judged by: `evals/price.yml`');
});

test('invariant 5: cases that a person takes off the branch are red: what is approved is compared byte for byte', async () => {
  const world = smallWorld();
  await world.proposed();
  await world.push(world.state.pull!.branch, { 'evals/price/rejection-7.yml': null }, 'carol');
  world.approve();
  await world.settle();
  expect(world.state.merges).toEqual([]);
  expect(world.status()).toContain('it changes what it is judged by: `evals/price/rejection-7.yml`');
});

test('invariant 5: nothing that dependencies are made of, and nothing where they lie, is a candidate’s', () => {
  const makes = ['node_modules', 'vendor/cache'];
  const prepare = { run: 'sh get.sh', inputs: ['requirements*.txt', 'get.sh'], makes };
  const preparing = Configuration.parse({ ...configuration, prepare });
  const touched = (path: string) => failed([{ path, status: 'added' }], { oracle: oracleGlobs(preparing) });
  for (const path of ['requirements-dev.txt', 'Requirements.txt', 'get.sh', 'vendor/cache', 'vendor/cache/a/b.js'])
    expect([path, touched(path)]).toEqual([path, ['oracle']]);
  for (const path of ['src/get.sh', 'vendor/own.js']) expect([path, touched(path)]).toEqual([path, []]);
});
