import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { takeUid } from '../../src/adapters/sandbox/take-uid.ts';

const FIRST = 70_000;

async function take(first: number, count: number) {
  const all: Awaited<ReturnType<typeof takeUid>>[] = [];
  for (let i = 0; i < count; i++) all.push(await takeUid(first));
  return all;
}
const giveBack = (loans: Awaited<ReturnType<typeof take>>) => {
  for (const loan of loans) loan?.release();
};

test('each concurrent run has a uid of its own within the pool, and one too many has none', async () => {
  const all = await take(FIRST, 256);
  const uids = all.map((loan) => loan?.uid ?? 0);
  expect(new Set(uids).size).toBe(256);
  expect([Math.min(...uids), Math.max(...uids)]).toEqual([FIRST, FIRST + 255]);
  expect(await takeUid(FIRST)).toBeNull();
  giveBack(all.splice(100, 1));
  const again = await takeUid(FIRST);
  expect(again?.uid).toBe(uids[100]);
  giveBack([...all, again]);
});

test('who asks at once gets different ones', async () => {
  const all = await Promise.all(Array.from({ length: 100 }, () => takeUid(FIRST + 1000)));
  expect(new Set(all.map((loan) => loan?.uid)).size).toBe(100);
  giveBack(all);
});

test('the uid of a run does not tell which run it is', async () => {
  const firsts: (number | undefined)[] = [];
  for (let i = 0; i < 40; i++) {
    const [loan] = await take(FIRST + 2000, 1);
    loan?.release();
    firsts.push(loan?.uid);
  }
  // By chance 40 drawings of 256 come to fewer than 20 uids less often than once in 10^20.
  expect(new Set(firsts).size).toBeGreaterThan(20);
});

test('no two processes have the same, and what one had is free when it dies', async () => {
  const first = FIRST + 3000;
  const module = new URL('../../src/adapters/sandbox/take-uid.ts', import.meta.url).href;
  const script = `
    const { takeUid } = await import(${JSON.stringify(module)});
    for (let i = 0; i < 200; i++) await takeUid(${first});
    console.log('taken');
    process.stdin.resume().on('end', () => process.exit());`;
  const other = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(other.stdout, 'data');
  const rest = await take(first, 57);
  expect(rest.filter((loan) => loan !== null)).toHaveLength(56);
  other.kill('SIGKILL');
  await once(other, 'close');
  const freed = await take(first, 200);
  expect(freed.filter((loan) => loan === null)).toEqual([]);
  giveBack([...rest, ...freed]);
});
