import type { Pool, PoolClient } from 'pg';
import { personalValues } from '../../domain/personal-values.ts';
import type { RejectionKey } from '../../domain/rejection.ts';
import { openBlob } from './blobs.ts';
import { FACT_COLUMNS, openFact, readable, START, type StoredFact } from './chain.ts';
import type { DataKey } from './data-key.ts';
import { deliveriesAbout } from './deliveries-about.ts';
import { dropReports } from './drop-reports.ts';
import { columnsOf, intoFact, linked, repoOf } from './ledger.ts';
import { needlesOf } from './needles.ts';
import { readyKey } from './seal.ts';
import { type Searched, search } from './search.ts';
import { type SplitWith, splitWith } from './split-with.ts';
import { transaction } from './transaction.ts';

export interface Forgotten {
  /** The name under which it was kept: that of its repository when it was first seen. */
  readonly rejection: RejectionKey;
  /** Whether anything was known of it. */
  readonly known: boolean;
  /** What cannot be read any more, or is gone. */
  readonly facts: number;
  readonly blobs: number;
  readonly payloads: number;
  readonly runs: number;
  /** Reports on stored tickets of the whole repository that are gone. */
  readonly reports: number;
  /** Issues and pull requests on GitHub that may still tell of it: its own, and those that a report was told on. */
  readonly onGithub: { readonly own: readonly number[]; readonly told: readonly number[] };
  /** Which other rejections hold words of the same reporter, because one was split into them; null for none. */
  readonly split: SplitWith | null;
  /** How many texts were searched for afterwards. */
  readonly texts: number;
  readonly searched: Searched;
}

export interface ForgetOptions {
  readonly pool: Pool;
  readonly dataKey: DataKey;
  /** The state directory, whose files are searched. */
  readonly stateDir: string;
  /** Who asked for it. */
  readonly by: string;
  /** Texts to search for besides those that the store knows. */
  readonly also: readonly string[];
}

interface Collected {
  readonly texts: readonly string[];
  readonly facts: number;
  readonly blobs: number;
}

const DAMAGED = null;

function parsedBlob(open: () => Uint8Array): unknown {
  try {
    const text = Buffer.from(open()).toString();
    return text.startsWith('[') || text.startsWith('{') ? JSON.parse(text) : text;
  } catch {
    // What cannot be opened is forgotten all the same.
    return DAMAGED;
  }
}

/**
 * Everything personal that the store can still read of it. Holds off whoever would append until the commit: key, fence
 * and head are locked in the order in which an append locks them.
 */
async function collect(client: PoolClient, dataKey: DataKey, rejection: RejectionKey): Promise<Collected> {
  const seals = await client.query<{ wrapped: Buffer }>(
    'select wrapped from corrigible.seal where rejection = $1 for update',
    [rejection],
  );
  const { rows: links } = await client.query<StoredFact>(
    `select ${FACT_COLUMNS} from corrigible.fact f where f.rejection = $1 order by f.seq`,
    [rejection],
  );
  const { rows: blobs } = await client.query<{ name: string; sealed: Buffer }>(
    'select name, sealed from corrigible.blob where rejection = $1',
    [rejection],
  );
  const wrapped = seals.rows[0]?.wrapped;
  if (wrapped === undefined) return { texts: [], facts: 0, blobs: blobs.length };
  const key = readyKey(dataKey.unwrap(rejection, wrapped));
  const sealed = readable(links).filter(({ clear }) => clear === null);
  const facts = sealed.map((link) => openFact(rejection, link, key).fact);
  const contents = blobs.map(({ name, sealed }) => parsedBlob(() => openBlob(key, rejection, name, sealed)));
  return { texts: personalValues([...facts, ...contents]), facts: facts.length, blobs: blobs.length };
}

/** Whoever is at work on it loses the turn, and what waits is not begun. */
async function stopWork(client: PoolClient, rejection: RejectionKey): Promise<number> {
  await client.query('update corrigible.fence set token = token + 1, stopped = token where rejection = $1', [
    rejection,
  ]);
  await client.query("select pg_notify('corrigible', 'stop'), pg_notify('corrigible', 'forgotten')");
  await client.query('delete from corrigible.rejection where key = $1', [rejection]);
  await client.query('delete from corrigible.alarm where key = $1', [rejection]);
  await client.query('delete from corrigible.parked where rejection = $1', [rejection]);
  const { rowCount } = await client.query(
    `with gone as (
       delete from dbos.workflow_status where workflow_uuid ^@ any($1) returning workflow_uuid
     ), inputs as (delete from dbos.workflow_input i using gone where i.workflow_uuid = gone.workflow_uuid
     ), outputs as (delete from dbos.workflow_output o using gone where o.workflow_uuid = gone.workflow_uuid
     ), steps as (delete from dbos.operation_outputs s using gone where s.workflow_uuid = gone.workflow_uuid)
     select from gone`,
    [[`run:${rejection}:`, `advance:${rejection}:`]],
  );
  return rowCount ?? 0;
}

