import { openBlobs } from '../../../src/adapters/postgres/blobs.ts';
import { openLedger, type SealedLedger } from '../../../src/adapters/postgres/ledger.ts';
import { type Data, openData } from '../../../src/adapters/postgres/open-data.ts';
import type { Blobs } from '../../../src/ports.ts';
import { type FreshDatabase, freshDatabase } from '../../support/shared-postgres.ts';
import { silent } from '../../support/silent-log.ts';

export interface DataWorld {
  readonly data: Data;
  readonly ledger: SealedLedger;
  readonly blobs: Blobs;
  readonly database: FreshDatabase;
}

/** Runs a story on a database of its own without an engine, and leaves nothing behind. */
export async function inData(story: (world: DataWorld) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  try {
    const data = await openData({ ...database, log: silent });
    const { pool, dataKey } = data;
    try {
      await story({ data, ledger: openLedger(pool, dataKey), blobs: openBlobs(pool, dataKey), database });
    } finally {
      await data.close();
    }
  } finally {
    await database.drop();
  }
}
