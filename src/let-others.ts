/** How long others may be kept waiting for the event loop. */
const BUSY_MS = 50;

/**
 * To be called between the parts of long work that never waits: now and then it lets everything else of this process go
 * first, the heartbeat above all.
 */
export function lettingOthers(busyMs = BUSY_MS): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < busyMs) return;
    await new Promise(setImmediate);
    since = performance.now();
  };
}
