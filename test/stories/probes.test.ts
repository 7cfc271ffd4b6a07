import { expect, test } from 'vitest';
import { probesOf } from '../../src/app.ts';

type Role = Parameters<typeof probesOf>[0];
const REFUSAL = 'GitHub does not accept the time of this machine. Set its clock.';

const readyAfter = (role: Role, lastBeatMsAgo: number, refusal: string | null = null) =>
  probesOf(
    role,
    async () => ({ database: true, started: role !== 'web', stopping: false, lastBeatMsAgo, paused: null }),
    () => refusal,
  ).ready();

test('a worker whose heartbeat fails is not ready, and says why; one that only takes webhooks has none', async () => {
  expect(await readyAfter('worker', 20_001)).toEqual({
    ok: false,
    words: 'the worker has had no heartbeat for 20 seconds: others take over its work',
  });
  expect(await readyAfter('worker', 5000)).toMatchObject({ ok: true });
  expect(await readyAfter('web', 60_000)).toMatchObject({ ok: true });
});

test('a worker that GitHub refuses is not ready, and says GitHub’s reason', async () => {
  expect(await readyAfter('worker', 0, REFUSAL)).toEqual({ ok: false, words: REFUSAL });
});

test.each([
  ['GitHub refuses it', 0, REFUSAL],
  ['its heartbeat fails', 20_001, null],
])(
  'whoever takes webhooks in stays ready for them while %s, and says that no work is done',
  async (_, beat, refusal) => {
    const { ok, words } = await readyAfter('all', beat, refusal);
    expect(ok).toBe(true);
    expect(words).toMatch(/^ready to take webhooks in, but not to work: /);
    expect(words).toContain(refusal ?? 'no heartbeat');
    expect(await readyAfter('web', beat, refusal)).toEqual({ ok: true, words: 'ready' });
  },
);
