import { expect, test } from 'vitest';
import { atMost } from '../../src/adapters/suites/at-most.ts';
import { sandboxedSuites } from '../../src/adapters/suites/sandboxed-suites.ts';
import type { Checkout, SandboxJob, SandboxRun } from '../../src/ports.ts';

const over = (ended: SandboxRun['ended'] = 'exited'): SandboxRun => ({
  exit: ended === 'exited' ? 0 : null,
  ended,
  stdout: Buffer.from('1'),
  stderr: '',
  ms: 0,
});
const checkout: Checkout = { dir: '/nowhere', gitDir: '', tree: '', dispose: async () => {} };
const step = { run: 'step', lines: false, timeout: 1 };
const jobNamed = (command: string, signal?: AbortSignal): SandboxJob => ({
  tree: '/nowhere',
  writable: false,
  command,
  limits: { wallMs: 1000, outputBytes: 1000 },
  ...(signal !== undefined && { signal }),
});

/** A sandbox in which each run goes on until it is told to end. */
function held() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  let most = 0;
  return {
    begun,
    most: () => most,
    endFirst: () => ends.shift()?.(),
    run: (job: SandboxJob): Promise<SandboxRun> => {
      if (job.signal?.aborted) return Promise.resolve(over('aborted'));
      begun.push(String(job.command));
      most = Math.max(most, ends.length + 1);
      const { promise, resolve } = Promise.withResolvers<SandboxRun>();
      ends.push(() => resolve(over()));
      return promise;
    },
  };
}

const settle = () => new Promise(setImmediate);

test('no more runs go on at once than the width, and the others begin in the order they came', async () => {
  const sandbox = held();
  const { run } = atMost(sandbox, 2);
  const all = Promise.all(['a', 'b', 'c', 'd'].map((name) => run(jobNamed(name))));
  await settle();
  expect(sandbox.begun).toEqual(['a', 'b']);
  for (let i = 0; i < 4; i++) {
    sandbox.endFirst();
    await settle();
  }
  expect(sandbox.begun).toEqual(['a', 'b', 'c', 'd']);
  expect((await all).map(({ ended }) => ended)).toEqual(new Array(4).fill('exited'));
  expect(sandbox.most()).toBe(2);
});

test('a run that is stopped while it waits ends at once, and its turn is lost to nobody', async () => {
  const sandbox = held();
  const { run } = atMost(sandbox, 1);
  const stop = new AbortController();
  const first = run(jobNamed('first'));
  const stopped = run(jobNamed('stopped', stop.signal));
  const last = run(jobNamed('last'));
  stop.abort();
  expect((await stopped).ended).toBe('aborted');
  expect((await run(jobNamed('never', stop.signal))).ended).toBe('aborted');
  expect(sandbox.begun).toEqual(['first']);
  sandbox.endFirst();
  await first;
  await settle();
  expect(sandbox.begun).toEqual(['first', 'last']);
  sandbox.endFirst();
  expect((await last).ended).toBe('exited');
});

test('a run that throws gives its turn back', async () => {
  let calls = 0;
  const run = async (): Promise<SandboxRun> => {
    calls++;
    if (calls === 1) throw new Error('the sandbox does not hold');
    return over();
  };
  const one = atMost({ run }, 1);
  await expect(one.run(jobNamed('a'))).rejects.toThrow('does not hold');
  expect((await one.run(jobNamed('b'))).ended).toBe('exited');
});

test('all suites of a process share its width: cases of many steps, and reports', async () => {
  const sandbox = held();
  const suites = sandboxedSuites(sandbox, { width: 2 });
  const report = { run: 'suite', file: 'r', format: 'jsonl' as const, oracle: ['t'], timeout: 1, deterministic: true };
  const all = Promise.all([
    suites.outputs(checkout, step, [1, 2, 3]),
    suites.outputs(checkout, { ...step, lines: true }, [1, 2, 3]),
    suites.report(checkout, report),
  ]);
  let done = false;
  void all.then(() => {
    done = true;
  });
  while (!done) {
    await settle();
    sandbox.endFirst();
  }
  expect(sandbox.begun).toHaveLength(5);
  expect(sandbox.most()).toBe(2);
});

test('a suite that takes too long as a whole is ended: what has not begun by then is an error', async () => {
  let runs = 0;
  const run = async (): Promise<SandboxRun> => {
    runs++;
    await settle();
    return over();
  };
  const suites = sandboxedSuites({ run }, { width: 1, suiteMs: -Infinity });
  const results = await suites.outputs(checkout, { ...step, timeout: -1 }, [1, 2]);
  expect(results).toEqual(new Array(2).fill({ status: 'error', because: 'it took too long' }));
  expect(runs).toBe(0);
});

test('a width that runs nothing is refused', () => {
  for (const width of [0, -1, 1.5, Number.NaN]) expect(() => atMost(held(), width)).toThrow(RangeError);
});
