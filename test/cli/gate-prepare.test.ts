import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { runGate } from '../../src/cli/gate.ts';
import { ownTmp } from './support/own-tmp.ts';

const run = promisify(execFile);
const own = await ownTmp('gate-prepare');

type Files = Readonly<Record<string, string>>;

/** As a package manager does: it runs what the files of the repository say. */
const INSTALL = `const { scripts } = JSON.parse(require('fs').readFileSync('package.json', 'utf8'));
require('child_process').execSync(scripts.postinstall, { stdio: 'inherit' });
`;
const packageOf = (script: string): string => JSON.stringify({ scripts: { postinstall: script } });
const makes = (word: string) =>
  `mkdir -p node_modules && echo 'module.exports = ${JSON.stringify(word)};' > node_modules/word.js`;

const base: Files = {
  '.github/corrigible.yml': `version: 1
steps:
  - name: say
    run: node say.cjs
    inputs: [say.cjs]
    cases: evals/say.yml
    report: { run: node suite.cjs, file: report, format: jsonl, oracle: [suite.cjs] }
prepare:
  run: node install.cjs
  inputs: [package.json, install.cjs]
  makes: [node_modules]
changes:
  all: { step: say, paths: ['**'] }
pull-requests: all
`,
  'install.cjs': INSTALL,
  'package.json': packageOf(makes('hello')),
  'say.cjs': `console.log(JSON.stringify({ says: require('word') }));\n`,
  'suite.cjs': `require('fs').writeFileSync('report', JSON.stringify({ id: 'the suite knows ' + require('word'), pass: true }) + '\\n{"end":1}\\n');\n`,
  'evals/say.yml': `cases:
  - name: it says hello
    input: 1
    expect: [{ path: /says, op: eq, value: hello }]
`,
};

/** Base and a head with these changes, judged by `gate`. */
async function judged(change: Files, env: Record<string, string> = {}, from: Files = base) {
  const path = await mkdtemp(join(own, 'clone-'));
  const git = async (...args: string[]) =>
    run('git', ['-C', path, '-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args]);
  const commit = async (files: Files) => {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(path, file)), { recursive: true });
      await writeFile(join(path, file), text);
    }
    await git('add', '-A', '-f');
    await git('commit', '-q', '-m', 'Change');
  };
  try {
    await git('init', '-q', '-b', 'main');
    await commit(from);
    await git('tag', 'base');
    await commit(change);
    const lines: string[] = [];
    const around = {
      env: { ...process.env, XDG_CACHE_HOME: join(own, 'cache'), ...env },
      signal: AbortSignal.timeout(110_000),
    };
    const code = await runGate(path, { base: 'base' }, { ...around, print: (line) => void lines.push(line) });
    expect((await readdir(own)).filter((name) => name.startsWith('corrigible-gate-'))).toEqual([]);
    return { code, said: lines.join('\n') };
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

test('a head is run with what base’s command made', async () => {
  const { code, said } = await judged({ 'README.md': 'x\n' });
  expect(said).toContain('step say: 2 of 2 cases as before');
  expect(code).toBe(0);
});

test('nothing of a hostile head makes dependencies: neither its scripts, nor what it brings along ready-made', async () => {
  const broken = `console.log(JSON.stringify({ says: require('word').replace('hello', 'goodbye') }));\n`;
  const scripts = await judged({
    'package.json': packageOf(`${makes('x')}; sed -i s/x/hello/ say.cjs`),
    'say.cjs': broken,
  });
  expect(scripts.code).toBe(1);
  expect(scripts.said).toContain('it says hello: green on base, red now');
  expect(scripts.said).toContain('`package.json` decide which dependencies there are');
  const ready = await judged({ 'node_modules/word.js': "module.exports = 'goodbye';\n" });
  expect(ready.said).toContain('step say: 2 of 2 cases as before');
  expect(ready.said).toContain(
    '`node_modules/word.js` decide which dependencies there are. Everything was run with those of the base branch',
  );
  expect(ready.code).toBe(3);
});

test('a head cannot say what base’s dependencies are made by', async () => {
  const configuration = base['.github/corrigible.yml']?.replace('node install.cjs', makes('other')) ?? '';
  const { code, said } = await judged({ '.github/corrigible.yml': configuration });
  expect(said).toContain('step say: 2 of 2 cases as before');
  expect(code).toBe(3);
});

test('dependencies that cannot be made are told in words, and nothing is judged', async () => {
  const failing = { ...base, 'package.json': packageOf('echo no such package >&2; exit 7') };
  const { code, said } = await judged({ 'README.md': 'x\n' }, {}, failing);
  expect(said).toContain('“prepare”: `node install.cjs` ended with exit code 1.');
  expect(said).toContain('no such package');
  expect(code).toBe(2);
});

test('the network is what the person at the terminal allows: nothing, unless their file says so', async () => {
  const configuration = base['.github/corrigible.yml']?.replace('prepare:', 'prepare:\n  network: true') ?? '';
  const from = { ...base, '.github/corrigible.yml': configuration };
  expect(await judged({ 'README.md': 'x\n' }, {}, from)).toMatchObject({
    code: 2,
    said: expect.stringContaining('the operator of this app allows no host'),
  });
  const file = join(own, 'operator.yml');
  await writeFile(file, 'network: { prepare: [registry.npmjs.org] }\n');
  expect((await judged({ 'README.md': 'x\n' }, { OPERATOR_FILE: file }, from)).code).toBe(0);
  await writeFile(file, 'network: { prepare: [10.0.0.1] }\n');
  expect(await judged({ 'README.md': 'x\n' }, { OPERATOR_FILE: file }, from)).toMatchObject({
    code: 2,
    said: expect.stringContaining('write the name of a host'),
  });
});
