import type { Doing, Observer } from '../../ports.ts';

/** Where the engine changes what lasts, or hands work out: an observer is asked around each of these. */
export const ENGINE_POINTS = [
  'engine.deliver',
  'engine.drain',
  'engine.raise',
  'engine.wake-due',
  'engine.alarm',
  'engine.claim',
  'engine.advance',
  'engine.settle',
  'engine.put-off',
  'engine.enqueue-run',
  'engine.take-fence',
  'engine.run',
  'engine.wake-after-run',
  'engine.stop-run',
  'engine.beat',
  'engine.reap',
  'engine.sign-off',
  'engine.shut-gate',
  'engine.open-gate',
  'engine.line-up',
  'engine.probe',
  'engine.tell-delay',
  'engine.grant',
] as const;

export type EnginePoint = (typeof ENGINE_POINTS)[number];

export type Around = <T>(point: EnginePoint, doing: Doing, work: () => Promise<T>) => Promise<T>;

/** Leads through the observer, if there is one. */
export const aroundWith =
  (observer: Observer | undefined): Around =>
  (point, doing, work) =>
    observer === undefined ? work() : observer.around(point, doing, work);
