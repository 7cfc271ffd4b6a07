import type pg from 'pg';
import type { FactKind } from '../../domain/fact.ts';
import type { Figures } from '../../domain/figures.ts';
import { databaseFromNewerRelease, databaseOfOlderRelease, nothingStoredYet } from '../../domain/messages/store.ts';
import type { RejectionKey } from '../../domain/rejection.ts';
import { type BareFact, STAGE_KINDS } from '../../domain/stage-by-kinds.ts';
import type { Ledger, Transcripts } from '../../ports.ts';
import { openDataKey } from './data-key.ts';
import { findDatabase } from './database-place.ts';
import { openEmbedded } from './embedded.ts';
import { figuresOf } from './figures.ts';
import { openLedger } from './ledger.ts';
import { migrations } from './migrations.ts';
import { type DataOptions, serverTrouble, whereOf } from './open-data.ts';
import { type PausedBy, pausedBy } from './pause.ts';
import { makePool } from './pool.ts';
import { StoreRefused } from './store-refused.ts';
import { readTranscripts } from './transcripts.ts';

/** A rejection with the clear side of its facts, oldest first. */
export interface Outline {
  readonly rejection: RejectionKey;
  readonly facts: readonly BareFact[];
}

export interface WorkerSeen {
  readonly id: string;
  readonly machine: string;
  readonly pid: number;
  /** ISO time of its last heartbeat. */
  readonly seen: string;
}

/** Everything that lasts, for looking at: nothing is written, migrated or worked on. */
export interface Records {
  readonly ledger: Pick<Ledger, 'read' | 'readAll'>;
  readonly transcripts: Pick<Transcripts, 'list' | 'get'>;
  /** Every rejection, or those of one repository, a bounded number in memory at a time. */
  outlines(repo?: string): AsyncIterable<Outline>;
  figures(): Promise<Figures>;
  /** Null while nothing is paused. */
  paused(): Promise<PausedBy | null>;
  workers(): Promise<readonly WorkerSeen[]>;
  close(): Promise<void>;
}

const AT_ONCE = 2000;
const DEAD_AFTER_MS = 20_000;
/** The database is not there. Within the built-in Postgres it is made at the first start of the app. */
const MISSING = '3D000';
/** The schema or its table is not there. */
const ABSENT = new Set(['3F000', '42P01']);

async function refuseOtherRelease(pool: pg.Pool, { databaseUrl, stateDir }: DataOptions): Promise<void> {
  const known = migrations().at(-1)?.version ?? 0;
  const text = 'select max(version) as version from corrigible.schema_version';
  const found = await pool.query<{ version: number | null }>(text).catch((error: unknown) => {
    const { code = '' } = error as { code?: string };
    if (databaseUrl === undefined) throw ABSENT.has(code) || code === MISSING ? nothingAt(stateDir) : error;
    throw ABSENT.has(code) ? nothingAt(whereOf(databaseUrl)) : serverTrouble(databaseUrl, error);
  });
  const version = found.rows[0]?.version ?? 0;
  if (version > known) throw new StoreRefused(databaseFromNewerRelease(version, known));
  if (version < known) throw new StoreRefused(databaseOfOlderRelease(version, known));
}

const nothingAt = (place: string): StoreRefused => new StoreRefused(nothingStoredYet(place));

async function* outlinesOf(pool: pg.Pool, repo: string | undefined): AsyncGenerator<Outline> {
  let after = '';
  for (;;) {
    const { rows } = await pool.query<{ rejection: string; facts: string | null }>(
      `select c.rejection, (
         select string_agg(f.seq || ' ' || f.kind || ' ' || (extract(epoch from f.at) * 1000)::bigint, ',' order by f.seq)
         from corrigible.fact f where f.rejection = c.rejection and f.kind = any($3)) as facts
       from (select rejection from corrigible.chain
             where rejection > $1 and ($2::text is null or repo = $2) order by rejection limit $4) c
       order by c.rejection`,
      [after, repo ?? null, STAGE_KINDS, AT_ONCE],
    );
    for (const { rejection, facts } of rows) yield { rejection, facts: (facts ?? '').split(',').flatMap(bareFact) };
    const last = rows.at(-1);
    if (last === undefined || rows.length < AT_ONCE) return;
    after = last.rejection;
  }
}

function bareFact(text: string): readonly BareFact[] {
  const [seq, kind, at] = text.split(' ');
  if (seq === undefined || kind === undefined || at === undefined) return [];
  return [{ seq: Number(seq), kind: kind as FactKind, at: new Date(Number(at)).toISOString() }];
}

async function workersOf(pool: pg.Pool): Promise<readonly WorkerSeen[]> {
  const text = 'select id, machine, pid, seen from corrigible.executor order by seen desc limit 200';
  const { rows } = await pool.query<Omit<WorkerSeen, 'seen'> & { seen: Date }>(text);
  return rows.map(({ seen, ...worker }) => ({ ...worker, seen: seen.toISOString() }));
}

/**
 * Opens the store beside whatever works on it. An embedded database that runs is adopted, one that does not is started
 * and ended again. Throws `StoreRefused` with a sentence when there is no store, or one of another release.
 */
export async function openRecords(options: DataOptions): Promise<Records> {
  const { databaseUrl, stateDir } = options;
  if (databaseUrl !== undefined) whereOf(databaseUrl);
  // Opening would make one, or look for it in vain under another user.
  else if (findDatabase(stateDir) === null) throw nothingAt(stateDir);
  const embedded = databaseUrl === undefined ? await openEmbedded(stateDir) : undefined;
  const pool = makePool({
    connectionString: embedded?.url('corrigible') ?? databaseUrl ?? '',
    max: 2,
    options: '-c default_transaction_read_only=on',
  });
  const close = async () => {
    await pool.end();
    await embedded?.stop();
  };
  try {
    await refuseOtherRelease(pool, options);
    const dataKey = await openDataKey(pool, options);
    return {
      ledger: openLedger(pool, dataKey),
      transcripts: readTranscripts(pool, dataKey),
      outlines: (repo) => outlinesOf(pool, repo),
      figures: () => figuresOf(pool, DEAD_AFTER_MS),
      paused: () => pausedBy(pool),
      workers: () => workersOf(pool),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
