import { appendFile, readFile } from 'node:fs/promises';
import type { Delivery } from './post-delivery.ts';

export interface DeliveryLog {
  readonly entries: readonly Delivery[];
  add(delivery: Delivery): void;
  /** Resolves when everything is on disk. */
  flush(): Promise<void>;
}

const keep = 1000;

/** The attempts to deliver webhooks, appended to a file so that a restarted forge still shows them. */
export async function openDeliveryLog(file: string): Promise<DeliveryLog> {
  const entries = await readEntries(file);
  let writing = Promise.resolve();
  return {
    entries,
    add(delivery) {
      entries.push(delivery);
      if (entries.length > keep) entries.shift();
      writing = writing.then(() => appendFile(file, `${JSON.stringify(delivery)}\n`, { mode: 0o600 }));
    },
    flush: () => writing,
  };
}

async function readEntries(file: string): Promise<Delivery[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.split('\n').slice(-keep - 1);
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as Delivery];
    } catch {
      // The last line may be cut where the forge was killed.
      return [];
    }
  });
}
