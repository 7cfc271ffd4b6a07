import { expect, test } from 'vitest';
import { memory } from '../../src/adapters/suites/memory.ts';
import { type From, type Remembering, remembering } from '../../src/adapters/suites/remember.ts';
import type { Report } from '../../src/domain/configuration.ts';
import type { Json } from '../../src/domain/rejection.ts';
import type { CaseResult, Suites } from '../../src/ports.ts';

const report: Report = { run: 'r', file: 'f', format: 'jsonl', oracle: ['**'], timeout: 1, deterministic: true };
const echo = (output: Json): CaseResult => ({ status: 'output', output });
const error: CaseResult = { status: 'error', because: 'it broke' };

/** Suites that note what they run. Outputs name the call that they came from, unless `answer` says otherwise. */
function counted(answer: (input: Json, call: number) => CaseResult = (input, call) => echo([input, call])) {
  const asked: (readonly Json[])[] = [];
  let reports = 0;
  const suites: Suites = {
    outputs: async (_, __, inputs) => {
      asked.push(inputs);
      return inputs.map((input) => answer(input, asked.length));
    },
    report: async () => {
      reports += 1;
      return { cases: [{ id: `run ${reports}`, outcome: 'pass', because: '' }] };
    },
    anew: () => suites,
  };
  return { suites, asked, reports: () => reports };
}

const checkout = (tree = 'tree', key?: string) => ({
  ...{ dir: '', gitDir: '', tree, dispose: async () => {} },
  ...(key !== undefined && { prepared: { key, layers: [] } }),
});
const each = { run: 'r', lines: false, timeout: 1 };
const lines = { ...each, lines: true };

/** Processes that share one store, each with a memory of its own. */
function processes(suites: Suites, from: From[] = []) {
  const store = memory();
  const onOutputs = (where: From, count: number) => void from.push(...Array.from({ length: count }, () => where));
  return (how: Partial<Remembering> = {}) =>
    remembering(suites, { repo: 'a/b', image: async () => 'one', memory: memory(), store, onOutputs, ...how });
}

test('another process takes what was kept, and runs only what was not', async () => {
  const { suites, asked } = counted();
  const from: From[] = [];
  const start = processes(suites, from);
  const first = await start().outputs(checkout(), each, ['a', 'b']);
  const other = start();
  expect(await other.outputs(checkout(), each, ['b', 'a'])).toEqual(first.toReversed());
  await other.outputs(checkout(), each, ['a', 'c']);
  expect(asked).toEqual([['a', 'b'], ['c']]);
  expect(from).toEqual(['sandbox', 'sandbox', 'store', 'store', 'memory', 'sandbox']);
  const told = await start().report(checkout(), report);
  expect(await start().report(checkout(), report)).toEqual(told);
});

test('lines that share a process come from the store all, or none', async () => {
  const { suites, asked } = counted();
  const start = processes(suites);
  await start().outputs(checkout(), lines, ['a', 'b']);
  await start().outputs(checkout(), lines, ['b']);
  await start().outputs(checkout(), lines, ['a', 'b', 'c']);
  expect(asked).toEqual([
    ['a', 'b'],
    ['a', 'b', 'c'],
  ]);
});

test.each<[string, Partial<Remembering>, object]>([
  ['repository', { repo: 'a/c' }, {}],
  ['image', { image: async () => 'two' }, {}],
  ['tree', {}, { tree: 'another' }],
  ['set of dependencies', {}, { key: 'others' }],
  ['command', {}, { step: { ...each, run: 's' } }],
  ['timeout', {}, { step: { ...each, timeout: 2 } }],
  ['protocol', {}, { step: lines }],
])('what was kept for another %s does not count', async (_, how, { tree, key, step = each }: Partial<Other>) => {
  const { suites, asked, reports } = counted();
  const start = processes(suites);
  await start().outputs(checkout(), each, ['a']);
  await start(how).outputs(checkout(tree, key), step, ['a']);
  expect(asked).toHaveLength(2);
  await start().report(checkout(), report);
  await start(how).report(checkout(tree, key), { ...report, run: step.run, timeout: step.timeout });
  expect(reports()).toBe(step === lines ? 1 : 2);
});
interface Other {
  readonly tree: string;
  readonly key: string;
  readonly step: typeof each;
}

