import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Outcome } from '../src/domain/account.ts';
import { type JudgedCase, judgeStep } from '../src/domain/judge.ts';
import type { Benchmark, Measured, Size } from './benchmark.ts';
import { startScript, startToEnd } from './support/child.ts';
import { median, row } from './support/figures.ts';
import { inPlace } from './support/place.ts';

const run = promisify(execFile);
/** The version that is compared with, where none is named by PROMPTFOO (path of its command). */
const PROMPTFOO = '0.123.1';

const STEP = `import { createInterface } from 'node:readline';
for await (const line of createInterface({ input: process.stdin })) {
  const { id, input } = JSON.parse(line);
  process.stdout.write(JSON.stringify({ id, output: { twice: input.n * 2 } }) + '\\n');
}
`;

const caseOf = (n: number) => ({
  name: `case ${n}`,
  input: { n },
  expect: [{ path: '/twice', op: 'eq', value: n * 2 }],
});

/** A repository of two commits whose steps have so many cases in all; the second changes a file beside them. */
async function repositoryOf(folder: string, steps: number, cases: number): Promise<void> {
  const names = Array.from({ length: steps }, (_, i) => `step${i + 1}`);
  await mkdir(join(folder, '.github'), { recursive: true });
  await mkdir(join(folder, 'evals'), { recursive: true });
  const step = (name: string) => ({
    name,
    run: 'node step.mjs',
    lines: true,
    inputs: ['**'],
    cases: `evals/${name}.json`,
  });
  const configuration = { version: 1, steps: names.map(step), changes: {} };
  await writeFile(join(folder, '.github/corrigible.yml'), JSON.stringify(configuration));
  await writeFile(join(folder, 'step.mjs'), STEP);
  const each = Array.from({ length: cases / steps }, (_, n) => caseOf(n));
  for (const name of names) await writeFile(join(folder, `evals/${name}.json`), JSON.stringify({ cases: each }));
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.invalid', ...args], { cwd: folder });
  await git('init', '-q', '-b', 'main');
  await git('add', '.');
  await git('commit', '-qm', 'Base');
  await writeFile(join(folder, 'README.md'), 'Changed.\n');
  await git('add', '.');
  await git('commit', '-qm', 'Head');
}

/** Judges head against its parent by the command, as a whole process, with what is kept in a folder of its own. */
const judged = (folder: string, ...more: readonly string[]) =>
  startToEnd('gate', [folder, '--base', 'HEAD~1', ...more], { XDG_CACHE_HOME: `${folder}-cache` });
const whole = (folder: string) => judged(folder, '--no-cache');

async function promptfooIn(folder: string): Promise<string> {
  const given = process.env['PROMPTFOO'];
  if (given !== undefined) return given;
  await run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', `promptfoo@${PROMPTFOO}`], {
    maxBuffer: 1e8,
  });
  return join(folder, 'node_modules/.bin/promptfoo');
}

/** The same cases by promptfoo, on one side, with the program as its provider. Seconds. */
async function byPromptfoo(command: string, folder: string, cases: number): Promise<number> {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'step.mjs'),
    'process.stdout.write(JSON.stringify({ twice: JSON.parse(process.argv[2]).n * 2 }));\n',
  );
  const tests = Array.from({ length: cases }, (_, n) => ({
    vars: { input: JSON.stringify({ n }) },
    assert: [{ type: 'javascript', value: `JSON.parse(output).twice === ${n * 2}` }],
  }));
  const configuration = { prompts: ['{{input}}'], providers: ['exec: node step.mjs'], tests };
  await writeFile(join(folder, 'promptfooconfig.json'), JSON.stringify(configuration));
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    PROMPTFOO_CONFIG_DIR: folder,
    PROMPTFOO_DISABLE_TELEMETRY: '1',
    PROMPTFOO_DISABLE_UPDATE: '1',
  };
  const began = performance.now();
  await run(
    command,
    [
      'eval',
      '-c',
      'promptfooconfig.json',
      '-o',
      'out.json',
      '--no-cache',
      '--no-progress-bar',
      '--no-table',
      '-j',
      '4',
    ],
    { cwd: folder, env, maxBuffer: 1e8 },
  );
  const seconds = (performance.now() - began) / 1000;
  const { results } = JSON.parse(await readFile(join(folder, 'out.json'), 'utf8'));
  if (results.stats.successes !== cases) throw new Error(`promptfoo passed ${results.stats.successes} of ${cases}`);
  return seconds;
}

interface Judging {
  readonly ms: number;
  readonly ran: number;
}

/** Judges twice in one process, and a third time in another, with results kept in one folder. */
async function again(repository: string, room: string): Promise<readonly Judging[]> {
  const results = join(room, 'results');
  const judge = async (state: string, times: number): Promise<Judging[]> => {
    const env = { REPOSITORY: repository, STATE: join(room, state), RESULTS: results };
    const child = await startScript(new URL('./processes/judge.ts', import.meta.url), env);
    const judged: Judging[] = [];
    for (let i = 0; i < times; i++) judged.push(await child.ask<Judging>('judge'));
    await child.stop();
    return judged;
  };
  return [...(await judge('first', 2)), ...(await judge('second', 1))];
}

