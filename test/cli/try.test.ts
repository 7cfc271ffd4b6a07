import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Given } from '../../src/cli/try/read-rejection.ts';
import { runTry } from '../../src/cli/try.ts';
import { drafts, scriptedModel } from '../support/scripted-model.ts';
import { ownTmp } from './support/own-tmp.ts';

const run = promisify(execFile);
const EXAMPLE = resolve('examples/support-pipeline');
const refund: Given = { ticket: 'T-0001', say: 'KB-107 should come first for refund questions.' };

type Env = Readonly<Record<string, string>>;

await ownTmp('try');

interface Clone {
  readonly path: string;
  /** Runs `corrigible try`; the answers are given in turn, and null once there are no more. */
  attempt(given: Given, answers?: readonly boolean[], env?: Env): Promise<{ tried: string; said: string }>;
}

/** A clone of the example with one commit, and the check that nobody wrote to it. */
async function inClone(change: Readonly<Record<string, string>>, story: (clone: Clone) => Promise<void>) {
  const path = await mkdtemp(join(tmpdir(), 'corrigible-clone-'));
  try {
    await cp(EXAMPLE, path, { recursive: true });
    for (const [file, text] of Object.entries(change)) await writeFile(join(path, file), text);
    const git = (...args: string[]) =>
      run('git', ['-C', path, '-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args]);
    await git('init', '-q', '-b', 'main');
    await git('add', '.');
    await git('commit', '-q', '-m', 'Start');
    const before = await filesOf(path);
    const temporary = await ours();
    await story({ path, attempt: (...of) => attempt(path, ...of) });
    expect(await filesOf(path)).toEqual(before);
    expect(await ours()).toEqual(temporary);
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

const yes = [true, true, true, true, true];

async function attempt(path: string, given: Given, answers: readonly boolean[] = yes, env: Env = {}) {
  const left = [...answers];
  const lines: string[] = [];
  const tried = await runTry(path, given, {
    env,
    ask: async () => left.shift() ?? null,
    print: (line) => lines.push(line),
    signal: AbortSignal.timeout(60_000),
  });
  return { tried, said: lines.join('\n') };
}

const filesOf = async (path: string) => (await readdir(path, { recursive: true })).sort();
const ours = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('corrigible-try-'));

test('a clear rejection comes out as a green fix, and the clone is as before', () =>
  inClone({}, async ({ attempt }) => {
    const { tried, said } = await attempt({ rejection: join(EXAMPLE, 'rejections/clear.json') });
    expect(tried).toBe('green');
    expect(said.slice(said.indexOf('Verdict:'), said.indexOf('The fix'))).toMatchInlineSnapshot(`
      "Verdict:
        ✓ gate: everything passed
          ✓ integrity: everything passed
            ✓ changes: 1 file changed
            ✓ names: ordinary file names
            ✓ oracle: no case, rubric, configuration, workflow or lock file is touched
            ✓ paths: only what this kind of change may touch
            ✓ links: no symbolic link
            ✓ submodules: no submodule
            ✓ modes: no file mode changed
            ✓ executables: no new executable file
            ✓ size: 2 changed lines, within the limit
            ✓ secrets: nothing that looks like a secret
          ✓ spec: everything passed
            ✓ Rank KB-107 first for billing.refund: red on base, green now
            ✓ another intent keeps its order: green on base, green now
            ✓ hold-outs: every hold-out is green
          ✓ step classify: 20 of 20 cases as before
          ✓ step extract: 19 of 19 cases as before
          ✓ step fetch: 18 of 18 cases as before
          ✓ step plan: 21 of 21 cases as before
      "
    `);
    expect(said).toMatch(/^\+ {4}"billing.refund": .*"KB-107": 9/m);
    expect(said).toContain('+++ b/evals/fetch/rejection-1.yml');
  }));

test('a fix that would break a standing case is not green, and the case is named', async () => {
  const text = await readFile(join(EXAMPLE, 'evals/fetch.yml'), 'utf8');
  const wrong =
    '  - name: refunds keep the invoice article\n    input: { subject: a, text: b, intent: billing.refund, language: en, entities: {} }\n    expect: [{ path: /articles/0/id, op: eq, value: KB-104 }]\n';
  await inClone({ 'evals/fetch.yml': `${text.trimEnd()}\n${wrong}` }, async ({ attempt }) => {
    const { tried, said } = await attempt(refund);
    expect(tried).toBe('error');
    expect(said.slice(said.indexOf('    ✗ step fetch'))).toMatchInlineSnapshot(`
      "    ✗ step fetch
            ✗ refunds keep the invoice article: green on base, red now: \`/articles/0/id\` should eq \`"KB-104"\`, but is \`"KB-107"\`
          ✓ step plan: 21 of 21 cases as before
      No fix, because no attempt passed the checks. The last one: step fetch: refunds keep the invoice article: green on base, red now: \`/articles/0/id\` should eq \`"KB-104"\`, but is \`"KB-107"\`."
    `);
  });
});

test('with a model set, what no recipe fits is drafted and fixed by it, and the key stays here', () =>
  inClone({}, async ({ attempt }) => {
    const spec = {
      is: 'spec',
      step: 'fetch',
      expect: [{ path: '/articles/0/id', op: 'eq', value: 'KB-107' }],
      guards: [],
      holdOuts: [{ name: 'louder', change: [{ path: '/text', op: 'upper' }] }],
      observed: 'Fetch puts the invoice article first.',
      expected: 'For refunds the refund article comes first.',
      quotes: ['wants the money back'],
      change: 'adjust-fetch-weight',
      files: ['config/fetch.json'],
      title: 'Put the refund article first',
    };
    const old = '"KB-104": 8, "KB-107": 5';
    await using model = await scriptedModel([
      { expect: /wants the money back/, reply: { json: { change: spec.change } } },
      ...drafts(spec),
      {
        expect: ({ raw }) => expect(raw).not.toContain('wants the money back'),
        reply: { tool: 'edit', args: { path: 'config/fetch.json', old, new: '"KB-104": 8, "KB-107": 9' } },
      },
      { reply: { tool: 'done', args: { summary: 'The weight is larger.' } } },
    ]);
    const say = 'An article about invoices, but the customer wants the money back.';
    const env = { OPENAI_API_KEY: 'sk-test', OPENAI_MODEL: 'scripted', OPENAI_BASE_URL: model.baseUrl };
    const { tried, said } = await attempt({ ticket: 'T-0001', say }, yes, env);
    expect(model.complaints).toEqual([]);
    expect(said).toMatch(/^\+ {4}"billing.refund": .*"KB-107": 9/m);
    expect(said).not.toContain('sk-test');
    expect(tried).toBe('green');
  }));

test('a vague rejection is asked about, with nothing run', () =>
  inClone({}, async ({ attempt }) => {
    const { tried, said } = await attempt({ ticket: 'T-0034', say: 'This answer is not good.' });
    expect(tried).toBe('person');
    expect(said).toContain('What should have come out instead?');
    expect(said).toContain('Put the answer into --say');
    expect(said).not.toMatch(/@you|edit it|description/);
    expect(said).not.toContain('Verdict:');
  }));

test('an answer that speaks against the fix ends it in words', () =>
  inClone({}, async ({ attempt }) => {
    const { tried, said } = await attempt(refund, [true, false, true, true, true]);
    expect([tried, said.split('\n').at(-1)]).toEqual([
      'person',
      'Declined, because it was answered as a one-off, and one-offs are not made into rules.',
    ]);
  }));

test('without answers nothing is started', () =>
  inClone({}, async ({ attempt }) => {
    const { tried, said } = await attempt(refund, [true, true]);
    expect([tried, said.split('\n').at(-1)]).toEqual([
      'person',
      'The questions were not answered, so nothing was started.',
    ]);
  }));

test('a mistake in the configuration is told with file and line', () =>
  inClone({ '.github/corrigible.yml': 'version: 2\n' }, async ({ attempt }) => {
    const { tried, said } = await attempt(refund);
    expect(tried).toBe('error');
    expect(said).toContain('`.github/corrigible.yml:1`');
  }));

test('what is no clone, and half a model, end in words', async () => {
  const around = { env: {}, ask: async () => true, print: () => {}, signal: AbortSignal.timeout(1000) };
  await expect(runTry('/proc', refund, around)).rejects.toThrow(
    '/proc cannot be read as a git clone. Name the top folder',
  );
  const half = { ...around, env: { OPENAI_MODEL: 'some-model' } };
  await expect(runTry('.', refund, half)).rejects.toThrow('OPENAI_API_KEY and OPENAI_MODEL go together');
});
