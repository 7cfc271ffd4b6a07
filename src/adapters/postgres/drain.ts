import type { Pool, PoolClient } from 'pg';
import type { Log } from '../../ports.ts';
import type { Deliveries, SavedDelivery } from './deliveries.ts';
import { transaction } from './transaction.ts';
import type { Waking } from './wakes.ts';

export interface DrainOptions {
  readonly pool: Pool;
  readonly deliveries: Deliveries;
  readonly concerns: (delivery: SavedDelivery) => Promise<readonly Waking[]>;
  /** Raises the wake number of each and queues its advance, within the transaction. */
  readonly wakeAll: (client: PoolClient, wakings: readonly Waking[]) => Promise<void>;
  readonly retryUnitMs: number;
  readonly later: (delayMs: number) => void;
  readonly log: Log;
}

const AT_ONCE = 8;
const LONGEST_DELAY_MS = 300_000;

/**
 * Turns one delivery into raised wake numbers, and marks it, in one transaction: a crash before the commit drains it
 * again, a crash after it finds the advance queued.
 */
async function drainOne(options: DrainOptions, delivery: SavedDelivery): Promise<void> {
  try {
    const wakings = await options.concerns(delivery);
    await transaction(options.pool, async (client) => {
      if (await options.deliveries.markDrained(client, delivery.guid)) await options.wakeAll(client, wakings);
    });
  } catch (error) {
    const delayMs = Math.min(LONGEST_DELAY_MS, options.retryUnitMs * 2 ** Math.min(delivery.failures + 1, 20));
    options.log.warn('delivery not drained, trying again', { guid: delivery.guid, delayMs, error: String(error) });
    await options.deliveries.postpone(delivery.guid, delayMs);
    options.later(delayMs);
  }
}

/** Returns a function that drains what there is. Calls while it works are one more look afterwards, not two workers. */
export function drainer(options: DrainOptions): () => Promise<void> {
  let again = false;
  let working: Promise<void> | undefined;
  const work = async () => {
    do {
      again = false;
      const found = await options.deliveries.undrained(AT_ONCE);
      await Promise.all(found.map((delivery) => drainOne(options, delivery)));
      if (found.length > 0) again = true;
    } while (again);
  };
  return () => {
    again = true;
    working ??= work().finally(() => {
      working = undefined;
    });
    return working;
  };
}
