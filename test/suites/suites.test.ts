import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bubblewrapSandbox } from '../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import { sandboxedSuites } from '../../src/adapters/suites/sandboxed-suites.ts';
import type { Report } from '../../src/domain/configuration.ts';
import type { Json } from '../../src/domain/rejection.ts';
import type { CaseResult, Checkout } from '../../src/ports.ts';
import { runReplays } from '../../src/run-replays.ts';

const folder = mkdtempSync(join(tmpdir(), 'suites-'));
chmodSync(folder, 0o711);
const sandbox = bubblewrapSandbox({ stateDir: join(folder, 'state'), firstUid: 64_000 });
const suites = sandboxedSuites(sandbox);
beforeAll(async () => expect(await sandbox.refusal()).toBeNull());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let trees = 0;
function checkoutOf(script: string): Checkout {
  const dir = join(folder, `tree-${trees++}`);
  mkdirSync(dir);
  chmodSync(dir, 0o755);
  writeFileSync(join(dir, 'step.mjs'), script);
  chmodSync(join(dir, 'step.mjs'), 0o644);
  return { dir, gitDir: '', tree: '', dispose: async () => {} };
}

const run = 'node step.mjs';
const lines = (script: string, inputs: readonly Json[], timeout = 20, signal?: AbortSignal) =>
  suites.outputs(checkoutOf(script), { run, lines: true, timeout }, inputs, signal);
const each = (script: string, inputs: readonly Json[], timeout = 20, signal?: AbortSignal) =>
  suites.outputs(checkoutOf(script), { run, lines: false, timeout }, inputs, signal);

const output = (value: Json): CaseResult => ({ status: 'output', output: value });
const error = (because: string): CaseResult => ({ status: 'error', because });

/** The start of a step that answers in lines: `cases` is what it was given, `say` answers. */
const LINES = `import { readFileSync, writeSync } from 'node:fs';
const cases = readFileSync(0, 'utf8').trim().split('\\n').map((line) => JSON.parse(line));
const say = (answer) => writeSync(1, (typeof answer === 'string' ? answer : JSON.stringify(answer)) + '\\n');
const raw = (id, output) => say('{"id":"' + id + '","output":' + output + '}');
const ok = ({ id, input }) => say({ id, output: { twice: input * 2 } });
`;
const EACH = `import { readFileSync } from 'node:fs';
const input = JSON.parse(readFileSync(0, 'utf8'));
const say = (output) => process.stdout.write(output);
`;

test('what was prepared lies in the tree of every kind of run, and none of them can write there', async () => {
  const made = join(folder, 'made');
  mkdirSync(made);
  writeFileSync(join(made, 'word.mjs'), 'export const word = "made";');
  const tried = `import { writeFileSync } from 'node:fs';
import { word } from './node_modules/own/word.mjs';
const tried = () => { try { writeFileSync('node_modules/own/more', ''); return 'written'; } catch (error) { return error.code; } };
`;
  const prepared = { key: 'k', layers: [{ host: made, inside: '/work/node_modules/own' }] };
  const on = (script: string) => ({ ...checkoutOf(tried + script), prepared });
  const step = { run, timeout: 20 };
  const eachScript = `${EACH} say(JSON.stringify([word, tried()]));`;
  const linesScript = `${LINES} for (const { id } of cases) say({ id, output: [word, tried()] });`;
  expect(await suites.outputs(on(eachScript), { ...step, lines: false }, [1])).toEqual([output(['made', 'EROFS'])]);
  expect(await suites.outputs(on(linesScript), { ...step, lines: true }, [1])).toEqual([output(['made', 'EROFS'])]);
  const report: Report = { run, file: 'report', format: 'jsonl', timeout: 20, oracle: ['x'], deterministic: true };
  const reporting =
    "writeFileSync('report', JSON.stringify({ id: word + tried(), pass: true }) + '\\n{\"end\":1}\\n');";
  expect(await suites.report(on(reporting), report)).toMatchObject({ cases: [{ id: 'madeEROFS' }] });
});

test('a step that answers in lines gets all inputs in one process, and may answer in any order', async () => {
  const script = `${LINES} for (const one of cases.reverse()) say({ id: one.id, output: [process.pid, one.input] });`;
  const results = await lines(script, [1, 'zwei', { drei: [null] }]);
  const pid = (results[0] as { output: readonly Json[] }).output[0] ?? null;
  expect(results).toEqual([output([pid, 1]), output([pid, 'zwei']), output([pid, { drei: [null] }])]);
});

test('ids are new in each run and say nothing about their case', async () => {
  const script = `${LINES} for (const { id } of cases) say({ id, output: id });`;
  const [first, second] = await Promise.all([lines(script, [1, 1]), lines(script, [1, 1])]);
  const ids = [...first, ...second].map((result) => (result.status === 'output' ? result.output : result.because));
  expect(new Set(ids).size).toBe(4);
});

