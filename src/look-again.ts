import type { Ports } from './ports.ts';

const EVERY_MS = 5 * 60_000;

/**
 * Has the rejection looked at again within five minutes, for what no event may tell: the end of somebody else's check, or
 * of work that was cut off. All who ask get the same moment, so that many asks are one look.
 */
export async function lookAgain(ports: Ports): Promise<void> {
  await ports.queue.wakeAfter(ports.ref, EVERY_MS - (Date.parse(ports.clock.now()) % EVERY_MS));
}
