import { expect, test } from 'vitest';
import { takeUid } from '../../src/adapters/sandbox/take-uid.ts';

const FIRST = 70_000;
const take = (count: number) => Array.from({ length: count }, () => takeUid(FIRST));
const giveBack = (loans: ReturnType<typeof take>) => {
  for (const loan of loans) loan?.release();
};

test('each concurrent run has a uid of its own within the pool, and one too many has none', () => {
  const all = take(256);
  const uids = all.map((loan) => loan?.uid ?? 0);
  expect(new Set(uids).size).toBe(256);
  expect([Math.min(...uids), Math.max(...uids)]).toEqual([FIRST, FIRST + 255]);
  expect(takeUid(FIRST)).toBeNull();
  giveBack(all.splice(100, 1));
  const again = takeUid(FIRST);
  expect(again?.uid).toBe(uids[100]);
  giveBack([...all, again]);
});

test('the uid of a run does not tell which run it is', () => {
  const firsts = Array.from({ length: 40 }, () => {
    const [loan] = take(1);
    loan?.release();
    return loan?.uid;
  });
  // By chance 40 drawings of 256 come to fewer than 20 uids less often than once in 10^20.
  expect(new Set(firsts).size).toBeGreaterThan(20);
});