/** Milliseconds to account for so many pairs of results and to judge their step. */
function accounting(pairs: number): number {
  const outcomes: readonly Outcome[] = ['pass', 'pass', 'pass', 'fail', 'skip'];
  const cases = Array.from({ length: pairs }, (_, n): JudgedCase => {
    const side = { outcome: outcomes[n % outcomes.length] ?? 'pass', because: '' };
    return { case: { step: 'one', name: `case ${n}` }, role: 'pass-to-pass', base: side, head: side };
  });
  const began = performance.now();
  if (!judgeStep('one', cases).passed) throw new Error('the pairs are all as before');
  return performance.now() - began;
}

async function measure({ quick, rounds }: Size, folder: string): Promise<Measured> {
  const [few, many, all, pairs] = quick ? [8, 40, 40, 1000] : [200, 2200, 10_000, 100_000];
  const at = (name: string) => join(folder, name);
  await repositoryOf(at('few'), 1, few);
  await repositoryOf(at('many'), 1, many);
  await repositoryOf(at('all'), 4, all);
  const promptfoo = quick ? null : await promptfooIn(at('promptfoo'));
  const told = {
    ours: [] as number[],
    theirs: [] as number[],
    each: [] as number[],
    whole: [] as number[],
    memory: [] as number[],
    first: [] as number[],
    again: [] as number[],
    fresh: [] as number[],
    command: [] as number[],
    accounts: [] as number[],
  };
  let ran = 0;
  for (let round = 0; round < rounds; round++) {
    const ours = await whole(at('few'));
    told.command.push((await judged(at('few'))).seconds);
    told.ours.push(ours.seconds);
    if (promptfoo !== null) told.theirs.push(await byPromptfoo(promptfoo, at(`peer-${round}`), few));
    told.each.push((((await whole(at('many'))).seconds - ours.seconds) * 1000) / (2 * (many - few)));
    const large = await whole(at('all'));
    told.whole.push(large.seconds);
    told.memory.push(large.megabytes);
    const [first, second, fresh] = await again(at('few'), at(`again-${round}`));
    told.first.push((first?.ms ?? 0) / 1000);
    told.again.push(second?.ms ?? 0);
    told.fresh.push(fresh?.ms ?? 0);
    ran += (second?.ran ?? 0) + (fresh?.ran ?? 0);
    told.accounts.push(accounting(pairs));
  }
  if (ran > 0) throw new Error(`a second judging of the same tree ran ${ran} cases`);
  return {
    rows: [
      row({
        figure: `${few} cases by \`corrigible gate\`, on base and on head`,
        unit: 's',
        measured: told.ours,
        ...(promptfoo === null ? {} : { beside: { name: 'promptfoo, on one side', measured: told.theirs } }),
        ...(promptfoo === null ? {} : { goal: { of: 'ratio', atMost: 0.1 } as const }),
        because: `of ${median(told.ours).toFixed(2)} s most is the start of Node, the self-test of the sandbox and two trees; the cases take ${(median(told.each) * 2 * few).toFixed(0)} ms`,
      }),
      row({
        figure: `the same ${few} cases in an app that runs already`,
        unit: 's',
        measured: told.first,
        ...(promptfoo === null ? {} : { beside: { name: 'promptfoo, on one side', measured: told.theirs } }),
        ...(promptfoo === null ? {} : { goal: { of: 'ratio', atMost: 0.1 } as const }),
      }),
      row({
        figure: 'one more case of a process that takes them all',
        unit: 'ms',
        measured: told.each,
        goal: { of: 'measured', atMost: 1 },
      }),
      row({
        figure: 'judging an unchanged tree again, 0 cases run',
        unit: 'ms',
        measured: told.again,
        goal: { of: 'measured', atMost: 300 },
      }),
      row({
        figure: 'the same in a process that was just started',
        unit: 'ms',
        measured: told.fresh,
        goal: { of: 'measured', atMost: 300 },
      }),
      row({
        figure: 'the same by `corrigible gate`, its start and git included',
        unit: 's',
        measured: told.command,
      }),
      row({
        figure: `${all.toLocaleString('en')} cases over 4 steps, on base and on head`,
        unit: 's',
        measured: told.whole,
        goal: { of: 'measured', atMost: 60 },
      }),
      row({
        figure: 'the most memory of that, sandboxes included',
        unit: 'MB',
        measured: told.memory,
        goal: { of: 'measured', atMost: 300 },
      }),
      row({
        figure: `accounting of ${pairs.toLocaleString('en')} pairs`,
        unit: 'ms',
        measured: told.accounts,
        goal: { of: 'measured', atMost: 200 },
      }),
    ],
    notes: [
      'Each case is a program that doubles a number, read from JSON and written as JSON, and one assertion. The command is',
      'measured as a whole process, with its sandbox. promptfoo runs the program once per case as its `exec` provider, 4 at a',
      'time, without its cache.',
    ],
  };
}

export const gate: Benchmark = {
  name: 'gate',
  title: 'the gate itself',
  about: 'Cases of a trivial deterministic program, judged base against head, beside promptfoo on the same cases.',
  run: (size) => inPlace(({ folder }) => measure(size, folder)),
};
