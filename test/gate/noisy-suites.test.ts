import { expect, test } from 'vitest';
import { account, type Role } from '../../src/domain/account.ts';
import type { Case } from '../../src/domain/case.ts';
import { Configuration } from '../../src/domain/configuration.ts';
import { randomFrom } from '../../src/domain/noise/random.ts';
import type { ReadReport } from '../../src/domain/reports/report.ts';
import { judgeCases } from '../../src/judge-cases.ts';
import type { CaseResult, Checkout, Ports } from '../../src/ports.ts';
import { type ReportsHow, runReports } from '../../src/run-reports.ts';

const report = {
  run: 'suite',
  file: 'report',
  format: 'jsonl' as const,
  oracle: ['test/**'],
  deterministic: false,
};
const configurationOf = (deterministic: boolean) =>
  Configuration.parse({
    version: 1,
    steps: [{ name: 'say', run: 'say', inputs: ['**'], cases: 'evals/say.yml', deterministic, report }],
    changes: {},
  });

const sideOf = (tree: string): Checkout => ({ dir: tree, gitDir: '', tree, dispose: async () => {} });
const sides = [sideOf('base'), sideOf('head')] as const;
const theCase: Case = { name: 'one', step: 'say', input: 1, expect: [{ path: '', op: 'eq', value: 'right' }] };

/** A step that is right at this rate on each side, and how often it was run there. */
function noisy(rates: Readonly<Record<string, number>>, seed = 1) {
  const random = randomFrom(seed);
  const runs: Record<string, number> = { base: 0, head: 0 };
  const isRight = (tree: string): boolean => {
    runs[tree] = (runs[tree] ?? 0) + 1;
    return random() < (rates[tree] ?? 1);
  };
  const suites: Ports['suites'] = {
    outputs: async ({ tree }, _, inputs) =>
      inputs.map((): CaseResult => ({ status: 'output', output: isRight(tree) ? 'right' : 'wrong' })),
    report: async ({ tree }): Promise<ReadReport> => ({
      cases: [
        { id: 'one', outcome: isRight(tree) ? 'pass' : 'fail', because: '' },
        { id: 'always', outcome: 'pass', because: '' },
      ],
    }),
    anew: () => suites,
  };
  return { suites, runs };
}

async function judged(
  rates: Readonly<Record<string, number>>,
  role: Role = 'pass-to-pass',
  seed = 1,
  deterministic = false,
) {
  const { suites, runs } = noisy(rates, seed);
  const [one] = await judgeCases({ suites }, configurationOf(deterministic), sides, [{ of: theCase, role }]);
  return {
    runs,
    account: account(role, one?.base.outcome ?? 'missing', one?.head.outcome ?? 'missing'),
    because: one?.head.because,
  };
}

test('a case of a noisy step that broke is broken after a few more runs', async () => {
  const found = await judged({ base: 1, head: 0 });
  expect(found.account).toBe('broken');
  expect(found.because).toContain('0 of');
  expect(found.runs['head']).toBeLessThan(12);
});

test('a case that is as noisy on head as on base does not block, however often it is judged', async () => {
  const accounts: string[] = [];
  for (let seed = 1; seed <= 200; seed++)
    accounts.push((await judged({ base: 0.9, head: 0.9 }, 'pass-to-pass', seed)).account);
  const blocked = accounts.filter((one) => one === 'broken');
  // By its own rate a case is blamed in one of a thousand: of 200, two at most.
  expect(blocked.length).toBeLessThanOrEqual(2);
  expect(accounts.filter((one) => one === 'kept').length).toBeGreaterThan(150);
});

test('a deterministic step is run once on each side, and its flip counts', async () => {
  expect(await judged({ base: 1, head: 0 }, 'pass-to-pass', 1, true)).toMatchObject({
    account: 'broken',
    runs: { base: 1, head: 1 },
  });
});

