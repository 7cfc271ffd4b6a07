import type { Sandbox } from '../../ports.ts';

/** The part of a sandbox that runs. */
export type Runner = Pick<Sandbox, 'run'>;

/** Turns at one of `width` places. */
function places(width: number) {
  const waiting = new Set<(mine: boolean) => void>();
  let free = width;
  return {
    /** Resolves in the order of asking: true with a place, false without one when the signal ends the waiting. */
    async take(signal: AbortSignal | undefined): Promise<boolean> {
      if (signal?.aborted) return false;
      if (free > 0) {
        free--;
        return true;
      }
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const stop = (): void => {
        waiting.delete(resolve);
        resolve(false);
      };
      waiting.add(resolve);
      signal?.addEventListener('abort', stop, { once: true });
      const mine = await promise;
      signal?.removeEventListener('abort', stop);
      return mine;
    },
    leave(): void {
      const [next] = waiting;
      if (next === undefined) free++;
      else {
        waiting.delete(next);
        next(true);
      }
    },
  };
}

/** Holds runs to `width` at once, whoever asks; the others wait in the order they came. */
export function atMost(sandbox: Runner, width: number): Runner {
  if (!Number.isInteger(width) || width < 1) throw new RangeError(`A width of ${width} runs nothing.`);
  const { take, leave } = places(width);
  return {
    async run(job) {
      // What was stopped while it waited is asked for all the same: the sandbox says so, and starts nothing.
      const mine = await take(job.signal);
      try {
        return await sandbox.run(job);
      } finally {
        if (mine) leave();
      }
    },
  };
}
