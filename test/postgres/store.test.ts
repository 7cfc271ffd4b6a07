import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrate, migrations } from '../../src/adapters/postgres/migrations.ts';
import { openStore } from '../../src/adapters/postgres/open.ts';
import { silent } from '../support/silent-log.ts';
import { inStore } from './support/in-store.ts';

test('opening a database again changes nothing, and several may open it at once', () =>
  inStore(async ({ store, reopen }) => {
    await store.ledger.append('o/r#1', 0, [{ kind: 'status-posted', comment: 1 }]);
    const [other] = await Promise.all([reopen(), reopen(), reopen()]);
    expect(await other?.ledger.read('o/r#1')).toHaveLength(1);
  }));

test('migrations go forward, each once, all or nothing', () =>
  inStore(async ({ store: { pool } }) => {
    const next = { version: 1001, name: '1001-next.sql', sql: 'create table corrigible.next (a int)' };
    const broken = { version: 1002, name: '1002-broken.sql', sql: 'create table corrigible.half (a int); select 1/0' };
    await expect(migrate(pool, undefined, [...migrations(), next, broken])).rejects.toThrow('division by zero');
    const { rows } = await pool.query('select version from corrigible.schema_version where version > 1000');
    expect(rows).toEqual([{ version: 1001 }]);
    expect((await pool.query("select to_regclass('corrigible.half') as half")).rows).toEqual([{ half: null }]);
    await migrate(pool, undefined, [...migrations(), next]);
  }));

test('a database of a newer release is refused in words and left alone', () =>
  inStore(async ({ store: { pool }, reopen }) => {
    await pool.query("insert into corrigible.schema_version (version, name) values (9000, 'from the future')");
    await expect(reopen()).rejects.toThrow(
      /^This database belongs to a newer release \(schema 9000, this release knows \d+\)\. Start the newer release/,
    );
  }));

test.each([
  [
    'postgres://someone:secret@127.0.0.1:9/nowhere',
    /^No database at 127\.0\.0\.1:9\/nowhere \(.*ECONNREFUSED.*\)\. Check DATABASE_URL/,
  ],
  ['not an address', /^DATABASE_URL is not a Postgres address/],
])('a server that cannot be reached is said so, without its password: %s', async (databaseUrl, sentence) => {
  const opening = openStore({ stateDir: join(tmpdir(), 'unused'), databaseUrl, log: silent });
  await expect(opening).rejects.toThrow(sentence);
  await expect(opening).rejects.not.toThrow('secret');
});
