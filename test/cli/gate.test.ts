import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Asked, runGate } from '../../src/cli/gate.ts';
import { ownTmp } from './support/own-tmp.ts';

const run = promisify(execFile);
const EXAMPLE = resolve('examples/support-pipeline');

const own = await ownTmp('gate');

type Files = Readonly<Record<string, string | ((text: string) => string) | null>>;

interface Clone {
  readonly path: string;
  git(...args: string[]): Promise<string>;
  commit(files: Files): Promise<string>;
  gate(asked: Asked): Promise<{ readonly code: number; readonly said: string }>;
}

async function change(path: string, files: Files): Promise<void> {
  for (const [file, to] of Object.entries(files)) {
    const at = join(path, file);
    if (to === null) await rm(at);
    else await writeFile(at, typeof to === 'string' ? to : to(await readFile(at, 'utf8')));
  }
}

/** What is kept for the next time is this file's own. */
const here = { ...process.env, XDG_CACHE_HOME: join(own, 'cache') };

async function gate(path: string, asked: Asked, env: NodeJS.ProcessEnv = here, signal = AbortSignal.timeout(110_000)) {
  const lines: string[] = [];
  const code = await runGate(path, asked, { env, print: (line) => lines.push(line), signal });
  return { code, said: lines.join('\n') };
}

/** What a command could have touched: the worktree, refs, index and objects. */
const traces = async (path: string) => (await readdir(path, { recursive: true })).sort();

