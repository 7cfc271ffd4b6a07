import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { runGate } from '../../src/cli/gate.ts';
import { sandboxEnvironment } from '../../src/cli/local-sandbox.ts';
import { runTry } from '../../src/cli/try.ts';
import { ownTmp } from './support/own-tmp.ts';

const run = promisify(execFile);
const asRoot = process.getuid?.() === 0;

const own = await ownTmp('sandbox');

// A step that answers only where commands run without bubblewrap: there alone they are told where their tree is.
const files: Readonly<Record<string, string>> = {
  '.github/corrigible.yml': `version: 1
steps:
  - name: echo
    run: test -n "$SANDBOX_TREE" && cat
    inputs: ['**']
    cases: evals/echo.yml
changes: {}
pull-requests: all
`,
  'evals/echo.yml': 'cases:\n  - { name: it answers, input: { a: 1 }, expect: [{ path: /a, op: eq, value: 1 }] }\n',
};

async function inRepository(story: (path: string) => Promise<void>): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'clone-'));
  const git = (...args: string[]) =>
    run('git', ['-C', path, '-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args]);
  try {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(path, file)), { recursive: true });
      await writeFile(join(path, file), text);
    }
    await git('init', '-q', '-b', 'main');
    await git('add', '.');
    await git('commit', '-q', '-m', 'Start');
    await writeFile(join(path, 'README.md'), 'more\n');
    await git('add', '.');
    await git('commit', '-q', '-m', 'More');
    await story(path);
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

const signal = () => AbortSignal.timeout(110_000);

async function gate(path: string, sandbox: string, runtime = '') {
  const said: string[] = [];
  const env = { ...process.env, XDG_CACHE_HOME: join(own, 'cache'), SANDBOX: sandbox, CONTAINER_RUNTIME: runtime };
  const code = await runGate(path, { base: 'HEAD~1' }, { env, print: (line) => said.push(line), signal: signal() });
  return { code, said: said.join('\n') };
}

const tried = (path: string, sandbox: string) =>
  runTry(path, { say: 'x' }, { env: { SANDBOX: sandbox }, ask: async () => null, print: () => {}, signal: signal() });

test.skipIf(!asRoot)('gate runs steps as SANDBOX says, and keeps apart what came of either', () =>
  inRepository(async (path) => {
    const warning = '! SANDBOX is external: commands of repositories run without a sandbox';
    const held = await gate(path, '');
    const external = await gate(path, 'external');
    expect([held.said.includes(warning), external.said.includes(warning)]).toEqual([false, true]);
    expect(held.said).toMatch(/it answers: it does not run now/);
    expect(external.said).toMatch(/✓ step echo/);
    expect([held.code, external.code]).toEqual([1, 0]);
    expect((await gate(path, '')).code).toBe(1);
  }),
);

test('gate runs steps in containers where it is told to, or says why it cannot', () =>
  inRepository(async (path) => {
    const { code, said } = await gate(path, 'container', '/nowhere/runc');
    expect(code).not.toBe(0);
    expect(said).toContain('the container runtime /nowhere/runc is missing');
  }));

test('gate and try do not guess what SANDBOX means', () =>
  inRepository(async (path) => {
    const { code, said } = await gate(path, 'exernal');
    expect([code, said]).toEqual([2, expect.stringMatching(/^SANDBOX: Leave it out, or set it to /)]);
    await expect(tried(path, 'exernal')).rejects.toThrow('SANDBOX: Leave it out');
  }));

test('an app that is started from here holds code as this one would, and is told nothing else', () => {
  const env = { SANDBOX: 'container', CONTAINER_RUNTIME: 'crun --debug', PRIVATE_KEY: 'k', OPENAI_API_KEY: 'o' };
  expect(sandboxEnvironment(env)).toEqual({ SANDBOX: 'container', CONTAINER_RUNTIME: 'crun --debug' });
});
