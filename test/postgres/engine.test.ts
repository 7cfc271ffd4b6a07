import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Weather } from '../../src/ports.ts';
import { concernsOfBody, deliveryFor, handlers, inStore } from './support/in-store.ts';
import { until } from './support/until.ts';

const waking = (rejection: string) => ({ installation: 1, rejection });

test('an event at any moment of an advance is acted upon, one advance at a time', () =>
  inStore(async ({ store: { engine } }) => {
    // Each rejection has an inbox; an advance works off what was in it when it began. An event puts something in first.
    const inbox = new Map<string, number>();
    const handled = new Map<string, number>();
    const active = new Map<string, number>();
    let overlap = 0;
    let advanceMs = 0;
    await engine.start(
      handlers({
        concerns: concernsOfBody,
        advance: async ({ rejection }) => {
          active.set(rejection, (active.get(rejection) ?? 0) + 1);
          if ((active.get(rejection) ?? 0) > 1) overlap += 1;
          const seen = inbox.get(rejection) ?? 0;
          await sleep(advanceMs);
          handled.set(rejection, seen);
          active.set(rejection, (active.get(rejection) ?? 0) - 1);
        },
      }),
    );
    let world = 0;
    const event = fc.record({ rejection: fc.integer({ min: 1, max: 3 }), afterMs: fc.integer({ min: 0, max: 25 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 30 }),
        async (events, ms) => {
          world += 1;
          advanceMs = ms;
          for (const { rejection, afterMs } of events) {
            await sleep(afterMs);
            const key = `o/w${world}#${rejection}`;
            inbox.set(key, (inbox.get(key) ?? 0) + 1);
            if (rejection === 1) await engine.wake(waking(key));
            else await engine.deliver(deliveryFor(key));
          }
          await until(engine.idle);
          for (const [key, count] of inbox) expect([key, handled.get(key)]).toEqual([key, count]);
          expect(overlap).toBe(0);
        },
      ),
      { numRuns: 15 },
    );
  }));

test('events that come while an advance is queued or at work cost one more advance, not one each', () =>
  inStore(async ({ store: { engine } }) => {
    let advances = 0;
    await engine.start(
      handlers({
        advance: async () => {
          advances += 1;
          if (advances === 1) for (let n = 0; n < 20; n += 1) await engine.wake(waking('o/r#1'));
        },
      }),
    );
    await engine.wake(waking('o/r#1'));
    await until(engine.idle);
    expect(advances).toBe(2);
  }));

test('a wake that comes when an advance of the same rejection has settled and not ended waits for its end', () =>
  inStore(async ({ store: { engine, pool } }) => {
    let active = 0;
    let most = 0;
    let advances = 0;
    await engine.start(
      handlers({
        advance: async () => {
          active += 1;
          most = Math.max(most, active);
          advances += 1;
          if (advances === 1) {
            // As if this advance had settled and only its end were not written yet.
            await pool.query('update corrigible.rejection set done = wake');
            await engine.wake(waking('o/r#1'));
            await sleep(200);
          }
          active -= 1;
        },
      }),
    );
    await engine.wake(waking('o/r#1'));
    await until(engine.idle);
    expect([most, advances]).toEqual([1, 2]);
  }));

test('rejections do not wait for one another', () =>
  inStore(async ({ store: { engine } }) => {
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    const advanced: string[] = [];
    await engine.start(
      handlers({
        advance: async ({ rejection }) => {
          if (rejection === 'o/r#1') await held;
          advanced.push(rejection);
        },
      }),
    );
    for (const n of [1, 2, 3]) await engine.wake(waking(`o/r#${n}`));
    await until(() => advanced.length === 2);
    expect(await engine.idle()).toBe(false);
    release();
    await until(engine.idle);
    expect(advanced.at(-1)).toBe('o/r#1');
  }));

test('a claim whose answer was lost is found by the worker that has it, and worked off', () =>
  inStore(
    async ({ store: { engine, pool } }) => {
      const advanced: string[] = [];
      await engine.start(handlers({ advance: async ({ rejection }) => void advanced.push(rejection) }));
      await pool.query(
        `with me as (select id from corrigible.executor),
         turn as (insert into corrigible.fence (rejection, lane, token, executor) select 'o/r#1', 'advance', 1, id from me)
         insert into corrigible.rejection (key, installation, wake, worker) select 'o/r#1', 1, 1, id from me`,
      );
      await until(() => advanced.length === 1);
      await until(engine.idle);
    },
    { beatMs: 50 },
  ));

test('a failed advance is tried again, later each time, until it succeeds', () =>
  inStore(
    async ({ store: { engine, pool } }) => {
      const at: number[] = [];
      await engine.start(
        handlers({
          advance: async () => {
            at.push(performance.now());
            if (at.length < 4) throw new Error('GitHub is down');
          },
        }),
      );
      await engine.wake(waking('o/r#1'));
      await until(engine.idle);
      const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0));
      expect(gaps).toHaveLength(3);
      // Never sooner than promised; how much later is the machine's business.
      for (const [index, gap] of gaps.entries()) expect(gap).toBeGreaterThanOrEqual(20 * 2 ** (index + 1) - 1);
      expect((await pool.query('select failures, retry_at from corrigible.rejection')).rows).toEqual([
        { failures: 0, retry_at: null },
      ]);
    },
    { retryUnitMs: 20 },
  ));

