import type { DeliveryLog } from './delivery-log.ts';
import { type Delivery, lost } from './post-delivery.ts';

/** What tests can do to webhooks. */
export interface WebhookControls {
  /** Keeps webhooks back until `release`. */
  hold(): void;
  /** Sends what was held, in this order, and stops holding. Resolves when all of it was answered. */
  release(order?: 'as-sent' | 'reversed' | ((held: Delivery[]) => Delivery[])): Promise<void>;
  /** The next n never arrive; the log shows them as failed, as GitHub's would. */
  dropNext(n: number): void;
  /** The next n arrive twice under one GUID. */
  duplicateNext(n: number): void;
  /** Each waits this long before it is sent. */
  delay(ms: number): void;
  /** The attempts so far, oldest first. */
  readonly log: readonly Delivery[];
  /** Resolves when nothing is under way; what is held does not count. */
  settled(): Promise<void>;
}

export interface DeliveryQueue {
  readonly controls: WebhookControls;
  accept(delivery: Delivery): void;
  /** Sends nothing more; resolves when what is under way ended. */
  stop(): Promise<void>;
}

type Post = (delivery: Delivery, signal: AbortSignal) => Promise<Delivery>;

/** One delivery after the other, so that they arrive in the order of what happened, unless a test wants otherwise. */
export function makeDeliveryQueue(log: DeliveryLog, post: Post, nextId: () => number): DeliveryQueue {
  let sending = Promise.resolve();
  let held: Delivery[] | null = null;
  const mischief = { delayMs: 0, drops: 0, duplicates: 0 };
  const stopping = new AbortController();

  const send = async (delivery: Delivery) => {
    if (mischief.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, mischief.delayMs));
    if (stopping.signal.aborted) return;
    if (mischief.drops > 0) {
      mischief.drops--;
      log.add({ ...delivery, ...lost });
      return;
    }
    log.add(await post(delivery, stopping.signal));
    if (mischief.duplicates === 0) return;
    mischief.duplicates--;
    log.add(await post({ ...delivery, id: nextId() }, stopping.signal));
  };
  const enqueue = (delivery: Delivery) => {
    sending = sending.then(() => send(delivery));
  };
  const release: WebhookControls['release'] = (order = 'as-sent') => {
    const waiting = held ?? [];
    held = null;
    for (const delivery of inOrder(waiting, order)) enqueue(delivery);
    return sending;
  };

  return {
    controls: {
      hold: () => {
        held ??= [];
      },
      release,
      dropNext: (n) => Object.assign(mischief, { drops: n }),
      duplicateNext: (n) => Object.assign(mischief, { duplicates: n }),
      delay: (ms) => Object.assign(mischief, { delayMs: ms }),
      get log() {
        return log.entries;
      },
      async settled() {
        for (let last: Promise<void> | null = null; last !== sending; ) {
          last = sending;
          await last;
        }
      },
    },
    accept: (delivery) => (held ? void held.push(delivery) : enqueue(delivery)),
    stop() {
      stopping.abort();
      return sending;
    },
  };
}

function inOrder(held: Delivery[], order: NonNullable<Parameters<WebhookControls['release']>[0]>): Delivery[] {
  if (typeof order === 'function') return order([...held]);
  return order === 'reversed' ? held.toReversed() : held;
}
