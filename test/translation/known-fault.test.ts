import { expect, test } from 'vitest';
import { memoryLedger } from '../../src/cli/try/memory-ledger.ts';
import type { Fact } from '../../src/domain/fact.ts';
import { keyOf } from '../../src/domain/rejection.ts';
import { standingOf } from '../../src/domain/standing.ts';
import { attachCases, leaveOthers } from '../../src/known-fault.ts';
import type { Ports } from '../../src/ports.ts';

const FAULT = 'f'.repeat(64);
const accepted: Fact = {
  kind: 'rejection-accepted',
  reporter: 'rita',
  textHash: 'a'.repeat(64),
  ticket: 'T-1',
  hidden: 0,
  after: 0,
};
const posted = {
  kind: 'draft-posted',
  bodyHash: 'b'.repeat(64),
  textHash: accepted.textHash,
  fingerprint: FAULT,
  rubric: { id: 'price', hash: 'c'.repeat(64) },
  change: 'set-price',
  base: 'd'.repeat(40),
  by: 'recipe',
} as const;
const drafted: readonly Fact[] = [
  accepted,
  { kind: 'answer-chosen', marker: 'draft-1', body: '', receipt: posted },
  { ...posted, comment: 1 },
];
const counted = { kind: 'declined', reason: { code: 'duplicate', detail: '#1' }, fingerprint: FAULT } as const;
const duplicate: readonly Fact[] = [
  accepted,
  { kind: 'answer-chosen', marker: 'declined-1', body: '', receipt: counted },
  { ...counted, comment: 2 },
];
const declined: Fact = { kind: 'declined', reason: { code: 'not-rule' }, comment: null };
const attached: Fact = { kind: 'case-attached', rejection: 2, case: null };

/** Two rejections of a repository with these facts, and who is woken. */
async function two(first: readonly Fact[], second: readonly Fact[]) {
  const ledger = memoryLedger(() => '2026-01-01T00:00:00Z');
  const woken: number[] = [];
  const portsOf = (issue: number) =>
    ({
      ref: { installation: 1, repo: 'acme/shop', issue },
      ledger,
      queue: { wakeAfter: async (ref: { issue: number }) => void woken.push(ref.issue) },
    }) as unknown as Ports;
  await ledger.append(keyOf(portsOf(1).ref), 0, first);
  await ledger.append(keyOf(portsOf(2).ref), 0, second);
  const standing = async (issue: number) => standingOf(await ledger.read(keyOf(portsOf(issue).ref)));
  return {
    woken,
    attach: async (issue: number) => attachCases(portsOf(issue), await standing(issue)),
    leave: (issue: number) => leaveOthers(portsOf(issue)),
  };
}

test('one that was counted at another just as that ended is woken, though it never knew', async () => {
  const { attach, woken } = await two([...drafted, declined], duplicate);
  expect(await attach(1)).toEqual([]);
  expect(woken).toEqual([2]);
});

test('one that is counted at an open one is attached, and not woken', async () => {
  const { attach, woken } = await two(drafted, duplicate);
  expect(await attach(1)).toEqual([attached]);
  expect(woken).toEqual([]);
});

test('the one where it was counted is woken as long as it still counts', async () => {
  const gone = [...duplicate, accepted];
  const still = await two([...drafted, attached], gone);
  await still.leave(2);
  expect(still.woken).toEqual([1]);
  expect(await still.attach(1)).toEqual([{ kind: 'case-detached', rejection: 2 }]);
  const knows = await two([...drafted, attached, { kind: 'case-detached', rejection: 2 }], gone);
  await knows.leave(2);
  expect(knows.woken).toEqual([]);
});

test('where it is counted now is not woken by that', async () => {
  const { leave, woken } = await two([...drafted, attached], duplicate);
  await leave(2);
  expect(woken).toEqual([]);
});