/**
 * All that is kept of the repository's results, with the key: a step may have put anything of anybody into its output. The
 * key goes first, so that whoever is putting some right now has ended, or finds none.
 */
async function dropResults(client: PoolClient, repo: string): Promise<void> {
  await client.query('delete from corrigible.seal where rejection = $1', [repo]);
  await client.query('delete from corrigible.result where repo = $1', [repo]);
}

/** The last fact, in clear. The chain goes on from its ciphertext, which stays and which nobody can open. */
async function recordIt(client: PoolClient, rejection: RejectionKey, by: string): Promise<void> {
  const { rows } = await client.query<{ seq: number; hash: string }>(
    'select seq, hash from corrigible.chain where rejection = $1',
    [rejection],
  );
  const head = rows[0] ?? { seq: 0, hash: START };
  const [link] = linked(rejection, head, [{ at: new Date(), fact: { kind: 'forgotten', by } }], Buffer.alloc(0));
  if (link === undefined) return;
  await client.query(intoFact(3), [rejection, repoOf(rejection), ...columnsOf([link])]);
  await client.query(
    `insert into corrigible.chain (rejection, repo, seq, hash, moving, since) values ($1, $2, $3, $4, false, now())
     on conflict (rejection) do update set seq = excluded.seq, hash = excluded.hash, moving = false, fingerprint = null`,
    [rejection, repoOf(rejection), link.seq, link.hash],
  );
}

/** Rejections keep the name that their repository had at first; people know it by the one that it has now. */
async function keptAs(client: PoolClient, rejection: RejectionKey): Promise<RejectionKey> {
  const repo = repoOf(rejection);
  const { rows } = await client.query<{ ledger_name: string }>(
    'select ledger_name from corrigible.repository where lower(name) = lower($1)',
    [repo],
  );
  return (rows[0]?.ledger_name ?? repo) + rejection.slice(repo.length);
}

/** The numbers of these rejections and of their pull requests, in order. */
async function numbersOf(client: PoolClient, rejections: readonly RejectionKey[]): Promise<readonly number[]> {
  const { rows } = await client.query<{ pull_request: number }>(
    'select distinct pull_request from corrigible.fact where rejection = any($1) and pull_request is not null',
    [rejections],
  );
  const issues = rejections.map((rejection) => Number(rejection.slice(rejection.lastIndexOf('#') + 1)));
  return [...new Set([...issues, ...rows.map((row) => row.pull_request)])].sort((a, b) => a - b);
}

const isKnown = async (client: PoolClient, rejection: RejectionKey): Promise<boolean> =>
  (
    await client.query(
      'select from corrigible.chain where rejection = $1 union all select from corrigible.rejection where key = $1',
      [rejection],
    )
  ).rowCount !== 0;

const TOUCHED = [
  ...['seal', 'blob', 'transcript', 'chain', 'fence', 'rejection', 'alarm', 'parked', 'delivery', 'result'].map(
    (name) => `corrigible.${name}`,
  ),
  ...['workflow_status', 'workflow_input', 'workflow_output', 'operation_outputs'].map((name) => `dbos.${name}`),
];

/**
 * Deletes the rejection's key, and with it every fact and blob that was sealed with it; its blobs and transcripts, what waits and works
 * for it, the bodies of webhooks about it, and of its repository all results, which are run again where they are needed,
 * and all reports on stored tickets. What was read right before, and `also`, is then searched for everywhere. Of other
 * rejections nothing else is touched. Done twice, it searches twice. The repository may be named as GitHub names it now.
 */
export async function forget(named: RejectionKey, options: ForgetOptions): Promise<Forgotten> {
  const { pool, dataKey, stateDir, by, also } = options;
  const done = await transaction(pool, async (client) => {
    const rejection = await keptAs(client, named);
    const known = await isKnown(client, rejection);
    const collected = await collect(client, dataKey, rejection);
    const split = await splitWith(client, dataKey, rejection);
    const texts = [...new Set([...collected.texts, ...also])];
    const runs = await stopWork(client, rejection);
    const payloads = await deliveriesAbout(client, rejection, needlesOf(texts));
    for (const table of ['blob', 'transcript'])
      await client.query(`delete from corrigible.${table} where rejection = $1`, [rejection]);
    const { rowCount: keys } = await client.query('delete from corrigible.seal where rejection = $1', [rejection]);
    await dropResults(client, repoOf(rejection));
    const { reports, of } = await dropReports(client, dataKey, repoOf(rejection));
    const own = await numbersOf(client, [rejection]);
    const told = (await numbersOf(client, of)).filter((number) => !own.includes(number));
    if (known && keys !== 0) await recordIt(client, rejection, by);
    return { ...collected, rejection, known, texts, split, runs, payloads, reports, onGithub: { own, told } };
  });
  await pool.query(`vacuum ${TOUCHED.join(', ')}`);
  const searched = await search(pool, stateDir, needlesOf(done.texts));
  return { ...done, texts: done.texts.length, searched };
}
