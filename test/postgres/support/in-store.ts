import { rmSync } from 'node:fs';
import type { EngineHandlers, EngineTuning } from '../../../src/adapters/postgres/engine.ts';
import { openStore, type Store } from '../../../src/adapters/postgres/open.ts';
import type { Log } from '../../../src/ports.ts';
import { freshDatabase } from '../../support/shared-postgres.ts';
import { silent } from '../../support/silent-log.ts';

export interface StoreWorld {
  readonly store: Store;
  /** Opens the same database again, as a restarted or a second process would. */
  reopen(): Promise<Store>;
}

type Tuning = EngineTuning & { log?: Log; transcriptDays?: number };

/** Runs a story on a store with a database of its own, and leaves nothing behind. */
export async function inStore(story: (world: StoreWorld) => Promise<void>, tuning: Tuning = {}): Promise<void> {
  const database = await freshDatabase();
  const opened: Store[] = [];
  const open = async () => {
    const store = await openStore({ ...database, log: silent, ...tuning });
    opened.push(store);
    return store;
  };
  try {
    await story({ store: await open(), reopen: open });
  } finally {
    for (const store of opened) await store.close().catch(() => {});
    await database.drop();
    rmSync(database.stateDir, { recursive: true, force: true });
  }
}

/** Handlers that do nothing but what is given. */
export function handlers(given: Partial<EngineHandlers>): EngineHandlers {
  return { concerns: async () => [], advance: async () => {}, run: async () => {}, ...given };
}

let count = 0;

/** A delivery that no other has the GUID of. Its body names the rejections that it concerns. */
export function deliveryFor(...rejections: readonly string[]) {
  count += 1;
  return {
    guid: `guid-${process.pid}-${count}`,
    event: 'issues',
    installation: 1,
    payload: Buffer.from(JSON.stringify(rejections)),
    // Younger than what is deleted by age.
    receivedAt: new Date(),
  };
}

/** Reads what `deliveryFor` wrote. */
export const concernsOfBody: EngineHandlers['concerns'] = async ({ installation, payload }) => {
  const rejections: readonly string[] = JSON.parse(Buffer.from(payload ?? []).toString() || '[]');
  return rejections.map((rejection) => ({ installation, rejection }));
};