test('an error is never kept, and takes away what was kept', async () => {
  const { suites, asked } = counted((input, call) => (input === 'b' && call !== 2 ? error : echo(call)));
  const start = processes(suites);
  await start().outputs(checkout(), lines, ['a', 'b']);
  await start().outputs(checkout(), lines, ['a', 'b']);
  expect(await start().outputs(checkout(), lines, ['a', 'b'])).toEqual([echo(2), echo(2)]);
  await start().anew().outputs(checkout(), lines, ['a', 'b']);
  expect(await start().outputs(checkout(), lines, ['a'])).toEqual([echo(3)]);
  expect(await start().outputs(checkout(), lines, ['b'])).toEqual([error]);
  await start().outputs(checkout(), each, ['b']);
  await start().outputs(checkout(), each, ['b']);
  expect(asked).toHaveLength(6);
});

test('an input that is asked for five times is run five times, unless that was done before', async () => {
  const { suites, asked } = counted(() => echo('same'));
  const start = processes(suites);
  const five = ['a', 'a', 'a', 'a', 'a'];
  await start().outputs(checkout(), each, ['a']);
  await start().outputs(checkout(), each, five);
  await start().outputs(checkout(), each, five);
  await start().outputs(checkout(), each, ['a', 'a']);
  expect(asked).toEqual([['a'], five]);
});

test('what comes out differently within one call is not kept', async () => {
  let runs = 0;
  const { suites, asked } = counted(() => echo(runs++));
  const start = processes(suites);
  await start().outputs(checkout(), each, ['a', 'a']);
  await start().outputs(checkout(), each, ['a']);
  expect(asked).toEqual([['a', 'a'], ['a']]);
});

test('what errs once of two times in one call is not kept', async () => {
  let runs = 0;
  const { suites, asked } = counted(() => (runs++ === 0 ? error : echo('well')));
  const start = processes(suites);
  await start().outputs(checkout(), each, ['a', 'a']);
  await start().outputs(checkout(), each, ['a']);
  expect(asked).toEqual([['a', 'a'], ['a']]);
});

test('what a noisy suite gives is never kept', async () => {
  const { suites, asked, reports } = counted();
  const start = processes(suites);
  for (let i = 0; i < 2; i++) {
    await start().outputs(checkout(), { ...each, deterministic: false }, ['a']);
    await start().report(checkout(), { ...report, deterministic: false });
  }
  expect(asked).toHaveLength(2);
  expect(reports()).toBe(2);
});

test('what is about real people is remembered here, and not kept for another process', async () => {
  const { suites, asked } = counted();
  const start = processes(suites);
  const here = start();
  for (let i = 0; i < 2; i++) await here.outputs(checkout(), { ...each, personal: true }, ['T-1']);
  await start().outputs(checkout(), { ...each, personal: true }, ['T-1']);
  expect(asked).toEqual([['T-1'], ['T-1']]);
});

test('judging anew takes nothing from before, and what comes out counts from then on, also for who remembers the old', async () => {
  const { suites, asked, reports } = counted();
  const start = processes(suites);
  const here = start();
  await here.outputs(checkout(), each, ['a']);
  await here.report(checkout(), report);
  const anew = here.anew();
  expect(await anew.outputs(checkout(), each, ['a'])).toEqual([echo(['a', 2])]);
  expect(await anew.outputs(checkout(), each, ['a'])).toEqual([echo(['a', 2])]);
  expect(await anew.report(checkout(), report)).toMatchObject({ cases: [{ id: 'run 2' }] });
  expect(await here.outputs(checkout(), each, ['a'])).toEqual([echo(['a', 2])]);
  expect(await start().outputs(checkout(), each, ['a'])).toEqual([echo(['a', 2])]);
  expect(asked).toHaveLength(2);
  expect(reports()).toBe(2);
});

test('a call that was cut off keeps nothing, and takes nothing away', async () => {
  const { suites, asked } = counted((_, call) => (call === 2 ? error : echo(call)));
  const start = processes(suites);
  await start().outputs(checkout(), lines, ['a']);
  await start().outputs(checkout(), lines, ['a', 'b'], AbortSignal.abort());
  expect(await start().outputs(checkout(), lines, ['a'])).toEqual([echo(1)]);
  expect(asked).toHaveLength(2);
});

test('the memory of a process is bounded, and what was used last stays', async () => {
  const small = memory(70);
  const kept = (name: string) => new Map([[name, { output: 'x'.repeat(8), times: 1 }]]);
  await small.put('p', kept('a'));
  await small.put('p', kept('b'));
  await small.get('p', ['a']);
  await small.put('p', kept('c'));
  expect([...(await small.get('p', ['a', 'b', 'c'])).keys()]).toEqual(['a', 'c']);
});