test.each<[string, string, (CaseResult | ReturnType<typeof error>)[]]>([
  [
    'crashes after one',
    'ok(cases[0]); throw new Error("no *luck* @all")',
    [output({ twice: 2 }), error('it ended with exit code 1')],
  ],
  ['exits at once', 'process.exit(0)', [error('it gave no answer'), error('it gave no answer')]],
  ['answers and then exits badly', 'cases.forEach(ok); process.exit(3)', [output({ twice: 2 }), output({ twice: 4 })]],
  [
    'prints garbage between',
    'say("debug: 1"); ok(cases[1])',
    [error('it did not print one JSON value'), output({ twice: 4 })],
  ],
  ['answers twice', 'cases.forEach(ok); ok(cases[0])', [error('it answered this case twice'), output({ twice: 4 })]],
  [
    'answers twice, the second time with an error',
    'cases.forEach(ok); say({ id: cases[0].id, error: "x" })',
    [error('it answered this case twice'), output({ twice: 4 })],
  ],
  [
    'answers for an id that nobody gave',
    'say({ id: "1", output: 1 }); ok(cases[0])',
    [output({ twice: 2 }), error('it printed a line with an id that it was not given')],
  ],
  [
    'answers one case for another too',
    'say({ id: cases[1].id, output: 0 }); cases.forEach(ok)',
    [output({ twice: 2 }), error('it answered this case twice')],
  ],
  [
    'says that a case failed',
    'ok(cases[0]); say({ id: cases[1].id, error: "no rule for <b>this</b>, ask @alice" })',
    [output({ twice: 2 }), error('it answered with an error: no rule for this, ask @\u2060alice')],
  ],
  [
    'answers with output and error',
    'ok(cases[0]); say({ id: cases[1].id, output: 4, error: "" })',
    [output({ twice: 2 }), error('it printed a line that is not {"id","output"} or {"id","error"}')],
  ],
  [
    'leaves the output out',
    'ok(cases[0]); say({ id: cases[1].id })',
    [output({ twice: 2 }), error('it printed a line that is not {"id","output"} or {"id","error"}')],
  ],
  [
    'is cut off in its last line',
    'ok(cases[0]); writeSync(1, JSON.stringify({ id: cases[1].id, output: 4 }).slice(0, -1))',
    [output({ twice: 2 }), error('it did not print one JSON value')],
  ],
  [
    'prints what is not UTF-8',
    'ok(cases[0]); writeSync(1, Buffer.from(JSON.stringify({ id: cases[1].id, output: "\\xff" }), "latin1"))',
    [output({ twice: 2 }), error('it printed something that is not UTF-8')],
  ],
  [
    'prints one output of over 1 MB',
    'ok(cases[0]); say({ id: cases[1].id, output: "x".repeat(1_100_000) })',
    [output({ twice: 2 }), error('it printed an output of over 1 MB')],
  ],
  [
    'prints 10 MB',
    'ok(cases[0]); for (let i = 0; i < 10; i++) say("x".repeat(1_000_000))',
    [output({ twice: 2 }), error('it printed too much')],
  ],
  [
    'nests too deeply',
    'ok(cases[0]); raw(cases[1].id, "[".repeat(50_000) + "]".repeat(50_000))',
    [output({ twice: 2 }), error('it printed JSON that is nested too deeply')],
  ],
  [
    'names a key twice in one object',
    'ok(cases[0]); raw(cases[1].id, \'{"twice":4,"a":{"twice":1},"tw\\\\u0069ce":5}\')',
    [output({ twice: 2 }), error('it printed JSON in which a key stands twice in one object')],
  ],
  [
    'prints a number beyond all numbers',
    'ok(cases[0]); raw(cases[1].id, "1e999")',
    [output({ twice: 2 }), error('it printed a number that is too large')],
  ],
])('a step in lines that %s: every case has its own result', async (_, script, expected) => {
  const results = await lines(`${LINES}${script}`, [1, 2]);
  const withoutStderr = results.map((result) =>
    result.status === 'error' ? error(result.because.replace(/^(it ended with exit code \d+):.*/, '$1')) : result,
  );
  expect(withoutStderr).toEqual(expected);
});

test('a step in lines that hangs is ended, and what it answered before counts', async () => {
  // Three cases may take three seconds, but none of them more than one.
  const script = `${LINES} ok(cases[0]); setTimeout(() => cases.slice(1).forEach(ok), 2500);`;
  expect(await lines(script, [1, 2, 3], 1)).toEqual([
    output({ twice: 2 }),
    error('it took too long'),
    error('it took too long'),
  ]);
});

test('the last words of a crash are shown without what they could do', async () => {
  const script = `${EACH} process.stderr.write('first\\nno [rule](http://x.test) for @alice <!-- x --> \`\`\`\\n\\n'); process.exit(9);`;
  expect(await each(script, [1])).toEqual([error('it ended with exit code 9: no rule for @\u2060alice')]);
});

test('a step that answers one input has a process for each', async () => {
  const script = `${EACH} say(JSON.stringify({ input }) + '\\n');`;
  const inputs = [1, null, 'ü', [], { a: { b: 1 } }, false];
  expect(await each(script, inputs)).toEqual(inputs.map((input) => output({ input })));
});

