import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { proveGold } from '../../src/cli/bench/prove-gold.ts';
import { readCases } from '../../src/cli/bench/read-cases.ts';
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