test('a failure that says when to come back is not tried sooner', () =>
  inStore(
    async ({ store: { engine } }) => {
      const at: number[] = [];
      await engine.start(
        handlers({
          advance: async () => {
            at.push(performance.now());
            if (at.length === 1) throw new Weather('rate limit', 250);
          },
        }),
      );
      await engine.wake(waking('o/r#1'));
      await until(engine.idle);
      expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(249);
    },
    { retryUnitMs: 1 },
  ));

test('a wake for later comes then, also after a restart, and an earlier event does not use it up', () =>
  inStore(async ({ store: { engine }, reopen }) => {
    let advances = 0;
    const counting = handlers({
      advance: async () => {
        advances += 1;
      },
    });
    await engine.start(counting);
    await engine.wake(waking('o/r#1'), 250);
    expect(await engine.idle()).toBe(true);
    await engine.wake(waking('o/r#1'));
    await until(() => advances === 1);
    await engine.stop(0);
    const again = (await reopen()).engine;
    await again.start(counting);
    await until(() => advances === 2);
    await until(again.idle);
    expect(advances).toBe(2);
  }));

test('a run is done once per id, and its end wakes the rejection, also when it throws', () =>
  inStore(async ({ store: { engine } }) => {
    const seen: string[] = [];
    await engine.start(
      handlers({
        advance: async ({ rejection }) => void seen.push(`advance ${rejection}`),
        run: async ({ rejection }, run) => {
          seen.push(`run ${rejection} ${run}`);
          if (run === 'bad') throw new Error('the agent broke');
        },
      }),
    );
    await Promise.all([1, 2, 3].map(() => engine.enqueueRun(waking('o/r#1'), 'good')));
    await until(engine.idle);
    expect(await engine.enqueueRun(waking('o/r#1'), 'good')).toBe('ended');
    expect(await engine.enqueueRun(waking('o/r#2'), 'bad')).toBe('queued');
    await until(engine.idle);
    expect(await engine.enqueueRun(waking('o/r#2'), 'bad')).toBe('ended');
    expect(seen).toEqual(['run o/r#1 good', 'advance o/r#1', 'run o/r#2 bad', 'advance o/r#2']);
  }));

test('an advance may queue a run and is not held up by it', () =>
  inStore(async ({ store: { engine } }) => {
    const seen: string[] = [];
    await engine.start(
      handlers({
        advance: async (at) => {
          seen.push('advance');
          if (seen.length === 1) await engine.enqueueRun(at, 'round-1');
        },
        run: async () => {
          seen.push('run');
        },
      }),
    );
    await engine.wake(waking('o/r#1'));
    await until(engine.idle);
    expect(seen).toEqual(['advance', 'run', 'advance']);
  }));

test('no repository has more runs at once than it may, nor has the process', () =>
  inStore(
    async ({ store: { engine } }) => {
      const now = new Map<string, number>();
      let most = 0;
      let mostHere = 0;
      let ended = 0;
      await engine.start(
        handlers({
          run: async ({ rejection }) => {
            const repo = rejection.split('#')[0] ?? '';
            now.set(repo, (now.get(repo) ?? 0) + 1);
            most = Math.max(most, ...now.values());
            mostHere = Math.max(
              mostHere,
              [...now.values()].reduce((a, b) => a + b),
            );
            await sleep(60);
            now.set(repo, (now.get(repo) ?? 0) - 1);
            ended += 1;
          },
        }),
      );
      for (let n = 0; n < 12; n += 1) await engine.enqueueRun(waking(`o/r${n % 3}#${n}`), 'round');
      await until(engine.idle);
      expect([ended, most]).toEqual([12, 2]);
      expect(mostHere).toBeLessThanOrEqual(3);
      expect(mostHere).toBeGreaterThan(2);
    },
    { perRepository: 2, perWorker: 3 },
  ));

test('a stop request aborts the runs of that rejection only', () =>
  inStore(async ({ store: { engine } }) => {
    const reasons: string[] = [];
    const running = new Set<string>();
    await engine.start(
      handlers({
        run: (at, _run, signal) =>
          new Promise((done) => {
            running.add(at.rejection);
            signal.addEventListener('abort', () => {
              reasons.push(`${at.rejection} ${signal.reason}`);
              done();
            });
          }),
      }),
    );
    await engine.enqueueRun(waking('o/r#1'), 'round');
    await engine.enqueueRun(waking('o/r#2'), 'round');
    await until(() => running.size === 2);
    await engine.cancelRun('o/r#1');
    await until(() => reasons.length > 0);
    expect(reasons).toEqual(['o/r#1 stop-requested']);
    await engine.cancelRun('o/r#2');
    await until(engine.idle);
  }));

test('a run that the shutdown interrupts is started again by the next start; one that ends in time is not', () =>
  inStore(async ({ store, reopen }) => {
    const begun: string[] = [];
    const interrupted = handlers({
      run: async (_at, run, signal) => {
        begun.push(run);
        if (run === 'short') return sleep(50);
        await new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason)));
      },
    });
    await store.engine.start(interrupted);
    await store.engine.enqueueRun(waking('o/r#1'), 'long');
    await store.engine.enqueueRun(waking('o/r#2'), 'short');
    await until(() => begun.length === 2);
    await store.engine.stop(150);

    const { engine } = await reopen();
    const woken: string[] = [];
    await engine.start(
      handlers({
        // In order: nobody died of it.
        run: async (_at, run, _signal, _fence, again) => void begun.push(`${again ? 'after a death' : 'again'} ${run}`),
        advance: async ({ rejection }) => void woken.push(rejection),
      }),
    );
    await until(engine.idle);
    expect(begun.toSorted()).toEqual(['again long', 'long', 'short']);
    expect(woken.toSorted()).toEqual(['o/r#1', 'o/r#2']);
  }));
