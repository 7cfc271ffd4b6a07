import { expect, test } from 'vitest';
import { probesOf } from '../../src/app.ts';

const readyAfter = (role: 'web' | 'worker', lastBeatMsAgo: number) =>
  probesOf(
    role,
    async () => ({ database: true, started: role === 'worker', stopping: false, lastBeatMsAgo }),
    () => false,
  ).ready();

test('a worker whose heartbeat fails is not ready, and says why; one that only takes webhooks has none', async () => {
  expect(await readyAfter('worker', 20_001)).toEqual({
    ok: false,
    words: 'the worker has had no heartbeat for 20 seconds: others take over its work',
  });
  expect(await readyAfter('worker', 5000)).toMatchObject({ ok: true });
  expect(await readyAfter('web', 60_000)).toMatchObject({ ok: true });
});
