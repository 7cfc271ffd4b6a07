import type { Pool, PoolClient } from 'pg';
import { engineTrouble } from '../../domain/messages/engine.ts';
import { Weather } from '../../ports.ts';

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
  /**
   * Resolves once the delivery is durable. Deliveries that arrive together share one commit. Rejects when that does not
   * come about in time, or at once when too much waits already; it may still become durable then.
   */
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
/** GitHub waits ten seconds for an answer. */
const DEADLINE_MS = 8_000;
/** Bodies in memory: three batches under way, and one more. */
const HELD_BYTES = 4 * BATCH_BYTES;
/** What a small delivery takes beside its body, about. */
const ROW_BYTES = 1000;

export interface DeliveryLimits {
  readonly deadlineMs: number;
  readonly heldBytes: number;
}

/** Inserts the batch in one statement and returns the GUIDs that were new. */
async function insert(pool: Pool, given: readonly Delivery[], deadlineMs: number): Promise<Set<string>> {
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
  const query = {
    name: `deliver-${batch.length}`,
    text: `with inserted as (
        insert into corrigible.delivery (guid, event, installation, payload, received_at) values ${rows.join(', ')}
        on conflict (guid) do nothing returning guid)
      select guid, pg_notify('corrigible', 'delivery') from inserted`,
    values,
    // Nobody waits for it any longer, and a connection that hangs is given up with it.
    query_timeout: deadlineMs,
  };
  const { rows: inserted } = await pool.query<{ guid: string }>(query);
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

/** Whether the database speaks of a value or a row, by its SQLSTATE; else another row would fare no better. */
const isBadRow = (error: unknown): boolean => /^2[23]/.test(String((error as { code?: unknown }).code ?? ''));

async function commitBatch(pool: Pool, batch: readonly Waiting[], deadlineMs: number): Promise<void> {
  try {
    const given = batch.map(({ delivery }) => delivery);
    const fresh = await insert(pool, given, deadlineMs);
    // Of two equal GUIDs in one batch, the first is the new one.
    for (const { delivery, resolve } of batch) resolve(fresh.delete(delivery.guid) ? 'new' : 'known');
  } catch (error) {
    // One bad row must not refuse its neighbours.
    if (batch.length > 1 && isBadRow(error))
      for (const waiting of batch) await commitBatch(pool, [waiting], deadlineMs);
    else for (const { reject } of batch) reject(error);
  }
}

/** What has been taken in and is not stored, within its limits. */
function openQueue({ deadlineMs, heldBytes }: DeliveryLimits) {
  const queue: Waiting[] = [];
  let held = 0;
  const sizeOf = ({ delivery }: Waiting) => delivery.payload.byteLength + ROW_BYTES;
  const letGo = (batch: readonly Waiting[]) => {
    for (const waiting of batch) held -= sizeOf(waiting);
  };
  const giveUp = (waiting: Waiting) => {
    waiting.reject(new Weather(engineTrouble.notStoredInTime()));
    // One that is being stored is held until that has ended.
    const at = queue.indexOf(waiting);
    if (at >= 0) letGo(queue.splice(at, 1));
  };
  const add = (delivery: Delivery) => {
    const { promise, resolve, reject } = Promise.withResolvers<'new' | 'known'>();
    const waiting = { delivery, resolve, reject };
    if (held + sizeOf(waiting) > heldBytes) reject(new Weather(engineTrouble.tooMuchToStore()));
    else {
      held += sizeOf(waiting);
      queue.push(waiting);
      const timer = setTimeout(() => giveUp(waiting), deadlineMs);
      const ended = () => clearTimeout(timer);
      promise.then(ended, ended);
    }
    return promise;
  };
  return { add, take: () => takeBatch(queue), letGo };
}

/**
 * While commits are on their way, what arrives gathers for the next: no delay when quiet, few commits when busy. Several
 * at a time, because each waits for the disk, and Postgres lets them share one wait.
 */
function groupCommit(pool: Pool, limits: DeliveryLimits): Deliveries['saveDelivery'] {
  const queue = openQueue(limits);
  let committing = 0;
  const commit = async () => {
    if (committing >= COMMITS) return;
    committing += 1;
    await new Promise((turn) => setImmediate(turn));
    for (let batch = queue.take(); batch.length > 0; batch = queue.take()) {
      await commitBatch(pool, batch, limits.deadlineMs);
      queue.letGo(batch);
    }
    committing -= 1;
  };
  return (delivery) => {
    const stored = queue.add(delivery);
    void commit();
    return stored;
  };
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
export function openDeliveries(pool: Pool, limits: Partial<DeliveryLimits> = {}): Deliveries {
  return {
    saveDelivery: groupCommit(pool, { deadlineMs: DEADLINE_MS, heldBytes: HELD_BYTES, ...limits }),
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
