import { expect, test } from 'vitest';
import { openLease } from '../../src/adapters/postgres/lease.ts';
import { Weather } from '../../src/ports.ts';
import { handlers, inStore } from './support/in-store.ts';
import { until } from './support/until.ts';

const waking = { installation: 1, rejection: 'o/r#1' };

function clocked() {
  const clock = { wall: 1_000_000, steady: 5000 };
  const lease = openLease({ deadAfterMs: 20_000, callMs: 10_000, now: () => ({ ...clock }) });
  return { clock, lease };
}

test('leave lasts as long as a call ends before others may take over', async () => {
  const { clock, lease } = clocked();
  expect(() => lease.toWrite()).toThrow(Weather);
  await lease.renew(async () => true);
  expect(lease.toWrite()).toBe(10_000);
  clock.steady += 8000;
  clock.wall += 8000;
  expect(lease.toWrite()).toBe(10_000);
  clock.steady += 1;
  expect(() => lease.toWrite()).toThrow('lost touch');
});

test('the worse of two clocks counts: a machine that slept, and a clock that was set back', async () => {
  const { clock, lease } = clocked();
  await lease.renew(async () => true);
  clock.wall += 9000;
  expect(() => lease.toWrite()).toThrow(Weather);
  clock.wall -= 100_000;
  clock.steady += 9000;
  expect(() => lease.toWrite()).toThrow(Weather);
  expect(lease.age()).toBe(9000);
});

test('a heartbeat counts from when it was sent, and not at all when it failed or found this worker given up', async () => {
  const { clock, lease } = clocked();
  await lease.renew(async () => {
    clock.steady += 9000;
    return true;
  });
  expect(() => lease.toWrite()).toThrow(Weather);
  await expect(lease.renew(() => Promise.reject(new Error('no database')))).rejects.toThrow();
  await lease.renew(async () => false);
  expect(() => lease.toWrite()).toThrow(Weather);
  await lease.renew(async () => true);
  expect(lease.toWrite()).toBe(10_000);
});

test('there is leave while the engine works, none before and none after', () =>
  inStore(
    async ({ store: { engine } }) => {
      await expect(engine.leaveToWrite(waking, 1)).rejects.toThrow(Weather);
      await engine.start(handlers({}));
      expect(await engine.leaveToWrite(waking, 1)).toBe(7000);
      await engine.stop(0);
      await expect(engine.leaveToWrite(waking, 1)).rejects.toThrow(Weather);
    },
    { callMs: 7000 },
  ));

test('a worker that the others have given up claims nothing and has no leave until it is counted on again', () =>
  inStore(
    async ({ store: { engine, pool } }) => {
      let advances = 0;
      await engine.start(
        handlers({
          advance: async () => {
            advances += 1;
          },
        }),
      );
      await pool.query('delete from corrigible.executor');
      await engine.wake(waking);
      await until(engine.idle);
      const { rows } = await pool.query('select count(*)::int as executors from corrigible.executor');
      expect([advances, rows[0].executors]).toEqual([1, 1]);
    },
    { beatMs: 300 },
  ));

test('what is at work when a worker leaves is handed back, and fenced', () =>
  inStore(async ({ store: { engine, pool } }) => {
    let token = 0;
    await engine.start(
      handlers({
        advance: (_waking, fence) => {
          token = fence.token;
          return new Promise(() => {});
        },
      }),
    );
    await engine.wake(waking);
    await until(() => token > 0);
    await engine.stop(0);
    const { rows } = await pool.query(
      'select worker, wake > done as owed, token::int from corrigible.rejection join corrigible.fence on rejection = key',
    );
    expect(rows).toEqual([{ worker: null, owed: true, token: token + 1 }]);
    expect((await pool.query('select from corrigible.executor')).rowCount).toBe(0);
  }));

test('an advance that another worker has begun anew is not settled by the first', () =>
  inStore(async ({ store: { engine, pool } }) => {
    let ended = false;
    await engine.start(
      handlers({
        advance: async () => {
          await pool.query(`update corrigible.fence set token = token + 1, executor = 'another'`);
          await pool.query(`update corrigible.rejection set worker = 'another'`);
          await pool.query(
            `insert into corrigible.executor (id, machine, pid, mark) values ('another', 'another machine', 1, '1')`,
          );
          ended = true;
        },
      }),
    );
    await engine.wake(waking);
    await until(() => ended);
    await engine.stop(1000);
    const { rows } = await pool.query('select worker, wake > done as owed from corrigible.rejection');
    expect(rows).toEqual([{ worker: 'another', owed: true }]);
  }));

test('a worker whose connection was cut has its heartbeat back, and waits for no lock of its own', () =>
  inStore(
    async ({ store: { engine, pool } }) => {
      await engine.start(handlers({}));
      const read = async () =>
        (
          await pool.query(`select (select seen from corrigible.executor) as seen, pid, granted
            from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`)
        ).rows;
      for (let cut = 0; cut < 3; cut += 1) {
        const [before] = await read();
        await pool.query('select pg_terminate_backend($1)', [before.pid]);
        await until(async () => {
          const [now] = await read();
          return now !== undefined && now.pid !== before.pid && now.seen > before.seen;
        });
        expect((await read()).filter(({ granted }) => !granted)).toEqual([]);
      }
    },
    { beatMs: 50 },
  ));

test('health tells whether there is a database and how fresh the heartbeat is; figures tell what waits', () =>
  inStore(async ({ store: { engine, pool } }) => {
    expect(await engine.health()).toEqual({
      database: true,
      started: false,
      lastBeatMsAgo: null,
      stopping: false,
      paused: null,
    });
    await engine.wake(waking);
    await engine.enqueueRun(waking, 'round');
    await pool.query(
      `insert into corrigible.delivery (guid, event, installation, payload, received_at)
       values ('g', 'issues', 1, '', now() - interval '1 minute')`,
    );
    const figures = await engine.figures();
    expect(figures).toMatchObject({ undrained: 1, owed: 1, runsQueued: 1, runsRunning: 0, executors: 0, gatesShut: 0 });
    expect(figures.oldestUndrainedMs).toBeGreaterThanOrEqual(60_000);
    expect(figures.oldestOwedMs).toBeGreaterThanOrEqual(0);
    await engine.start(handlers({}));
    await until(engine.idle);
    expect(await engine.figures()).toMatchObject({
      undrained: 0,
      owed: 0,
      runsQueued: 0,
      runsRunning: 0,
      executors: 1,
    });
    const health = await engine.health();
    expect(health).toMatchObject({ database: true, started: true });
    expect(health.lastBeatMsAgo).toBeGreaterThanOrEqual(0);
    await pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
    );
    await engine.wake(waking);
    await until(engine.idle);
  }));
