import { normalQuantile } from './normal.ts';
import { addsUp, type Repeats } from './repeats.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Wilson's score interval of a pass rate. Without a run it is everything from 0 to 1. */
export function wilson(repeats: Repeats, confidence = 0.95): Interval {
  const { passes, runs } = repeats;
  if (!addsUp(repeats)) throw new RangeError(`no rate of ${passes} passes in ${runs} runs`);
  if (runs === 0) return { low: 0, high: 1 };
  const z = normalQuantile(0.5 + confidence / 2);
  const rate = passes / runs;
  const middle = rate + z ** 2 / (2 * runs);
  const reach = z * Math.sqrt((rate * (1 - rate)) / runs + z ** 2 / (4 * runs ** 2));
  const scale = 1 + z ** 2 / runs;
  return {
    low: passes === 0 ? 0 : (middle - reach) / scale,
    high: passes === runs ? 1 : (middle + reach) / scale,
  };
}
