import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { proveGold } from '../../src/cli/bench/prove-gold.ts';
import { readCases } from '../../src/cli/bench/read-cases.ts';
import type { Fault, TranslationCase } from '../../src/domain/bench/translation-case.ts';
import { inProcess } from './in-process.ts';

const set = await readCases(resolve('bench/translation'));

test('what the cases call right is right', async () => {
  await using bench = await inProcess(set, null);
  expect(await proveGold(bench)).toEqual([]);
});

test('there are cases of every end, reason and language, and enough of them', () => {
  const { cases } = set;
  expect(cases.length).toBeGreaterThanOrEqual(24);
  const count = (holds: (one: (typeof cases)[number]) => boolean) => cases.filter(holds).length;
  for (const language of ['en', 'de', 'es', 'fr'] as const)
    expect(count((one) => one.language === language)).toBeGreaterThanOrEqual(4);
  for (const reason of ['duplicate', 'one-off', 'operational', 'not-a-defect', 'unsafe', 'injection'] as const)
    expect([reason, count((one) => one.reason === reason)]).not.toEqual([reason, 0]);
  expect(count(({ disposition }) => disposition === 'ask')).toBeGreaterThanOrEqual(5);
  expect(count(({ faults }) => faults.length === 2)).toBeGreaterThanOrEqual(1);
  expect(count(({ personal }) => personal.length > 0)).toBeGreaterThanOrEqual(20);
});

/** What is found wrong with the first case of the set when its fault is another one. */
async function foundIn(change: (fault: Fault) => Partial<Fault>, more: Partial<TranslationCase> = {}) {
  const one = set.cases.find(({ id }) => id === 'refund-article-es')!;
  const [fault] = one.faults;
  const cases = [{ ...one, faults: [{ ...fault!, ...change(fault!) }], ...more }];
  await using bench = await inProcess({ ...set, cases }, null);
  return (await proveGold(bench)).join('\n');
}

const greeted = { path: '/text', op: 'prepend' as const, value: 'Good morning. ' };
test.each<[string, (fault: Fault) => Partial<Fault>, string]>([
  [
    'an acceptance case that is green on base',
    (f) => ({ acceptance: [{ ...f.acceptance[0]!, expect: [{ path: '/articles/0/id', op: 'eq', value: 'KB-104' }] }] }),
    'is not as it has to be on base',
  ],
  [
    'one that the patch does not make green',
    (f) => ({ acceptance: [{ ...f.acceptance[0]!, expect: [{ path: '/articles/0/id', op: 'eq', value: 'KB-109' }] }] }),
    'is not as it has to be with the patch',
  ],
  [
    'a hold-out that whoever knows the texts passes',
    (f) => ({ 'hold-outs': [{ ...f['hold-outs'][0]!, change: [greeted] }] }),
    'by heart (containing)',
  ],
  [
    'a guard that the patch breaks',
    (f) => ({ guards: [{ ...f.guards[0]!, change: [greeted] }] }),
    'is not as it has to be',
  ],
  [
    'a patch that does not fit',
    (f) => ({ patch: f.patch.replace('"KB-104": 8', '"KB-104": 80') }),
    'It does not fit base',
  ],
  [
    'a file that the patch leaves alone',
    (f) => ({ files: [...f.files, 'config/plan.yml'] }),
    'does not touch config/plan.yml',
  ],
  ['a kind of change of another step', () => ({ change: 'add-plan-branch' }), 'is about the step “plan”'],
])('%s is found', async (_, change, words) => {
  expect(await foundIn(change)).toContain(words);
});

test('what is called personal and stands nowhere is found', async () => {
  expect(await foundIn(() => ({}), { personal: ['Nobody Atall'] })).toContain('“Nobody Atall” stands neither');
});
