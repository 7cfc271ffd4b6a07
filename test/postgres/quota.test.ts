import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { QuotaUsedUp, takeQuota } from '../../src/adapters/postgres/quota.ts';
import { handlers, inStore } from './support/in-store.ts';
import { until } from './support/until.ts';

const quota = { perMinute: 20, perHour: 50 };
const at = (rejection: string, installation = 1) => ({ installation, rejection });

/** `true`, or for how many milliseconds it was sent away. */
const ask = (pool: Pool, rejection: string, creates = 1, installation = 1, limits = quota): Promise<true | number> =>
  takeQuota(pool, limits, at(rejection, installation), creates).then(
    () => true as const,
    (error: unknown) => {
      if (!(error instanceof QuotaUsedUp)) throw error;
      return error.retryAfterMs ?? 0;
    },
  );

/** As if so much time had passed. */
const later = (pool: Pool, seconds: number) =>
  pool.query(`with g as (update corrigible.granted set at = at - ${seconds} * interval '1 s')
    update corrigible.asked set at = at - ${seconds} * interval '1 s', line = line - ${seconds} * interval '1 s'`);

const granted = (answers: readonly (true | number)[]) => answers.filter((one) => one === true).length;

test('no installation makes more in a minute or an hour than it may, whoever asks at once', () =>
  inStore(async ({ store: { pool }, reopen }) => {
    const other = (await reopen()).pool;
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => ask(n % 2 === 0 ? pool : other, `o/r#${n}`)),
    );
    expect(granted(answers)).toBe(20);
    expect(await ask(pool, 'p/q#1', 1, 2)).toBe(true);
    await later(pool, 61);
    expect(granted(await Promise.all(answers.map((_, n) => ask(pool, `o/r#${n}`))))).toBe(20);
    await later(pool, 61);
    // The hour has ten left.
    expect(granted(await Promise.all(answers.map((_, n) => ask(pool, `o/r#${n}`))))).toBe(10);
  }));

test('who is sent away is told to come back one after another, not before there is room', () =>
  inStore(async ({ store: { pool } }) => {
    for (let n = 0; n < 20; n += 1) await ask(pool, `o/r#${n}`);
    const waits: number[] = [];
    for (let n = 0; n < 10; n += 1) waits.push(Number(await ask(pool, `o/r#${n}`)));
    expect(waits[0]).toBeGreaterThan(50_000);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect((waits[9] ?? 0) - (waits[0] ?? 0)).toBeGreaterThan(9 * 3000 - 5000);
  }));

test('a write that makes more than the limit at once is allowed when nothing else was', () =>
  inStore(async ({ store: { pool } }) => {
    expect(await ask(pool, 'o/r#1', 25)).toBe(true);
    expect(await ask(pool, 'o/r#1', 1)).not.toBe(true);
  }));

test('a flood of a thousand in one repository, on two workers, does not starve the trickle of another', () =>
  inStore(async ({ store: { pool }, reopen }) => {
    const other = (await reopen()).pool;
    let flooded = 0;
    let trickled = 0;
    const limits = { perMinute: 20, perHour: 500 };
    const askOn = (worker: Pool, rejection: string) => ask(worker, rejection, 1, 1, limits);
    for (let minute = 0; minute < 3; minute += 1) {
      await askOn(pool, 'o/quiet#1');
      for (let turn = 0; turn < 3; turn += 1) {
        const flood = Array.from({ length: 112 }, (_, n) => askOn(n % 2 === 0 ? pool : other, `o/noisy#${n}`));
        flooded += granted(await Promise.all(flood));
        if ((await askOn(other, 'o/quiet#1')) === true) trickled += 1;
      }
      await later(pool, 61);
    }
    expect(trickled).toBe(9);
    // What the quiet one leaves over is not lost on the noisy one, but for a fifth of the limit.
    expect(flooded).toBe(3 * (16 - 1));
  }));

test('an advance that is sent away is put off, and people are told once when it takes long', () =>
  inStore(
    async ({ store: { engine, pool } }) => {
      const told: string[] = [];
      await engine.start(
        handlers({
          advance: async (waking) => void (await engine.leaveToWrite(waking, 1)),
          delayed: async ({ rejection }, _fence, { because, until: date }) => {
            told.push(`${rejection} ${because} ${date.getTime() > Date.now() + 30_000}`);
          },
        }),
      );
      for (const key of ['o/r#1', 'o/r#2', 'o/r#3']) await engine.wake(at(key));
      await until(() => told.length > 0);
      expect(told).toHaveLength(1);
      expect(told[0]).toMatch(/^o\/r#\d content-limit true$/);
      await later(pool, 120);
      await pool.query('update corrigible.rejection set retry_at = now() where retry_at is not null');
      await until(engine.idle);
      expect(told).toHaveLength(1);
    },
    { quota: { perMinute: 2, perHour: 50 }, longDelayMs: 30_000 },
  ));