test('a fix of a noisy step has to hold in each of five runs, and its case has to be red in each', async () => {
  expect((await judged({ base: 0, head: 1 }, 'red-to-green')).account).toBe('fixed');
  const lucky = await Promise.all(
    Array.from({ length: 60 }, (_, seed) => judged({ base: 0.3, head: 0.6 }, 'red-to-green', seed + 1)),
  );
  const seemed = lucky.filter(({ account: is }) => is !== 'not-red-on-base' && is !== 'still-red');
  expect(seemed.length).toBeGreaterThan(10);
  expect(seemed.filter(({ account: is }) => is === 'fixed').length).toBeLessThan(seemed.length / 4);
});

/** A noisy suite that leaves a report: what its cases come to, and how often it was run. */
async function reported(
  rates: Readonly<Record<string, number>>,
  seed: number,
  { suites, runs } = noisy(rates, seed),
  how: ReportsHow = {},
) {
  const trees = [
    { tree: 'base', prepared: null },
    { tree: 'head', prepared: null },
  ] as const;
  const repository = { checkout: async (tree: string) => sideOf(tree) } as unknown as Ports['repository'];
  const found = await runReports({ suites, repository }, configurationOf(true), trees, how);
  return { runs, accounts: found.map((one) => account(one.role, one.base.outcome, one.head.outcome)) };
}

test('a noisy suite of the repository’s own is run again as a whole where a case flips', async () => {
  expect((await reported({ base: 1, head: 0 }, 1)).accounts).toEqual(['broken', 'kept']);
  expect((await reported({ base: 1, head: 1 }, 1)).runs).toEqual({ base: 1, head: 1 });
  const innocent = await Promise.all(
    Array.from({ length: 60 }, (_, seed) => reported({ base: 0.9, head: 0.9 }, seed + 1)),
  );
  expect(innocent.filter(({ accounts }) => accounts[0] === 'broken').length).toBeLessThanOrEqual(1);
});

/** A broken case, by how often it passes on base, judged by many seeds: how many come to what. */
async function countsOf(rate: number, judge: (seed: number) => Promise<string>) {
  const accounts: string[] = [];
  for (let seed = 1; seed <= 100; seed++) accounts.push(await judge(seed));
  return { rate, let: accounts.filter((one) => one === 'already-red' || one === 'kept').length };
}

test.each([0.5, 0.7, 0.9])(
  'a break does not slip through because base, green at %d, is red by chance',
  async (rate) => {
    const ofCases = await countsOf(
      rate,
      async (seed) => (await judged({ base: rate, head: 0 }, 'pass-to-pass', seed)).account,
    );
    const ofReports = await countsOf(
      rate,
      async (seed) => (await reported({ base: rate, head: 0 }, seed)).accounts[0] ?? '',
    );
    expect(ofCases.let).toBeLessThanOrEqual(6);
    expect(ofReports.let).toBeLessThanOrEqual(6);
  },
);

test('what is red on base in every run is forgiven after four more there, and head is not asked again', async () => {
  const ofCases = await judged({ base: 0, head: 0 });
  expect(ofCases).toMatchObject({ account: 'already-red', runs: { base: 5, head: 1 } });
  expect(await reported({ base: 0, head: 0 }, 1)).toEqual({
    accounts: ['already-red', 'kept'],
    runs: { base: 5, head: 1 },
  });
});

test('a case that is red by chance on both sides does not block', async () => {
  const blocked: string[] = [];
  for (let seed = 1; seed <= 200; seed++) {
    const { account: is } = await judged({ base: 0.8, head: 0.8 }, 'pass-to-pass', seed);
    if (is !== 'kept' && is !== 'mended' && is !== 'already-red') blocked.push(is);
  }
  expect(blocked.length).toBeLessThan(20);
});

test('a noisy suite that leaves no report on head is red, and is not run again for it', async () => {
  const { suites, runs } = noisy({});
  const report: Ports['suites']['report'] = async (checkout, ...how) => {
    const told = await suites.report(checkout, ...how);
    return checkout.tree === 'head' ? { problem: 'none' } : told;
  };
  const found = await reported({}, 1, { suites: { ...suites, report }, runs });
  expect(found).toEqual({ accounts: ['errs'], runs: { base: 1, head: 1 } });
});

