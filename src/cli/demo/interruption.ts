/**
 * Aborts at the first Ctrl-C, SIGTERM or SIGHUP. Later ones do nothing, so that what is being cleaned up is cleaned up.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort());
  return controller.signal;
}

/** Rejects once the signal is aborted, whatever the work does then; else it is the work's outcome. */
export async function unlessInterrupted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, fail) => {
    stop = () => fail(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What a shell makes of a program that Ctrl-C ended. */
export const INTERRUPTED = 130;
