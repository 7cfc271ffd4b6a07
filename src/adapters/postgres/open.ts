import type { Pool } from 'pg';
import type { RejectionKey } from '../../domain/rejection.ts';
import { KEPT_DAYS } from '../../domain/transcript/line.ts';
import type { Blobs, Reserves, Results, Transcripts } from '../../ports.ts';
import { openBlobs } from './blobs.ts';
import { type Engine, type EngineTuning, openEngine } from './engine.ts';
import type { Fence } from './fence.ts';
import { openLedger, type SealedLedger } from './ledger.ts';
import { type DataOptions, openData } from './open-data.ts';
import { openReserves } from './reserves.ts';
import { openResults } from './results.ts';
import { openTranscripts } from './transcripts.ts';

/** Everything that lasts. */
export interface Store {
  readonly ledger: SealedLedger;
  /** For one turn of work. */
  readonly reserves: (fence: Fence) => Reserves;
  readonly engine: Engine;
  readonly blobs: Blobs;
  readonly transcripts: Transcripts;
  /** Results of the rejection's repository, as they are used for this rejection. */
  readonly results: (rejection: RejectionKey) => Results;
  readonly pool: Pool;
  /** Stands for a text in clear: equal for equal texts on every worker, and telling nothing without the data key. */
  readonly mark: (text: string) => string;
  /** Signs a text, alike on every worker. */
  readonly sign: (text: string) => string;
  /** Stops the engine after `drainMs` (default 0) and lets go of the database; ends the embedded one. */
  close(drainMs?: number): Promise<void>;
  /** Process id of the embedded Postgres; null on a server, or while it is down. */
  postgresPid(): number | null;
}

export interface StoreOptions extends DataOptions, EngineTuning {
  /** For how many days a transcript is kept. Default 30. */
  readonly transcriptDays?: number | undefined;
}

/**
 * Opens the store: the embedded Postgres below `stateDir` or the server at `databaseUrl`, migrated to this release.
 * Throws `StoreRefused` with a sentence for the person who starts the app.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const data = await openData(options);
  const { pool, url, dataKey } = data;
  const engine = await openEngine({ ...options, pool, url });
  return {
    ledger: openLedger(pool, dataKey),
    reserves: (fence) => openReserves(pool, fence),
    engine,
    blobs: openBlobs(pool, dataKey),
    transcripts: openTranscripts(pool, dataKey, options.transcriptDays ?? KEPT_DAYS),
    results: openResults(pool, dataKey, options.log),
    pool,
    mark: dataKey.mark,
    sign: dataKey.sign,
    postgresPid: data.postgresPid,
    close: async (drainMs = 0) => {
      await engine.stop(drainMs);
      await data.close();
    },
  };
}