test('what there is no time to run again is neither good nor bad, and what was cut off counts for nothing', async () => {
  const again = new AbortController();
  const { suites, runs } = noisy({ base: 1, head: 0 });
  const cut = (count: number): Ports['suites'] => ({
    ...suites,
    outputs: async (checkout, step, inputs, signal) => {
      const results = await suites.outputs(checkout, step, inputs, signal);
      if ((runs['head'] ?? 0) > count) again.abort();
      return signal?.aborted === true
        ? inputs.map(() => ({ status: 'error', because: 'the run was stopped' }))
        : results;
    },
  });
  const time = { again: again.signal };
  const one = { of: theCase, role: 'pass-to-pass' as const };
  const [late] = await judgeCases({ suites: cut(1) }, configurationOf(false), sides, [one], time);
  expect([late?.base.outcome, late?.head.outcome]).toEqual(['pass', 'flaky']);
  expect(late?.head.because).toMatch(/no time to run it again.*`budget\.minutes`.*should eq/);
  const stopped = new AbortController();
  stopped.abort();
  const report = await reported({ base: 1, head: 0 }, 1, noisy({ base: 1, head: 0 }), { again: stopped.signal });
  expect(report).toEqual({ accounts: ['undecided', 'kept'], runs: { base: 2, head: 1 } });
});

test('of very many flips of cases the first fifty are confirmed, and the others wait for a person', async () => {
  const { suites, runs } = noisy({ base: 1, head: 0 });
  const many = Array.from({ length: 60 }, (_, i) => ({ of: { ...theCase, input: i }, role: 'pass-to-pass' as const }));
  const found = await judgeCases({ suites }, configurationOf(false), sides, many);
  const accounts = found.map((one) => account(one.role, one.base.outcome, one.head.outcome));
  expect(accounts).toEqual([...Array(50).fill('broken'), ...Array(10).fill('undecided')]);
  expect(runs['base']).toBe(60 + 50 * 20);
});

/** Base and head by what each run of the case comes to there; the last one stands for all after it. */
function scripted(script: Readonly<Record<string, readonly ('right' | 'wrong' | 'errs')[]>>) {
  const runs: Record<string, number> = { base: 0, head: 0 };
  const next = (tree: string) => {
    const of = script[tree] ?? [];
    const n = runs[tree] ?? 0;
    runs[tree] = n + 1;
    return of[Math.min(n, of.length - 1)] ?? 'errs';
  };
  const errs = { status: 'error', because: 'it used too much memory' } as const;
  const suites: Ports['suites'] = {
    outputs: async ({ tree }, _, inputs) =>
      inputs.map((): CaseResult => {
        const output = next(tree);
        return output === 'errs' ? errs : { status: 'output', output };
      }),
    report: async ({ tree }): Promise<ReadReport> => {
      const is = next(tree);
      if (is === 'errs') return { problem: 'it used too much memory' };
      return { cases: [{ id: 'one', outcome: is === 'right' ? 'pass' : 'fail', because: '' }] };
    },
    anew: () => suites,
  };
  return { suites, runs };
}

const scriptedCase = async (script: Parameters<typeof scripted>[0], role: Role = 'pass-to-pass') => {
  const { suites, runs } = scripted(script);
  const [one] = await judgeCases({ suites }, configurationOf(false), sides, [{ of: theCase, role }]);
  return { runs, account: account(role, one?.base.outcome ?? 'missing', one?.head.outcome ?? 'missing'), one };
};

test('what errs on base when it is run again is not red there, so nothing is forgiven by it', async () => {
  const { one, account: is } = await scriptedCase({ base: ['wrong', 'errs'], head: ['wrong'] });
  expect(is).toBe(account('pass-to-pass', 'pass', 'flaky'));
  expect(one?.head.because).toContain('on base it came to something in 0 runs only');
  const { accounts } = await reported({}, 1, scripted({ base: ['wrong', 'errs'], head: ['wrong'] }));
  expect(accounts).toEqual([account('pass-to-pass', 'pass', 'flaky')]);
});

test('runs that err on base are made again, and say nothing of its rate there', async () => {
  const base = ['right', ...Array.from({ length: 15 }, () => 'errs' as const), 'right'] as const;
  expect((await scriptedCase({ base, head: ['wrong'] })).account).toBe('broken');
  const red = ['wrong', 'errs', 'wrong'] as const;
  expect((await scriptedCase({ base: red, head: ['wrong'] })).account).toBe('already-red');
});

