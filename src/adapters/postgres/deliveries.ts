import type { Pool, PoolClient } from 'pg';

/** A webhook as it arrived, verified. */
export interface Delivery {
  readonly guid: string;
  readonly event: string;
  readonly installation: number;
  readonly payload: Uint8Array;
  readonly receivedAt: Date;
}

/** A stored webhook. Its body is null where it was deleted. */
export interface SavedDelivery extends Omit<Delivery, 'payload'> {
  readonly payload: Uint8Array | null;
  /** How often draining it has failed. */
  readonly failures: number;
}

export interface Deliveries {
  /** Resolves once the delivery is durable. Deliveries that arrive together share one commit. */
  saveDelivery(delivery: Delivery): Promise<'new' | 'known'>;
  /** The oldest that are not drained and not waiting for another try; nobody else gets them until the caller commits. */
  undrained(within: PoolClient, limit: number): Promise<readonly SavedDelivery[]>;
  /** Marks them, and deletes their bodies: they only said where to look, and that has been noted. */
  markDrained(within: PoolClient, guids: readonly string[]): Promise<void>;
  /** Puts off the next try. */
  postpone(within: PoolClient, guid: string, delayMs: number): Promise<void>;
}

interface Waiting {
  readonly delivery: Delivery;
  readonly resolve: (found: 'new' | 'known') => void;
  readonly reject: (error: unknown) => void;
}

interface Row {
  readonly guid: string;
  readonly event: string;
  readonly installation: string;
  readonly payload: Buffer | null;
  readonly received_at: Date;
  readonly failures: number;
}

const BATCH_ROWS = 200;
/** Commits under way at a time. */
const COMMITS = 3;
const BATCH_BYTES = 32_000_000;

/** Inserts the batch in one statement and returns the GUIDs that were new. */
async function insert(pool: Pool, given: readonly Delivery[]): Promise<Set<string>> {
  // In one order for everybody: two that insert the same GUIDs must not wait for each other.
  const batch = given.toSorted((a, b) => (a.guid < b.guid ? -1 : 1));
  const values = batch.flatMap(({ guid, event, installation, payload, receivedAt }) => [
    guid,
    event,
    installation,
    Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength),
    receivedAt,
  ]);
  const rows = batch.map((_, at) => `(${[1, 2, 3, 4, 5].map((column) => `$${at * 5 + column}`).join(', ')})`);
  const { rows: inserted } = await pool.query<{ guid: string }>({
    name: `deliver-${batch.length}`,
    text: `with inserted as (
        insert into corrigible.delivery (guid, event, installation, payload, received_at) values ${rows.join(', ')}
        on conflict (guid) do nothing returning guid)
      select guid, pg_notify('corrigible', 'delivery') from inserted`,
    values,
  });
  return new Set(inserted.map((row) => row.guid));
}

function takeBatch(queue: Waiting[]): Waiting[] {
  let bytes = 0;
  let rows = 0;
  while (rows < queue.length && rows < BATCH_ROWS && (rows === 0 || bytes < BATCH_BYTES)) {
    bytes += queue[rows]?.delivery.payload.byteLength ?? 0;
    rows += 1;
  }
  return queue.splice(0, rows);
}

async function commitBatch(pool: Pool, batch: readonly Waiting[]): Promise<void> {
  try {
    const fresh = await insert(
      pool,
      batch.map(({ delivery }) => delivery),
    );
    // Of two equal GUIDs in one batch, the first is the new one.
    for (const { delivery, resolve } of batch) resolve(fresh.delete(delivery.guid) ? 'new' : 'known');
  } catch (error) {
    if (batch.length === 1) return batch[0]?.reject(error);
    // One bad row must not refuse its neighbours.
    for (const waiting of batch) await commitBatch(pool, [waiting]);
  }
}

/**
 * While commits are on their way, what arrives gathers for the next: no delay when quiet, few commits when busy. Several
 * at a time, because each waits for the disk, and Postgres lets them share one wait.
 */
function groupCommit(pool: Pool): Deliveries['saveDelivery'] {
  const queue: Waiting[] = [];
  let committing = 0;
  const commit = async () => {
    if (committing >= COMMITS) return;
    committing += 1;
    await new Promise((turn) => setImmediate(turn));
    while (queue.length > 0) await commitBatch(pool, takeBatch(queue));
    committing -= 1;
  };
  return (delivery) =>
    new Promise((resolve, reject) => {
      queue.push({ delivery, resolve, reject });
      void commit();
    });
}

const saved = (row: Row): SavedDelivery => ({
  guid: row.guid,
  event: row.event,
  installation: Number(row.installation),
  payload: row.payload,
  receivedAt: row.received_at,
  failures: row.failures,
});

/** The inbox of webhooks. */
export function openDeliveries(pool: Pool): Deliveries {
  return {
    saveDelivery: groupCommit(pool),
    undrained: async (within, limit) => {
      const { rows } = await within.query<Row>(
        `with oldest as (
           select seq, octet_length(payload) as size from corrigible.delivery
           where drained_at is null and (retry_at is null or retry_at <= now()) order by seq limit $1
           for update skip locked
         ), few as (select seq, sum(size) over (order by seq) - size as before from oldest)
         select guid, event, installation, payload, received_at, failures from corrigible.delivery join few using (seq)
         where coalesce(before, 0) < $2 order by seq`,
        [limit, BATCH_BYTES],
      );
      return rows.map(saved);
    },
    markDrained: async (within, guids) => {
      const text = 'update corrigible.delivery set drained_at = now(), payload = null where guid = any($1)';
      await within.query(text, [guids]);
    },
    postpone: async (within, guid, delayMs) => {
      const text = `update corrigible.delivery set failures = failures + 1, retry_at = now() + $2 * interval '1 ms' where guid = $1`;
      await within.query(text, [guid, delayMs]);
    },
  };
}
