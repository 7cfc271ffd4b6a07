import { resolve } from 'node:path';
import { type Checked, checkStore } from './adapters/postgres/check.ts';
import { type Forgotten, forget } from './adapters/postgres/forget.ts';
import { type Moved, moveData, type Target } from './adapters/postgres/move.ts';
import { type Data, openData, whereOf } from './adapters/postgres/open-data.ts';
import { openRecords } from './adapters/postgres/open-records.ts';
import { type PausedBy, type Pausing, pause, resume } from './adapters/postgres/pause.ts';
import type { RejectionKey } from './domain/rejection.ts';
import type { Log } from './ports.ts';
import type { StoreSettings } from './read-settings.ts';

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** Runs `work` on the data of a store that is there, beside any app that uses it. Throws in words when it cannot be. */
async function withData<T>(settings: StoreSettings, work: (data: Data) => Promise<T>): Promise<T> {
  const place = { ...settings, stateDir: resolve(settings.stateDir) };
  // Opening would make one where none is, and an empty one proves nothing.
  await (await openRecords({ ...place, log: silent })).close();
  const data = await openData({ ...place, log: silent });
  try {
    return await work(data);
  } finally {
    await data.close();
  }
}

/** Verifies every chain, key, fact and blob. */
export const checkStoreOf = (settings: StoreSettings): Promise<Checked> =>
  withData(settings, ({ pool, dataKey }) => checkStore(pool, dataKey));

/** Deletes everything personal about a rejection, and searches for what is left of it and of `also`. */
export const forgetIn = (
  settings: StoreSettings,
  rejection: RejectionKey,
  { by, also }: { readonly by: string; readonly also: readonly string[] },
): Promise<Forgotten> =>
  withData(settings, ({ pool, dataKey }) =>
    forget(rejection, { pool, dataKey, stateDir: resolve(settings.stateDir), by, also }),
  );

/** Has every process of this store do nothing but take webhooks in, until `resumeStore`. */
export const pauseStore = (settings: StoreSettings, said: Omit<PausedBy, 'since'>): Promise<Pausing> =>
  withData(settings, ({ pool }) => pause(pool, said));

/** Lets everything go on. False where nothing was paused. */
export const resumeStore = (settings: StoreSettings): Promise<boolean> =>
  withData(settings, ({ pool }) => resume(pool));

/** Carries the embedded database below the state directory to the server `to`. */
export async function moveStore({ stateDir, dataKey }: StoreSettings, to: Target): Promise<Moved> {
  // Before a database is started for it.
  whereOf(to.url, to.given);
  return withData({ stateDir, databaseUrl: undefined, dataKey }, (data) => moveData(data, to, silent));
}
