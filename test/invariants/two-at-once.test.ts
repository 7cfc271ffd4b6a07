import { expect, test } from 'vitest';
import { memoryLedger } from '../../src/cli/try/memory-ledger.ts';
import type { Fact } from '../../src/domain/fact.ts';
import { keyOf } from '../../src/domain/rejection.ts';
import { rivalFault } from '../../src/known-fault.ts';
import { REF, smallWorld } from './support/small-world.ts';

const { ports } = smallWorld();
const accepted: Fact = {
  kind: 'rejection-accepted',
  reporter: 'rita',
  textHash: '',
  ticket: 'T-1',
  hidden: 0,
  after: 0,
};
const receipt = {
  kind: 'draft-posted',
  bodyHash: '',
  textHash: '',
  fingerprint: 'one fault',
  rubric: { id: 'r', hash: '' },
  change: 'set-price',
  base: '',
  by: 'recipe',
} as const;
const chosen: Fact = { kind: 'answer-chosen', marker: 'draft', body: '', receipt };

test('invariant 8: of two that are drafted at once the older goes on when the younger has given way, or posted', async () => {
  const ledger = memoryLedger(ports.clock.now);
  const of = (issue: number) => ({ ...ports, ledger, ref: { ...REF, issue } });
  const [older, younger] = [of(7), of(8)];
  for (const { ref } of [older, younger]) await ledger.append(keyOf(ref), 0, [accepted, chosen]);
  expect(await rivalFault(older, 'one fault')).toBe('wait');
  expect(await rivalFault(younger, 'one fault')).toEqual({ code: 'duplicate', detail: '#7' });
  // The younger one had looked before the older one was there.
  await ledger.append(keyOf(younger.ref), 2, [{ ...receipt, comment: 1 }]);
  expect(await rivalFault(older, 'one fault')).toEqual({ code: 'duplicate', detail: '#8' });
  await ledger.append(keyOf(younger.ref), 3, [
    { kind: 'declined', reason: { code: 'duplicate', detail: '#7' }, comment: 2 },
  ]);
  expect(await rivalFault(older, 'one fault')).toBe(null);
});
