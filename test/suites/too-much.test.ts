import { expect, test } from 'vitest';
import { memory } from '../../src/adapters/suites/memory.ts';
import { readAnswers } from '../../src/adapters/suites/read-answers.ts';
import { remembering } from '../../src/adapters/suites/remember.ts';
import { valuesIn } from '../../src/adapters/suites/room.ts';
import { sandboxedSuites } from '../../src/adapters/suites/sandboxed-suites.ts';
import type { Configuration } from '../../src/domain/configuration.ts';
import { lettingOthers } from '../../src/let-others.ts';
import type { CaseResult, Checkout, SandboxJob, SandboxRun, Suites } from '../../src/ports.ts';
import { runCases } from '../../src/run-cases.ts';

const checkout: Checkout = { dir: '/nowhere', gitDir: '', tree: 'tree', dispose: async () => {} };
const step = { run: 'step', lines: false, timeout: 1, deterministic: true };

/** A sandbox in which every process prints the same. */
function printing(text: string) {
  const runs: SandboxJob[] = [];
  const stdout = Buffer.from(text);
  const run = async (job: SandboxJob): Promise<SandboxRun> => {
    runs.push(job);
    return { ended: 'exited', exit: 0, stdout, stderr: '', ms: 0 };
  };
  return { runs, run };
}

const objects = (count: number): string => `[${Array(count).fill('{}').join(',')}]`;
const inputs = (count: number) => Array.from({ length: count }, (_, i) => i);
const reasons = (results: readonly CaseResult[]) =>
  results.map((result) => (result.status === 'error' ? result.because : 'read'));
const TOGETHER = 'all outputs of the step together are too much to be compared';

test('an output of few bytes and very many values is an error, and never parsed', async () => {
  const [result] = await sandboxedSuites(printing(objects(300_000))).outputs(checkout, step, [1]);
  expect(result).toEqual({ status: 'error', because: 'it printed an output with over 100000 values' });
});

test('others go first between the outputs of one step, however fast they come', async () => {
  let others = 0;
  const other = setImmediate(() => others++);
  await sandboxedSuites(printing(objects(300_000)), { width: 1 }).outputs(checkout, step, inputs(100));
  clearImmediate(other);
  expect(others).toBe(1);
});

test('a long text is one value, whatever stands in it', () => {
  const text = '[{"\\",,'.repeat(1000);
  expect(valuesIn(Buffer.from(JSON.stringify(text)))).toBe(1);
  expect(valuesIn(Buffer.from(JSON.stringify({ a: [1, 2, text], b: { c: 0 } })))).toBe(7);
});

test('of many large outputs of one step only some are read, and no further case is run', async () => {
  const sandbox = printing(objects(45_000));
  const results = await sandboxedSuites(sandbox, { width: 1 }).outputs(checkout, step, inputs(200));
  expect(reasons(results)).toEqual([...Array(5).fill('read'), ...Array(195).fill(TOGETHER)]);
  expect(sandbox.runs).toHaveLength(6);
});

test('what was read is held as it was printed, also where it is remembered', async () => {
  const sandbox = printing('{"a":[1]}');
  const suites = remembering(sandboxedSuites(sandbox), {
    repo: 'acme/shop',
    image: async () => '',
    memory: memory(),
    store: null,
  });
  const fresh = await suites.outputs(checkout, step, [1]);
  const kept = await suites.outputs(checkout, step, [1]);
  expect(sandbox.runs).toHaveLength(1);
  for (const [result] of [fresh, kept]) {
    if (result?.status !== 'output') throw new Error('not read');
    expect(result.output).toEqual({ a: [1] });
    // Parsed anew: nothing of the last look is held.
    expect(result.output).not.toBe(result.output);
  }
});

const linesOf = (ids: readonly string[], output: string) =>
  Buffer.from(ids.map((id) => `{"id":"${id}","output":${output}}\n`).join(''));

test('answers in lines have the same room, and others go first between them', async () => {
  const ids = inputs(12).map(String);
  let others = 0;
  const other = setImmediate(() => others++);
  const { results, stray } = await readAnswers(linesOf(ids, objects(49_000)), new Set(ids));
  clearImmediate(other);
  expect([...results.keys()]).toEqual(ids.slice(0, 5));
  expect(stray).toBe(TOGETHER);
  expect(others).toBe(1);
});

test('a process may print 16 MB for all its cases', async () => {
  const sandbox = printing('');
  await sandboxedSuites(sandbox).outputs(checkout, { ...step, lines: true }, inputs(1000));
  expect(sandbox.runs[0]?.limits.outputBytes).toBe(16_000_000);
});

test('far more lines than cases are not looked at', async () => {
  const bytes = Buffer.concat([linesOf(['a'], '1'), Buffer.from('\n'.repeat(2000)), linesOf(['b'], '2')]);
  const { results, stray } = await readAnswers(bytes, new Set(['a', 'b']));
  expect([...results]).toEqual([['a', { status: 'output', output: 1 }]]);
  expect(stray).toBe('it printed many more lines than it was given cases');
});

test('the outputs of few steps are held at once', async () => {
  const names = inputs(20).map((i) => `step-${i}`);
  let [atOnce, most] = [0, 0];
  const outputs: Suites['outputs'] = async () => {
    most = Math.max(most, ++atOnce);
    await new Promise(setImmediate);
    atOnce--;
    return [{ status: 'output', output: 1 }];
  };
  const configuration = { steps: names.map((name) => ({ name })) } as unknown as Configuration;
  const cases = names.map((name) => ({ name: 'c', step: name, input: 1, expect: [{ path: '', op: 'eq', value: 1 }] }));
  const results = await runCases({ suites: { outputs } as unknown as Suites }, configuration, checkout, cases as never);
  expect(results.map(({ outcome }) => outcome)).toEqual(names.map(() => 'pass'));
  expect(most).toBe(4);
});

test('long work lets others go first when it was busy for a while', async () => {
  let others = 0;
  setImmediate(() => others++);
  await lettingOthers(60_000)();
  expect(others).toBe(0);
  await lettingOthers(0)();
  expect(others).toBe(1);
});
