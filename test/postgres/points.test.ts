import { expect, test } from 'vitest';
import { ENGINE_POINTS } from '../../src/adapters/postgres/engine.ts';
import { type Observer, Weather } from '../../src/ports.ts';
import { concernsOfBody, deliveryFor, handlers, inStore } from './support/in-store.ts';
import { until } from './support/until.ts';

const waking = (rejection: string) => ({ installation: 1, rejection });

test('an observer is asked around everything that the engine does to the world', () => {
  const seen = new Map<string, string | undefined>();
  const observer: Observer = {
    around: (point, doing, work) => {
      if (!seen.has(point) || doing.rejection !== undefined) seen.set(point, doing.rejection);
      return work();
    },
  };
  const tuning = {
    observer,
    retryUnitMs: 10,
    beatMs: 100,
    longDelayMs: 100,
    quota: { perMinute: 5, perHour: 50 },
    gate: { pauseMs: 300, perSecond: 100 },
  };
  return inStore(async ({ store: { engine } }) => {
    const tries = new Map<string, number>();
    await engine.start(
      handlers({
        concerns: concernsOfBody,
        advance: async (at) => {
          const tried = (tries.get(at.rejection) ?? 0) + 1;
          tries.set(at.rejection, tried);
          if (at.rejection === 'o/r#1' && tried === 1) throw new Error('its own trouble');
          if (at.rejection === 'o/r#2' && tried === 1) throw new Weather('limit', 300, { scope: 'installation' });
          await engine.leaveToWrite(at, 1);
        },
        run: (_at, _run, signal) => new Promise((done) => signal.addEventListener('abort', () => done())),
        delayed: async () => {},
      }),
    );
    await engine.deliver(deliveryFor('o/r#1'));
    await engine.wake(waking('o/r#1'), 20);
    await until(() => (tries.get('o/r#1') ?? 0) > 1);
    await engine.enqueueRun(waking('o/r#3'), 'round');
    await until(() => seen.has('engine.run'));
    await engine.cancelRun('o/r#3');
    await until(engine.idle);
    await engine.wake(waking('o/r#2'));
    await until(engine.idle);
    await engine.stop(0);
    expect([...seen.keys()].toSorted()).toEqual([...ENGINE_POINTS].toSorted());
    expect(seen.get('engine.run')).toBe('o/r#3');
    expect(seen.get('engine.settle')).toBe('o/r#2');
  }, tuning);
});
