import type { PoolClient } from 'pg';
import pg from 'pg';

interface Column {
  readonly name: string;
  readonly type: string;
}

interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
}

const SCHEMAS = "('corrigible', 'dbos')";
/** Written by the migrations, on both sides alike. */
const OF_MIGRATIONS = ['corrigible.schema_version', 'dbos.dbos_migrations'];
/** Whatever is there can be made again. */
const MADE_AGAIN = ['corrigible.result'];
const LEFT_OUT = new Set([...OF_MIGRATIONS, ...MADE_AGAIN]);
const ROWS_AT_ONCE = 100;
/** Rows with bytes may be of megabytes. */
const LARGE_ROWS_AT_ONCE = 5;

/** All tables with what is to be copied of them, each after those that it refers to. */
export async function tablesOf(client: PoolClient): Promise<readonly Table[]> {
  const { rows } = await client.query<{ name: string; column: string; type: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name, a.attname as column, format_type(a.atttypid, a.atttypmod) as type
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
     where n.nspname in ${SCHEMAS} and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     order by 1, a.attnum`,
  );
  const { rows: references } = await client.query<{ name: string; to: string }>(
    `select conrelid::regclass::text as name, confrelid::regclass::text as to from pg_constraint
     where contype = 'f' and conrelid <> confrelid and connamespace::regnamespace::text in ${SCHEMAS}`,
  );
  const left = Map.groupBy(rows, ({ name }) => name);
  const ordered: Table[] = [];
  while (left.size > 0) {
    const free = [...left.keys()].filter((name) => !references.some((one) => one.name === name && left.has(one.to)));
    if (free.length === 0) throw new Error('tables refer to one another in a circle');
    for (const name of free) {
      const columns = left.get(name) ?? [];
      ordered.push({ name, columns: columns.map(({ column, type }) => ({ name: column, type })) });
      left.delete(name);
    }
  }
  return ordered.filter(({ name }) => !LEFT_OUT.has(name));
}

export async function countOf(client: PoolClient, table: string): Promise<number> {
  const { rows } = await client.query<{ count: string }>(`select count(*) from ${table}`);
  return Number(rows[0]?.count);
}

/** Copies one table by way of text, which keeps every value exactly. Both within their transactions. */
async function copyTable(from: PoolClient, to: PoolClient, { name, columns }: Table): Promise<void> {
  const names = columns.map((column) => pg.escapeIdentifier(column.name));
  const large = columns.some(({ type }) => type === 'bytea');
  const parameters = columns.map((_, index) => `$${index + 1}::text[]`);
  const values = columns.map(({ type }, index) => `c${index}::${type}`);
  const aliases = columns.map((_, index) => `c${index}`);
  const insert = `insert into ${name} (${names.join(', ')}) overriding system value
    select ${values.join(', ')} from unnest(${parameters.join(', ')}) as x(${aliases.join(', ')})`;
  await from.query(
    `declare copied no scroll cursor for select ${names.map((column) => `${column}::text`).join(', ')} from ${name}`,
  );
  for (;;) {
    const text = `fetch ${large ? LARGE_ROWS_AT_ONCE : ROWS_AT_ONCE} from copied`;
    const { rows } = await from.query<(string | null)[]>({ text, rowMode: 'array' });
    if (rows.length === 0) break;
    await to.query(
      insert,
      columns.map((_, index) => rows.map((row) => row[index])),
    );
  }
  await from.query('close copied');
}

async function copySequences(from: PoolClient, to: PoolClient): Promise<void> {
  const { rows } = await from.query<{ name: string; last: string }>(
    `select format('%I.%I', schemaname, sequencename) as name, last_value as last from pg_sequences
     where schemaname in ${SCHEMAS} and last_value is not null`,
  );
  for (const { name, last } of rows) await to.query('select setval($1::regclass, $2)', [name, last]);
}

/** Times and numbers are written alike on both sides. */
const EXACTLY = "set local timezone = 'UTC'; set local datestyle = 'ISO'; set local extra_float_digits = 1";

/**
 * Copies every row of every table of ours and the engine's, and where the sequences stand, into tables of the same
 * release that are empty. Returns the number of rows. Throws when a count differs afterwards.
 */
export async function copyTables(from: PoolClient, to: PoolClient, tables: readonly Table[]): Promise<number> {
  for (const side of [from, to]) await side.query(EXACTLY);
  let rows = 0;
  for (const table of tables) {
    await copyTable(from, to, table);
    const count = await countOf(from, table.name);
    if ((await countOf(to, table.name)) !== count) throw new Error(`rows of ${table.name} were lost on the way`);
    rows += count;
  }
  await copySequences(from, to);
  return rows;
}