test.each<[string, string, CaseResult]>([
  ['crashes', 'throw 1', error('it ended with exit code 1')],
  ['prints an answer and exits badly', 'say("1"); process.exitCode = 3', error('it ended with exit code 3')],
  ['prints nothing', '', error('it did not print one JSON value')],
  ['prints words', 'say("done")', error('it did not print one JSON value')],
  ['prints more than one value', 'say("1\\n2\\n")', error('it did not print one JSON value')],
  ['prints 10 MB', 'say(JSON.stringify("x".repeat(1e7)))', error('it printed too much')],
  ['prints a little over 1 MB', 'say(JSON.stringify("x".repeat(1e6)))', error('it printed an output of over 1 MB')],
  [
    'prints what is not UTF-8',
    'process.stdout.write(Buffer.from([34, 255, 34]))',
    error('it printed something that is not UTF-8'),
  ],
  [
    'kills itself',
    'process.kill(process.pid, "SIGKILL")',
    error('it was killed by a signal, or because it used too much memory'),
  ],
  [
    'writes to its tree',
    'import("node:fs").then((fs) => fs.writeFileSync("x", ""))',
    error('it ended with exit code 1'),
  ],
])('a step for one input that %s is an error there alone', async (_, script, expected) => {
  const results = await each(`${EACH} if (input === 1) say('"fine"'); else { ${script} }`, [1, 2, 1]);
  const [before, it, after] = results;
  expect([before, after]).toEqual([output('fine'), output('fine')]);
  expect(it?.status === 'error' ? error(it.because.replace(/(code \d+):.*/, '$1')) : it).toEqual(expected);
});

test('a step for one input that hangs is ended', async () => {
  const script = `${EACH} if (input === 1) say('"fine"'); else setInterval(() => {}, 1000);`;
  expect(await each(script, [2, 1], 1)).toEqual([error('it took too long'), output('fine')]);
});

test('there is a result for every input when the run is stopped, and none for no input', async () => {
  const stop = AbortSignal.abort();
  const stopped = error('the run was stopped');
  expect(await lines('', [1, 2], 20, stop)).toEqual([stopped, stopped]);
  expect(await each('', [1, 2], 20, stop)).toEqual([stopped, stopped]);
  expect(await lines('', [])).toEqual([]);
  expect(await each('', [])).toEqual([]);
});

const trace = { steps: [{ step: 'classify', input: { text: 'a' }, output: null }] };
const replay = (script: string, tickets: readonly string[], lines = true) =>
  runReplays({ suites }, checkoutOf(script), { run, lines, timeout: 20, most: 200 }, tickets);
const steps = `const steps = ${JSON.stringify(trace.steps)};`;
const ofTicket = (ticket: string) => ({ steps: [{ ...trace.steps[0], input: { text: ticket } }] });

test('replays in lines give the traces of many tickets in one process', async () => {
  const script = `${LINES} ${steps} for (const { id, input } of cases) {
    steps[0].input.text = input.ticket; steps[0].output = process.pid; say({ id, output: { steps } });
  }`;
  const traces = await replay(script, ['T-1', 'T-2']);
  const pids = traces.map((one) => 'steps' in one && one.steps[0]?.output);
  expect(new Set(pids).size).toBe(1);
  expect(traces.map((one) => 'steps' in one && one.steps[0]?.input)).toEqual([{ text: 'T-1' }, { text: 'T-2' }]);
});

test('a plain replay has a process for each ticket', async () => {
  const script = `${EACH} ${steps} steps[0].input.text = input.ticket; say(JSON.stringify({ steps }));`;
  expect(await replay(script, ['T-1', 'T-2'], false)).toEqual([ofTicket('T-1'), ofTicket('T-2')]);
});

test.each([
  [
    'knows no such ticket',
    'console.error("no ticket T-1"); process.exit(4)',
    'it ended with exit code 4: no ticket T-1',
  ],
  ['prints words', 'say("hello")', 'it did not print one JSON value'],
  ['prints no steps', 'say("{}")', 'the replay command did not print {"steps":[{"step","input","output"}]}'],
  [
    'leaves an output out',
    `say('{"steps":[{"step":"a","input":1}]}')`,
    'the replay command did not print {"steps":[{"step","input","output"}]}',
  ],
])('a replay that %s says why there is no trace', async (_, script, because) => {
  expect(await replay(`${EACH} ${script}`, ['T-1'], false)).toEqual([{ error: because }]);
});

test('each ticket of a replay in lines has its own trace, or its own reason for none', async () => {
  const script = `${LINES} ${steps} say({ id: cases[0].id, output: { steps } }); say({ id: cases[1].id, error: 'no such ticket' });
    say({ id: cases[2].id, output: { steps: [] } });`;
  expect(await replay(script, ['T-1', 'T-2', 'T-3', 'T-4'])).toEqual([
    trace,
    { error: 'it answered with an error: no such ticket' },
    { error: 'the replay command did not print {"steps":[{"step","input","output"}]}' },
    { error: 'it gave no answer' },
  ]);
});
