import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { claim } from '../../src/adapters/postgres/claims.ts';
import { EVERYTHING, PACE, shutGate, takeProbes, takeUntold } from '../../src/adapters/postgres/gate.ts';
import { pause, pausedBy, resume } from '../../src/adapters/postgres/pause.ts';
import { Weather } from '../../src/ports.ts';
import { handlers, inStore } from './support/in-store.ts';
import { until } from './support/until.ts';

const waking = { installation: 1, rejection: 'acme/shop#7' };
const ALICE = { by: 'alice', because: 'An incident.' };
const ME = 'executor-1';

/** An executor that the others hold for alive. */
const signOn = (pool: Pool) =>
  pool.query(`insert into corrigible.executor (id, machine, pid, mark) values ('${ME}', 'here', 1, '')`);

const claimed = async (pool: Pool): Promise<number> => {
  const request = { executor: ME, deadAfterMs: 20_000, slots: 4, share: 4, held: new Map(), after: '' };
  return (await claim(pool, request)).claims.length;
};

test('invariant 10: while everything is paused no advance is claimed', () =>
  inStore(async ({ store: { engine, pool } }) => {
    await signOn(pool);
    await engine.wake(waking);
    await pause(pool, ALICE);
    expect(await claimed(pool)).toBe(0);
    expect(await resume(pool)).toBe(true);
    expect(await claimed(pool)).toBe(1);
  }));

test('invariant 10: while everything is paused nobody asks whether GitHub is back, and nobody is told of a delay', () =>
  inStore(async ({ store: { engine, pool } }) => {
    await signOn(pool);
    await engine.wake(waking);
    await shutGate(pool, EVERYTHING, { because: 'github-down', atLeastMs: 0, probed: false }, { ...PACE, pauseMs: 0 });
    await pause(pool, ALICE);
    expect(await takeProbes(pool, ME)).toEqual([]);
    expect((await pool.query('select from corrigible.gate')).rowCount).toBe(1);
    await pool.query(`update corrigible.rejection set because = 'rate-limit', retry_at = now() + interval '1 hour'`);
    expect(await takeUntold(pool, ME, 1, 8)).toEqual([]);
    await resume(pool);
    expect(await takeUntold(pool, ME, 1, 8)).toHaveLength(1);
    expect(await takeProbes(pool, ME)).toEqual([]);
  }));

test('invariant 10: while everything is paused there is no leave to write', () =>
  inStore(async ({ store: { engine, pool } }) => {
    await engine.start(handlers({}));
    expect(await engine.leaveToWrite(waking, 1)).toBeGreaterThan(0);
    await pause(pool, ALICE);
    await expect(engine.leaveToWrite(waking, 0)).rejects.toThrow(Weather);
    expect((await engine.health()).paused).toMatchObject(ALICE);
    await resume(pool);
    expect(await engine.leaveToWrite(waking, 1)).toBeGreaterThan(0);
    expect(await pausedBy(pool)).toBe(null);
  }));

test('invariant 10: a pause ends what another process runs, and what begins meanwhile ends at once', () =>
  inStore(async ({ store, reopen }) => {
    const reasons: unknown[] = [];
    let begun = 0;
    await store.engine.start(
      handlers({
        run: async (_, __, signal) => {
          begun++;
          if (!signal.aborted) await new Promise((ended) => signal.addEventListener('abort', ended, { once: true }));
          reasons.push(signal.reason);
        },
      }),
    );
    await store.engine.enqueueRun(waking, 'round-1');
    await until(() => begun === 1);
    const other = await reopen();
    expect(await pause(other.pool, ALICE)).toMatchObject({ already: false, paused: ALICE });
    await until(() => reasons.length === 1);
    await other.engine.enqueueRun(waking, 'round-2');
    await until(() => reasons.length === 2);
    expect(reasons).toEqual(['paused', 'paused']);
    expect(await pause(other.pool, { by: 'bob', because: '' })).toMatchObject({ already: true, paused: ALICE });
  }));