/** A git repository of the example with these changes, and the check that nobody wrote to it or left something behind. */
async function inClone(files: Files, story: (clone: Clone) => Promise<void>): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'clone-'));
  const git = async (...args: string[]) => {
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@b.example', '-c', 'advice.detachedHead=false'];
    return (await run('git', ['-C', path, ...who, ...args])).stdout.trim();
  };
  const commit = async (more: Files) => {
    await change(path, more);
    await git('add', '-A');
    await git('commit', '-q', '-m', 'Change');
    return git('rev-parse', 'HEAD');
  };
  try {
    await cp(EXAMPLE, path, { recursive: true });
    await git('init', '-q', '-b', 'main');
    await commit(files);
    const judge = async (asked: Asked) => {
      const there = await traces(path);
      const ended = await gate(path, asked);
      expect(await traces(path)).toEqual(there);
      expect((await readdir(own)).filter((name) => name.startsWith('corrigible-gate-'))).toEqual([]);
      return ended;
    };
    await story({ path, git, commit, gate: judge });
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

const lessForRefunds = (text: string) =>
  text.replace('"KB-107": 5', '"KB-107": 1').replace('"KB-106": 9', '"KB-106": 1');

test('each step of the example notices something, and what nobody noticed is told with its line', () =>
  inClone({}, async (clone) => {
    const { code, said } = await clone.gate({ selfTest: true, mutations: '6' });
    expect(said.split('\n').at(-1)).toBe('The gate notices: each step’s check went red by a wrong output.');
    expect(code).toBe(0);
    for (const step of ['classify', 'extract', 'fetch', 'plan'])
      expect(said).toMatch(new RegExp(`^${step}: [1-9]\\d* of \\d+ changes were noticed`, 'm'));
    const unnoticed = said.split('\n').filter((line) => line.startsWith('    '));
    expect(unnoticed.length).toBeGreaterThan(0);
    for (const line of unnoticed) expect(line).toMatch(/^ {4}(?:src|config)\/[\w.-]+:\d+ `.*` (?:removed|→ `.*`)$/);
  }));

/** Two of the example's steps, each with the files that it is about. */
const twoSteps = `version: 1
steps:
  - name: classify
    run: node src/step.ts classify
    lines: true
    inputs: [src/classify.ts, config/intents.json]
    cases: evals/classify.yml
  - name: plan
    run: node src/step.ts plan
    lines: true
    inputs: [src/plan.ts, config/plan.yml]
    cases: evals/plan.yml
changes: {}
`;
const oneCase = (expectation: string) =>
  `cases:\n  - { name: it answers, input: { subject: refund please, text: b }, expect: [${expectation}] }\n`;

test('a step whose suite any output passes is reported', () => {
  const suite = oneCase('{ path: "", op: present }');
  return inClone({ '.github/corrigible.yml': twoSteps, 'evals/classify.yml': suite }, async (clone) => {
    const { code, said } = await clone.gate({ selfTest: true, mutations: '4' });
    expect(code).toBe(1);
    expect(said).toMatch(/^classify: \d+ of 20 changes were noticed/m);
    expect(said).toContain('  Nothing noticed, though an output of its cases changed:\n');
    expect(said).toContain('classify: its check never went red by a wrong output, so it guards nothing.');
    expect(said.split('\n').at(-1)).toBe('The gate does not notice when these steps are broken: classify.');
  });
});

test('a step that is red without any change can show nothing', () => {
  const suite = oneCase('{ path: /nothing, op: present }');
  return inClone({ '.github/corrigible.yml': twoSteps, 'evals/classify.yml': suite }, async (clone) => {
    const { code, said } = await clone.gate({ selfTest: true, mutations: '4' });
    expect(code).toBe(1);
    expect(said).toContain(
      'classify: its check is red without any change, so it can show nothing. First make it green: ',
    );
    expect(said.split('\n').at(-1)).toBe('The gate does not notice when these steps are broken: classify.');
  });
});

const reporting = `version: 1
steps:
  - name: limit
    run: cat
    inputs: [limit.json]
    cases: evals/limit.yml
    report:
      run: grep -q 41 limit.json && echo '{"id":"a","pass":true}' > r || echo '{"id":"a","pass":false}' > r; echo '{"end":1}' >> r
      file: r
      format: jsonl
      oracle: [suite/**]
changes: {}
`;

test('what only a step’s report notices is noticed', () => {
  const suite = oneCase('{ path: /text, op: eq, value: b }');
  const files = { '.github/corrigible.yml': reporting, 'evals/limit.yml': suite, 'limit.json': '{ "limit": 41 }\n' };
  return inClone(files, async (clone) => {
    const { code, said } = await clone.gate({ selfTest: true, mutations: '9' });
    expect(said).toContain('limit: 2 of 2 changes were noticed.');
    expect(code).toBe(0);
  });
});

test('a head is judged against the commit that it stands on, step by step', () =>
  inClone({}, async (clone) => {
    await clone.git('switch', '-q', '-c', 'worse');
    await clone.commit({ 'config/fetch.json': lessForRefunds });
    await clone.git('switch', '-q', 'main');
    await clone.commit({ 'config/fetch.json': '{}' });
    const { code, said } = await clone.gate({ base: 'main', head: 'worse' });
    expect(code).toBe(1);
    expect(said).toContain('  ✗ gate\n    ✓ oracle: nothing that it is judged by is changed\n');
    expect(said).toMatch(/^ {4}✗ step fetch\n {6}✗ .+: green on base, red now: /m);
    expect(said).toContain('✓ step plan: 21 of 21 cases as before');
    expect((await clone.gate({ base: 'worse~1', head: 'worse~1' })).code).toBe(0);
  }));

test('nobody chooses an older root to be judged by less: cases that base has got since then count', async () => {
  const cases = await readFile(join(EXAMPLE, 'evals/fetch.yml'), 'utf8');
  const one = cases.slice(0, cases.indexOf('  - name: how to pay'));
  await inClone({ 'evals/fetch.yml': one }, async (clone) => {
    await clone.git('switch', '-q', '-c', 'older');
    await clone.commit({ 'config/fetch.json': lessForRefunds });
    expect((await clone.gate({ base: 'main', head: 'older' })).code).toBe(0);
    await clone.git('switch', '-q', 'main');
    await clone.commit({ 'evals/fetch.yml': cases });
    const { code, said } = await clone.gate({ base: 'main', head: 'older' });
    expect(said).toMatch(/: the merge of [0-9a-f]+ into [0-9a-f]+, because what it is judged by changed there/);
    expect(said).toContain('✗ step fetch');
    expect(code).toBe(1);
    await clone.git('switch', '-q', 'older');
    await clone.commit({ 'evals/fetch.yml': `${one}# Looked at.\n` });
    const conflicting = await clone.gate({ base: 'main', head: 'older' });
    expect(conflicting.said).toContain('Merge `main` into it, then judge it again.');
    expect(conflicting.code).toBe(3);
  });
});

/** A head that moves the limit of one step from here to there, judged by what stands in these files. */
async function judgeLimit(
  from: number,
  to: number,
  configured: string,
  cases = oneCase('{ path: /text, op: eq, value: b }'),
) {
  const limit = (value: number) => ({ 'limit.json': `{ "limit": ${value} }\n` });
  let ended = { code: -1, said: '' };
  await inClone({ '.github/corrigible.yml': configured, 'evals/limit.yml': cases, ...limit(from) }, async (clone) => {
    await clone.commit(limit(to));
    ended = await clone.gate({ base: 'main~1' });
  });
  return ended;
}

/** Time limits of so many minutes are over at once. */
function over(minutes: number): void {
  const real = AbortSignal.timeout;
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) =>
    ms === minutes * 60_000 ? AbortSignal.abort() : real(ms),
  );
  onTestFinished(() => void vi.restoreAllMocks());
}

