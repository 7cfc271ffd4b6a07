import { afterEach, expect, test, vi } from 'vitest';
import type { Verdict } from '../../src/domain/verdict.ts';
import { judgeInTime } from '../../src/judge-in-time.ts';

afterEach(() => void vi.restoreAllMocks());

/** Each time limit by its minutes, to be reached by hand. */
function limits(): (minutes: number) => AbortController {
  const all = new Map<number, AbortController>();
  const limit = (minutes: number) => {
    const known = all.get(minutes) ?? new AbortController();
    all.set(minutes, known);
    return known;
  };
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => limit(ms / 60_000).signal);
  return limit;
}

const green: Verdict = { name: 'gate', passed: true, because: 'everything passed' };

test('what ends in time is the verdict', async () => {
  limits();
  expect(await judgeInTime(20, undefined, async () => green)).toBe(green);
});

test('runs that are made again have the first half, and what they came to is still the verdict', async () => {
  const limit = limits();
  const verdict = await judgeInTime(20, undefined, async ({ signal, again }) => {
    limit(10).abort();
    expect([signal?.aborted, again?.aborted]).toEqual([false, true]);
    return green;
  });
  expect(verdict).toBe(green);
});

test('all runs end with the limit, and what was found counts for nothing: a person is told what to do', async () => {
  const limit = limits();
  const verdict = await judgeInTime(20, new AbortController().signal, async ({ signal, again }) => {
    limit(20).abort();
    expect([signal?.aborted, again?.aborted]).toEqual([true, true]);
    return green;
  });
  expect(verdict).toEqual({
    name: 'gate',
    passed: false,
    held: 'waits',
    because:
      'judging took longer than 20 minutes, the limit (`budget.minutes`). Make the suites faster, or raise it on the base branch; comment `/recheck` to try again',
  });
});

test('what is stopped by somebody did not take too long, and is no verdict', async () => {
  const limit = limits();
  const stop = new AbortController();
  const red = { ...green, passed: false };
  const judging = judgeInTime(20, stop.signal, async ({ signal, again }) => {
    stop.abort('shutting down');
    limit(20).abort();
    expect([signal?.aborted, again?.aborted]).toEqual([true, true]);
    return red;
  });
  await expect(judging).rejects.toBe('shutting down');
});
