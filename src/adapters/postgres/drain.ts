import type { Pool, PoolClient } from 'pg';
import type { Log } from '../../ports.ts';
import type { Deliveries, SavedDelivery } from './deliveries.ts';
import type { Around } from './points.ts';
import { transaction } from './transaction.ts';
import { raise, type Waking } from './wakes.ts';

export interface DrainOptions {
  readonly pool: Pool;
  readonly deliveries: Deliveries;
  readonly concerns: (delivery: SavedDelivery) => Promise<readonly Waking[]>;
  readonly retryUnitMs: number;
  readonly later: (delayMs: number) => void;
  readonly around: Around;
  readonly log: Log;
}

/** Deliveries of one transaction, and how many of them are looked up at a time: each lookup may need a connection. */
const AT_ONCE = 100;
const LOOKUPS = 4;
const LONGEST_DELAY_MS = 300_000;

type Found =
  | { readonly delivery: SavedDelivery; readonly wakings: readonly Waking[] }
  | { readonly delivery: SavedDelivery; readonly error: unknown };

/** What each delivery concerns, in order. One that cannot be told is told so, alone. */
async function lookUp(options: DrainOptions, deliveries: readonly SavedDelivery[]): Promise<readonly Found[]> {
  const found: Found[] = [];
  const queue = deliveries.entries();
  const work = async () => {
    for (const [index, delivery] of queue)
      found[index] = await options.concerns(delivery).then(
        (wakings) => ({ delivery, wakings }),
        (error: unknown) => ({ delivery, error }),
      );
  };
  await Promise.all(Array.from({ length: LOOKUPS }, work));
  return found;
}

async function postpone(options: DrainOptions, client: PoolClient, { guid, failures }: SavedDelivery, error: unknown) {
  const delayMs = Math.min(LONGEST_DELAY_MS, options.retryUnitMs * 2 ** Math.min(failures + 1, 20));
  options.log.warn('delivery not drained, trying again', { guid, delayMs, error });
  await options.deliveries.postpone(client, guid, delayMs);
  options.later(delayMs);
}

/**
 * Turns deliveries into raised wake numbers, and marks them, in one transaction: a crash before the commit drains them
 * again, a crash after it finds the wakes owed. Other workers take other deliveries meanwhile.
 */
async function drainBatch(options: DrainOptions): Promise<number> {
  return transaction(options.pool, async (client) => {
    const found = await lookUp(options, await options.deliveries.undrained(client, AT_ONCE));
    const drained = found.filter((one) => 'wakings' in one);
    for (const one of found) if ('error' in one) await postpone(options, client, one.delivery, one.error);
    if (drained.length === 0) return found.length;
    await options.deliveries.markDrained(
      client,
      drained.map(({ delivery }) => delivery.guid),
    );
    // Last: it locks rows that others want, too.
    await raise(
      client,
      drained.flatMap(({ wakings }) => wakings),
    );
    return found.length;
  });
}

/** Drains what there is, the oldest first. */
export async function drain(options: DrainOptions): Promise<void> {
  while ((await options.around('engine.drain', {}, () => drainBatch(options))) > 0);
}
