import { Fenced, Weather } from '../../ports.ts';

/** How a piece of work ended: told by what it threw, never by what that says. */
export type End = 'done' | 'weather' | 'fenced' | 'failed';

/** Runs the work and tells how it ended and after how many seconds; what it gives or throws goes on. */
export async function timed<T>(work: () => Promise<T>, tell: (end: End, seconds: number) => void): Promise<T> {
  const began = performance.now();
  let end: End = 'done';
  try {
    return await work();
  } catch (error) {
    end = error instanceof Weather ? 'weather' : error instanceof Fenced ? 'fenced' : 'failed';
    throw error;
  } finally {
    tell(end, (performance.now() - began) / 1000);
  }
}
