import { expect, test } from 'vitest';
import { account, isGood, type Outcome, type Role } from '../../src/domain/account.ts';
import { type JudgedCase, judgeAll, judgeSpec, judgeStep, type SideResult } from '../../src/domain/judge.ts';
import { allOf } from '../../src/domain/verdict.ts';
import type { Suites } from '../../src/ports.ts';
import { judgeOutput, runCases } from '../../src/run-cases.ts';
import { smallWorld } from './support/small-world.ts';

const outcomes: readonly Outcome[] = ['pass', 'fail', 'error', 'skip', 'missing', 'flaky'];
const roles: readonly Role[] = ['red-to-green', 'hold-out', 'guard', 'pass-to-pass', 'new', 'report'];

/** Every combination that passes; all else must fail. */
const passing = new Set([
  'red-to-green: fail → pass',
  'hold-out: fail → pass',
  'guard: pass → pass',
  'guard: flaky → pass',
  'pass-to-pass: pass → pass',
  'pass-to-pass: fail → pass',
  'pass-to-pass: fail → fail',
  'pass-to-pass: fail → flaky',
  'pass-to-pass: error → pass',
  'pass-to-pass: skip → pass',
  'pass-to-pass: skip → skip',
  'pass-to-pass: flaky → pass',
  'pass-to-pass: flaky → flaky',
  'new: pass → pass',
  'new: fail → pass',
  'new: fail → fail',
  'new: fail → flaky',
  'new: error → pass',
  'new: skip → pass',
  'new: skip → skip',
  'new: missing → pass',
  'new: flaky → pass',
  'new: flaky → flaky',
  'report: pass → pass',
  'report: fail → pass',
  'report: fail → fail',
  'report: fail → flaky',
  'report: skip → pass',
  'report: skip → skip',
  'report: flaky → pass',
  'report: flaky → flaky',
]);
const product = roles.flatMap((role) =>
  outcomes.flatMap((base) => outcomes.map((head) => [role, base, head] as const)),
);

test.each(product)('invariant 7: %s: %s → %s', (role, base, head) => {
  expect(isGood(account(role, base, head))).toBe(passing.has(`${role}: ${base} → ${head}`));
});

const side = (outcome: Outcome): SideResult => ({ outcome, because: outcome });
const judged = (role: Role, base: Outcome, head: Outcome, name = role as string): JudgedCase => ({
  case: { name, step: 'fetch' },
  role,
  base: side(base),
  head: side(head),
});
const fixed = judged('red-to-green', 'fail', 'pass');
const heldOut = judged('hold-out', 'fail', 'pass');

test('invariant 7: a step without cases, and a verdict without findings, fail', () => {
  expect(judgeStep('fetch', []).passed).toBe(false);
  expect(allOf('nothing', []).passed).toBe(false);
});

test('invariant 7: no red-to-green case means no evidence', () => {
  expect(judgeSpec([fixed, heldOut], undefined).passed).toBe(true);
  expect(judgeSpec([judged('guard', 'pass', 'pass'), heldOut], undefined)).toMatchObject({ passed: false });
  expect(judgeSpec([], 'a reason').because).toContain('no case turned from red to green');
});

test('invariant 7: a spec without a hold-out is green only with a reason', () => {
  expect(judgeSpec([fixed], undefined).passed).toBe(false);
  expect(judgeSpec([fixed], 'one lamp only').passed).toBe(true);
  expect(judgeSpec([fixed, judged('hold-out', 'fail', 'missing')], 'a reason').passed).toBe(false);
});

test('invariant 7: one part that fails fails the whole, and a missing part is never left out', () => {
  const good = judgeSpec([fixed, heldOut], undefined);
  const step = judgeStep('fetch', [judged('pass-to-pass', 'pass', 'pass')]);
  expect(judgeAll(step, good, [step]).passed).toBe(true);
  expect(judgeAll(step, good, [step, judgeStep('plan', [])]).passed).toBe(false);
  expect(judgeStep('fetch', [judged('pass-to-pass', 'pass', 'missing')]).passed).toBe(false);
  expect(judgeStep('fetch', [judged('pass-to-pass', 'pass', 'error')]).passed).toBe(false);
});

const configuration = {
  steps: [{ name: 'price', run: 'x', lines: false, inputs: ['**'], cases: 'c.yml', timeout: 1 }],
} as unknown as Parameters<typeof runCases>[1];
const checkout = { dir: '', gitDir: '', tree: '', dispose: async () => {} };
const cases = ['price', 'price', 'gone'].map((step, i) => ({
  name: `${i}`,
  step,
  input: null,
  expect: [{ path: '', op: 'eq' as const, value: 1 }],
}));

test('invariant 7: outputs that are short, errored, or of a step that is gone are missing or errors, in their place', async () => {
  const outputs = async () => [{ status: 'output', output: 1 }] as const;
  const report = async () => ({ problem: '' });
  const suites: Suites = { outputs, report, anew: () => suites };
  const results = await runCases({ suites }, configuration, checkout, cases);
  expect(results.map(({ outcome }) => outcome)).toEqual(['pass', 'missing', 'missing']);
  expect(judgeOutput({ status: 'error', because: 'crashed' }, cases[0]!)).toMatchObject({ outcome: 'error' });
});

test('invariant 7: a case whose assertions cannot be read is red', () => {
  const odd = { ...cases[0]!, expect: [{ path: '/a', op: 'matches' as const, value: '(' }] };
  expect(judgeOutput({ status: 'output', output: { a: '(' } }, odd).outcome).toBe('fail');
});

test('invariant 7: a candidate that makes another step crash is blocked, and the case is named', async () => {
  const world = smallWorld({
    fix: () => ({ 'rules/price.json': '{ "lamp": 9, "vase": 7 }', 'rules/reply.json': 'no JSON' }),
  });
  await world.proposed();
  expect(world.state.pull).toBe(null);
  expect(world.status()).toMatch(/no attempt passed the checks.*step reply: a plain reply: it does not run now/);
});

test('invariant 7: a repository whose step has no cases never gets a green candidate', async () => {
  const world = smallWorld({ files: { 'evals/reply.yml': null } });
  await world.settle();
  expect(world.said().join()).toContain('evals/reply.yml');
  expect(await world.stageName()).toBe('accepted');
});

test('invariant 7: with suites, the verdict lists every step', async () => {
  const world = smallWorld();
  await world.proposed();
  expect(world.state.checks.map((check) => [check.name, check.conclusion])).toEqual([
    ['corrigible/integrity', 'success'],
    ['corrigible/spec', 'success'],
    ['corrigible/step/price', 'success'],
    ['corrigible/step/reply', 'success'],
    ['corrigible/gate', 'success'],
  ]);
});

test('invariant 7: a step of which nothing is green guards nothing', () => {
  expect(judgeStep('fetch', [judged('pass-to-pass', 'fail', 'fail')]).passed).toBe(false);
  expect(judgeStep('fetch', [judged('pass-to-pass', 'error', 'error')]).passed).toBe(false);
  const some = [judged('pass-to-pass', 'fail', 'fail'), judged('pass-to-pass', 'pass', 'pass')];
  expect(judgeStep('fetch', some).passed).toBe(true);
});