test('a suite that leaves no report on base is mended by a head on which it does', async () => {
  const none = reporting.replace('|| echo', '|| exit 3; echo').replace('"pass":false', '"pass":true');
  const { code, said } = await judgeLimit(40, 41, none);
  expect(said).toMatch(/✓ the report: not green on base, green now/);
  expect(code).toBe(0);
});

const noisyReport = reporting.replace('format: jsonl', 'format: jsonl\n      deterministic: false');
const noisyCases = reporting
  .replace('run: cat', 'run: cat limit.json\n    deterministic: false')
  .replace('grep -q 41', 'grep -q 4');
test.each([
  ['report', 'a', noisyReport, undefined],
  ['case', 'it answers', noisyCases, oneCase('{ path: /limit, op: eq, value: 41 }')],
])(
  'a flip of a noisy %s that there is no time to run again is undecided, and a person decides',
  async (_, name, configured, cases) => {
    over(10);
    const { code, said } = await judgeLimit(41, 40, configured, cases);
    expect(said).toMatch(new RegExp(`• ${name}: .*a person has to decide: there was no time to run it again`));
    expect(said).not.toContain('took longer');
    expect(code).toBe(3);
  },
);

test('a judgement that takes too long is no verdict, and a person decides', async () => {
  over(20);
  const { code, said } = await judgeLimit(41, 41.5, reporting);
  expect([code, said]).toEqual([3, expect.stringContaining('judging took longer than 20 minutes')]);
});

test('what comes out differently of the stored tickets is written to a page, or why it is not', () =>
  inClone({}, async (clone) => {
    const report = join(own, 'report.html');
    await clone.commit({
      'config/replies.json': (text) => text.replace('we have started the refund', 'your money comes'),
    });
    const { said } = await clone.gate({ base: 'HEAD~1', report });
    expect(said).toMatch(/^\d of 40 stored tickets come out differently\. The report is in .*report\.html\.$/m);
    expect(await readFile(report, 'utf8')).toContain('your money comes');
    await rm(report);
    const without = (text: string) => text.replace('tickets: tickets\n', '');
    await clone.commit({ '.github/corrigible.yml': without });
    await clone.commit({ 'README.md': 'Something else.' });
    expect((await clone.gate({ base: 'HEAD~1', report })).said).toContain(
      'No report was written: the base commit names no',
    );
    expect((await clone.gate({ selfTest: true, report })).code).toBe(2);
  }));

test('a commit that no branch leads to is judged, and uncommitted changes are not', () =>
  inClone({}, async (clone) => {
    await clone.git('switch', '-q', '--detach');
    await clone.commit({ 'README.md': 'Other words.\n' });
    await writeFile(join(clone.path, 'config/fetch.json'), 'broken');
    const { code, said } = await clone.gate({ base: 'main' });
    expect([code, said.split('\n').at(-1)]).toEqual([0, 'Every check passed.']);
  }));

test('a tree that was judged before is judged again without running a case, unless everything is to be run', () =>
  inClone({}, async (clone) => {
    await clone.commit({ 'README.md': 'Other words.\n' });
    const asked = { base: 'main~1' };
    const first = await clone.gate(asked);
    expect(first).toMatchObject({ code: 0, said: expect.not.stringContaining('kept') });
    const second = await clone.gate(asked);
    const [, kept, all] = /^(\d+) of (\d+) outputs were kept from before\. --no-cache runs/m.exec(second.said) ?? [];
    expect([second.code, kept]).toEqual([0, all]);
    expect(Number(all)).toBeGreaterThan(20);
    expect(second.said.replace(/^.*kept from before.*\n/m, '')).toBe(first.said);
    expect(await clone.gate({ ...asked, cache: false })).toEqual(first);
    expect((await clone.gate({ ...asked, head: 'main~1' })).said).toContain('outputs were kept from before');

    const other = await mkdtemp(join(tmpdir(), 'other-'));
    await run('git', ['clone', '-q', clone.path, other]);
    expect((await gate(other, asked)).said).not.toContain('kept');
    await run('git', ['-C', other, 'worktree', 'add', '-q', `${other}/beside`]);
    expect((await gate(`${other}/beside`, asked)).said).toContain(`${all} of ${all} outputs`);
    expect((await gate(other, asked, { ...here, XDG_CACHE_HOME: '', HOME: '' })).said).not.toContain('kept');
    await rm(other, { recursive: true });
  }));

