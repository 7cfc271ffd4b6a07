import { expect, test } from 'vitest';
import { account, type Role } from '../../src/domain/account.ts';
import type { Case } from '../../src/domain/case.ts';
import { Configuration } from '../../src/domain/configuration.ts';
import type { JudgedCase } from '../../src/domain/judge.ts';
import type { ReadReport, ReportedCase } from '../../src/domain/reports/report.ts';
import { judgeCases } from '../../src/judge-cases.ts';
import type { CaseResult, Checkout, Ports } from '../../src/ports.ts';
import { type ReportsHow, runReports } from '../../src/run-reports.ts';

const step = (name: string) => ({
  name,
  run: 'say',
  inputs: ['**'],
  cases: 'evals/say.yml',
  report: { run: `suite of ${name}`, file: 'report', format: 'jsonl' as const, oracle: ['test/**'] },
});
const configuration = Configuration.parse({ version: 1, steps: [step('say'), step('ask')], changes: {} });
const late: ReadReport = { problem: 'it took too long' };
const cases = (...of: readonly (readonly [id: string, outcome: ReportedCase['outcome']])[]): ReadReport => ({
  cases: of.map(([id, outcome]) => ({ id, outcome, because: '' })),
});
const green = cases(['one', 'pass'], ['two', 'pass']);

const accountOf = ({ case: of, role, base, head }: JudgedCase): string =>
  `${of.name}: ${account(role, base.outcome, head.outcome)}`;
/** Lets everything run that is not kept from it. */
const others = () => new Promise(setImmediate);

/** Runs the suite of one step that says this in turn on each side, and tells what was run beside what. */
async function report(says: { base: readonly ReadReport[]; head: ReadReport }, how?: ReportsHow) {
  const runs: string[] = [];
  const running = { base: 0, head: 0 };
  const turns = says.base[Symbol.iterator]();
  const run =
    (kept: boolean) =>
    async (checkout: Checkout, { run: command }: { readonly run: string }) => {
      const side = checkout.tree as 'base' | 'head';
      if (command !== 'suite of say') {
        running[side]++;
        await others();
        running[side]--;
        return green;
      }
      runs.push(`${side}${kept ? '' : ' anew'}${running.head > 0 ? ' beside a head' : ''}`);
      return side === 'head' ? says.head : (turns.next().value ?? late);
    };
  const suites = { report: run(true), anew: () => ({ report: run(false) }) };
  const repository = { checkout: async (tree: string) => ({ dir: '', gitDir: '', tree, dispose: async () => {} }) };
  const ports = { suites, repository } as unknown as Ports;
  const judged = await runReports(
    ports,
    configuration,
    [
      { tree: 'base', prepared: null },
      { tree: 'head', prepared: null },
    ],
    how,
  );
  return { runs, accounts: judged.filter((one) => one.case.step === 'say').map(accountOf) };
}

test('a report of base that cannot be read is asked for once more when no head runs, and its cases are compared', async () => {
  const { runs, accounts } = await report({ base: [late, green], head: cases(['x', 'pass']) });
  expect(runs).toEqual(['base', 'head', 'base anew']);
  expect(accounts).toEqual(['one: gone', 'two: gone', 'x: new-green']);
});

test('where it stays so the step waits for a person, and only a person’s pull request mends it', async () => {
  const head = cases(['x', 'pass']);
  expect((await report({ base: [late, late], head })).accounts).toEqual(['the report: uncompared']);
  const mended = await report({ base: [late, late], head }, { mends: true });
  expect(mended).toEqual({
    runs: ['base', 'head', 'base anew'],
    accounts: ['the report: mended', 'x: new-green'],
  });
  const hiccup = await report({ base: [late, green], head }, { mends: true });
  expect(hiccup.accounts).toEqual(['one: gone', 'two: gone', 'x: new-green']);
});

test('of a report that can be read only what erred and decides is taken from the second run', async () => {
  const base = cases(['one', 'error'], ['two', 'error'], ['three', 'pass'], ['four', 'error']);
  const head = cases(['one', 'fail'], ['two', 'fail'], ['three', 'pass'], ['four', 'pass']);
  const again = cases(['one', 'pass'], ['three', 'fail'], ['four', 'fail']);
  const { runs, accounts } = await report({ base: [base, again], head });
  expect(runs).toEqual(['base', 'head', 'base anew']);
  expect(accounts.toSorted()).toEqual(['four: mended', 'one: broken', 'three: kept', 'two: uncompared']);
  expect((await report({ base: [base, late], head })).accounts).toContain('one: uncompared');
});

test.each<[string, ReadReport, ReadReport]>([
  ['nothing is red', green, green],
  ['head is red', green, cases(['one', 'fail'], ['two', 'pass'])],
  ['head leaves no report', green, late],
  ['neither does', late, late],
  ['base errs and head is green', cases(['one', 'error'], ['two', 'pass']), green],
])('nothing is run again where %s', async (_, base, head) => {
  expect((await report({ base: [base], head })).runs).toEqual(['base', 'head']);
});

const result = (outcome: string): CaseResult =>
  outcome === 'error' ? { status: 'error', because: 'it took too long' } : { status: 'output', output: outcome };

/** One case with these outcomes in turn on each side, and how often it was asked. */
async function judge(role: Role, base: readonly string[], head: string) {
  const asked: string[] = [];
  const turns = base[Symbol.iterator]();
  const suites = {
    outputs: async ({ tree }: Checkout, _: unknown, inputs: readonly unknown[]) =>
      inputs.map((input) => {
        asked.push(`${tree} ${input}`);
        return result(input !== 'odd' ? 'right' : tree === 'head' ? head : (turns.next().value ?? 'error'));
      }),
  } as unknown as Ports['suites'];
  const checkout = (tree: string): Checkout => ({ dir: '', gitDir: '', tree, dispose: async () => {} });
  const caseOf = (input: string): Case => ({
    name: input,
    step: 'say',
    input,
    expect: [{ path: '', op: 'eq', value: 'right' }],
  });
  const both = [
    { of: caseOf('even'), role: 'pass-to-pass' as const },
    { of: caseOf('odd'), role },
  ];
  const judged = await judgeCases({ suites }, configuration, [checkout('base'), checkout('head')], both);
  return { account: accountOf(judged[1] as JudgedCase), again: asked.slice(4) };
}

test.each<[Role, string[], string, string]>([
  ['pass-to-pass', ['error', 'right'], 'wrong', 'broken'],
  ['pass-to-pass', ['error', 'wrong'], 'wrong', 'already-red'],
  ['pass-to-pass', ['error', 'error'], 'wrong', 'uncompared'],
  ['red-to-green', ['error', 'wrong'], 'right', 'fixed'],
  ['red-to-green', ['error', 'error'], 'right', 'errs-on-base'],
  ['guard', ['error', 'right'], 'right', 'kept'],
])('%s: base gives %o, and head %s: %s', async (role, base, head, expected) => {
  expect(await judge(role, base, head)).toEqual({ account: `odd: ${expected}`, again: ['base odd'] });
});

test.each<[Role, string, string]>([
  ['pass-to-pass', 'right', 'right'],
  ['pass-to-pass', 'right', 'wrong'],
  ['pass-to-pass', 'wrong', 'wrong'],
  ['pass-to-pass', 'error', 'right'],
  ['pass-to-pass', 'error', 'error'],
  ['red-to-green', 'error', 'wrong'],
])('%s: base gives %s and head %s: nothing is run again', async (role, base, head) => {
  expect((await judge(role, [base], head)).again).toEqual([]);
});
