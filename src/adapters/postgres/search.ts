import { createReadStream, existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool, PoolClient } from 'pg';
import pg from 'pg';
import type { Needles } from './needles.ts';
import { transaction } from './transaction.ts';

/** What was looked through, and where something was found. */
export interface Searched {
  readonly columns: number;
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
  /** `schema.table.column` or a file, and in how many rows. */
  readonly left: readonly { readonly where: string; readonly times: number }[];
}

interface Column {
  readonly place: string;
  readonly name: string;
  readonly binary: boolean;
}

const ROWS_AT_ONCE = 100;
/** Columns of ciphertext under keys that are there. */
const CIPHERTEXT = new Set(['sealed', 'wrapped']);

async function columnsOf(client: PoolClient): Promise<Map<string, readonly Column[]>> {
  const { rows } = await client.query<{ schema: string; table: string; name: string; type: string }>(
    `select c.table_schema as schema, c.table_name as table, c.column_name as name, c.data_type as type
     from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where c.table_schema in ('corrigible', 'dbos') and t.table_type = 'BASE TABLE'
       and c.data_type in ('text', 'character varying', 'character', 'json', 'jsonb', 'bytea', 'ARRAY')`,
  );
  return Map.groupBy(
    rows.map(({ schema, table, name, type }) => ({
      place: `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}`,
      name,
      binary: type === 'bytea',
    })),
    ({ place }) => place,
  );
}

async function searchTable(
  client: PoolClient,
  place: string,
  columns: readonly Column[],
  needles: Needles,
): Promise<{ rows: number; bytes: number; found: Map<string, number> }> {
  const found = new Map<string, number>();
  let rows = 0;
  let bytes = 0;
  const list = columns.map(({ name, binary }) => pg.escapeIdentifier(name) + (binary ? '' : '::text'));
  await client.query(`declare searched no scroll cursor for select ${list.join(', ')} from ${place}`);
  for (;;) {
    const batch = await client.query<(Buffer | string | null)[]>({
      text: `fetch ${ROWS_AT_ONCE} from searched`,
      rowMode: 'array',
    });
    if (batch.rows.length === 0) break;
    for (const row of batch.rows) {
      rows += 1;
      for (const [index, { name }] of columns.entries()) {
        const cell = row[index];
        if (cell === null || cell === undefined) continue;
        const content = typeof cell === 'string' ? Buffer.from(cell) : cell;
        bytes += content.length;
        if (!needles.within(content, CIPHERTEXT.has(name))) continue;
        const where = `${place.replaceAll('"', '')}.${name}`;
        found.set(where, (found.get(where) ?? 0) + 1);
      }
    }
  }
  await client.query('close searched');
  return { rows, bytes, found };
}

/** Looks through every column of text, JSON and bytes of every table of ours and of the engine's. */
async function searchTables(client: PoolClient, needles: Needles): Promise<Searched> {
  const places = await columnsOf(client);
  const sum = { columns: 0, rows: 0, bytes: 0 };
  const left: { where: string; times: number }[] = [];
  for (const [place, columns] of places) {
    const { rows, bytes, found } = await searchTable(client, place, columns, needles);
    sum.columns += columns.length;
    sum.rows += rows;
    sum.bytes += bytes;
    for (const [where, times] of found) left.push({ where, times });
  }
  return { ...sum, files: 0, left };
}

async function searchFile(path: string, needles: Needles): Promise<{ bytes: number; found: boolean }> {
  let bytes = 0;
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // What lies across two chunks is found with the end of the one before.
    const both = Buffer.concat([tail, chunk]);
    if (needles.within(both)) return { bytes, found: true };
    tail = both.subarray(Math.max(0, both.length - needles.longest));
  }
  return { bytes, found: false };
}

/** Postgres keeps its pages in one, git its packed objects in the other: both are searched in other ways, or said. */
const isOpaque = (folder: string): boolean =>
  existsSync(join(folder, 'PG_VERSION')) || (folder.endsWith('/objects') && existsSync(join(folder, '..', 'HEAD')));

async function* filesBelow(folder: string): AsyncGenerator<string> {
  if (isOpaque(folder)) return;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

async function searchFiles(folder: string, needles: Needles): Promise<Searched> {
  const left: { where: string; times: number }[] = [];
  let files = 0;
  let bytes = 0;
  for await (const path of filesBelow(folder)) {
    // A file may go while it is looked for.
    const searched = await searchFile(path, needles).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (searched === null) continue;
    files += 1;
    bytes += searched.bytes;
    if (searched.found) left.push({ where: path, times: 1 });
  }
  return { columns: 0, rows: 0, files, bytes, left };
}

/** Searches the whole database, and every file below the folder but Postgres' own and git's packed objects. */
export async function search(pool: Pool, folder: string, needles: Needles): Promise<Searched> {
  const tables = await transaction(pool, (client) => searchTables(client, needles));
  const files = await searchFiles(folder, needles);
  const { columns, rows } = tables;
  return {
    columns,
    rows,
    files: files.files,
    bytes: tables.bytes + files.bytes,
    left: [...tables.left, ...files.left],
  };
}