test('where a case of a kept tree is turned red by other expectations, it is red', () =>
  inClone(
    { '.github/corrigible.yml': twoSteps, 'evals/classify.yml': oneCase('{ path: "", op: present }') },
    async (clone) => {
      await clone.commit({ 'README.md': 'Other words.\n' });
      expect((await clone.gate({ base: 'main~1' })).code).toBe(0);
      await clone.commit({ 'evals/classify.yml': oneCase('{ path: "", op: absent }') });
      const after = await clone.gate({ base: 'main~1' });
      expect(after.code).toBe(1);
      expect(after.said).toContain('outputs were kept');
      expect(after.said).toContain('✗ it answers');
    },
  ));

test('a head that changes what it is judged by needs a person', () =>
  inClone({}, async (clone) => {
    await clone.commit({ 'evals/fetch.yml': (text) => text.replace(/op: eq/, 'op: present') });
    const { code, said } = await clone.gate({ base: 'main~1' });
    expect([code, said.split('\n').at(-1)]).toEqual([3, 'A person has to decide first.']);
    expect(said).toContain('    • oracle: it changes what it is judged by: `evals/fetch.yml`.');
  }));

test('without a configuration there is nothing to judge by', () =>
  inClone({ '.github/corrigible.yml': null }, async (clone) => {
    const self = await clone.gate({ selfTest: true });
    expect(self.code).toBe(2);
    expect(self.said).toContain('.github/corrigible.yml:1: The file is missing');
    const two = await clone.gate({ base: 'HEAD' });
    expect(two.code).toBe(2);
    expect(two.said).toContain('the base branch has no configuration yet, so there is nothing to compare with');
  }));

test('what is wrong with the call is told in one sentence', () =>
  inClone({}, async ({ path, git, gate: judge }) => {
    const plain = await mkdtemp(join(own, 'plain-'));
    const shallow = await mkdtemp(join(own, 'shallow-'));
    await git('commit', '-q', '--allow-empty', '-m', 'Second');
    await run('git', ['clone', '-q', '--depth', '1', `file://${path}`, shallow]);
    const wrong: readonly (readonly [{ readonly code: number; readonly said: string }, string])[] = [
      [await judge({}), 'Say which commit to compare with: --base COMMIT.'],
      [await judge({ selfTest: true, base: 'main' }), 'Either --self-test, or --base and --head'],
      [await judge({ selfTest: true, cache: false }), '--no-cache belongs to --base'],
      [await judge({ base: 'main', seed: '1' }), '--mutations and --seed belong to --self-test.'],
      [await judge({ selfTest: true, mutations: '0' }), '--mutations takes a whole number from 1 to 10000.'],
      [await judge({ selfTest: true, seed: 'x' }), '--seed takes a whole number'],
      [await judge({ base: 'nowhere' }), 'has no commit `nowhere`.'],
      [await judge({ base: '--all' }), 'has no commit `--all`.'],
      [await judge({ base: 'HEAD:README.md' }), 'has no commit `HEAD:README.md`.'],
      [await gate(join(path, 'none'), { base: 'main' }), 'is no folder. Name the top folder'],
      [await gate(join(path, 'README.md'), { base: 'main' }), 'is no folder. Name the top folder'],
      [await gate(join(path, 'config'), { base: 'main' }), 'is the folder config/ of a git repository.'],
      [await gate(plain, { selfTest: true }), 'is not in a git repository.'],
      [await gate(shallow, { base: 'HEAD~1' }), 'has only a part of its history. Run: git fetch --unshallow'],
      [await gate(shallow, { selfTest: true }), 'has only a part of its history.'],
      [await gate(path, { base: 'main' }, { PATH: plain }), 'git is missing. Run: apt-get install -y git'],
    ];
    for (const [{ code, said }, words] of wrong) {
      expect([code, said.split('\n').length]).toEqual([2, 1]);
      expect(said).toContain(words);
    }
    await rm(plain, { recursive: true });
    await rm(shallow, { recursive: true });
  }));

test('whoever stops it gets neither a green nor a red', () =>
  inClone({}, async ({ path }) => {
    const stopped = AbortSignal.timeout(2500);
    expect(await gate(path, { selfTest: true }, here, stopped)).toMatchObject({ code: 130 });
    expect((await gate(path, { base: 'HEAD' }, here, AbortSignal.abort())).code).toBe(130);
    expect((await readdir(own)).filter((name) => name.startsWith('corrigible-gate-'))).toEqual([]);
  }));