test('a case that errs as often as on base is not broken by that, and one that never runs any more is', async () => {
  const down = (n: number, is: 'right' | 'wrong' = 'right') => (n % 5 === 4 ? 'errs' : is);
  const often = Array.from({ length: 200 }, (_, n) => down(n));
  expect((await scriptedCase({ base: often, head: ['errs', ...often] })).account).toBe('kept');
  expect((await scriptedCase({ base: often, head: ['errs'] })).account).toBe('errs');
  expect((await scriptedCase({ base: often, head: often.map((_, n) => down(n, 'wrong')) })).account).toBe('broken');
  const never = await scriptedCase({ base: ['right'], head: ['errs', 'right', 'errs'] });
  expect(never.account).toBe('errs');
});

test('a case that errs by chance on both sides is weighed like any other, and one that runs nowhere is red', async () => {
  const often = Array.from({ length: 200 }, (_, n) => (n % 5 === 4 ? ('errs' as const) : ('right' as const)));
  for (const first of ['errs', 'wrong'] as const) {
    expect((await scriptedCase({ base: [first, ...often], head: ['errs', ...often] })).account).toBe('kept');
    expect((await scriptedCase({ base: [first, ...often], head: ['errs'] })).account).toBe('errs');
  }
  expect((await scriptedCase({ base: ['errs', 'errs', ...often], head: ['wrong', ...often] })).account).toBe('kept');
  expect((await scriptedCase({ base: ['errs', 'errs', ...often], head: ['wrong'] })).account).toBe('broken');
  expect(await scriptedCase({ base: ['errs'], head: ['errs'] })).toMatchObject({
    account: 'errs',
    runs: { base: 5, head: 1 },
  });
  expect((await scriptedCase({ base: ['errs'], head: ['wrong'] })).account).toBe('uncompared');
  expect((await scriptedCase({ base: ['wrong'], head: ['errs'] })).account).toBe('errs');
});

test('a case that keeps erring on base is a person’s to decide, after a bounded number of runs', async () => {
  const half = Array.from({ length: 200 }, (_, n) => (n === 0 || n % 5 > 2 ? 'right' : 'errs') as 'right' | 'errs');
  const { one, account: is, runs } = await scriptedCase({ base: half, head: ['wrong', 'errs'] });
  expect([is, (runs['base'] ?? 0) < 70, (runs['head'] ?? 0) < 100]).toEqual(['undecided', true, true]);
  expect(one?.head.because).toMatch(/^on base it came to something in 18 runs only/);
});

test('cases that err on base come after those that run there, and take nobody’s time', async () => {
  const cases = ['runs', 'errs'].map((name, input) => ({
    of: { ...theCase, name, input },
    role: 'pass-to-pass' as const,
  }));
  const order: string[] = [];
  const first: Record<string, boolean> = {};
  const outputs: Ports['suites']['outputs'] = async ({ tree }, _, inputs) =>
    inputs.map((input): CaseResult => {
      order.push(`${tree} ${input}`);
      const isFirst = first[`${tree} ${input}`] === undefined;
      first[`${tree} ${input}`] = true;
      if (tree === 'base')
        return input === 1 && !isFirst ? { status: 'error', because: 'slow' } : { status: 'output', output: 'right' };
      return { status: 'output', output: 'wrong' };
    });
  const suites = { ...scripted({}).suites, outputs };
  const found = await judgeCases({ suites }, configurationOf(false), sides, cases);
  expect(found.map(({ head }) => head.outcome)).toEqual(['fail', 'flaky']);
  const before = order.slice(0, order.lastIndexOf('head 0'));
  expect(before.filter((one) => one === 'base 1').length).toBe(1 + 5);
});

test('a fix whose case errs on base when it is run again proves nothing', async () => {
  const { account: is } = await scriptedCase({ base: ['wrong', 'errs'], head: ['right'] }, 'red-to-green');
  expect(is).toBe(account('red-to-green', 'flaky', 'pass'));
  expect(is).not.toBe('fixed');
});
