import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrate, migrations } from '../../src/adapters/postgres/migrations.ts';
import { openStore } from '../../src/adapters/postgres/open.ts';
import { silent } from '../support/silent-log.ts';
import { inData } from './support/in-data.ts';
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
  ['postgres://someone:secret@localhost:9/nowhere', /^No database at localhost:9\/nowhere \(.*ECONNREFUSED.*\)/],
  ['postgres://someone:secret@no-such-host.invalid/db', /^No database at no-such-host\.invalid\/db \(.+\)/],
  ['not an address', /^DATABASE_URL is not a Postgres address/],
])('a server that cannot be reached is said so, without its password: %s', async (databaseUrl, sentence) => {
  const opening = openStore({ stateDir: join(tmpdir(), 'unused'), databaseUrl, log: silent });
  await expect(opening).rejects.toThrow(sentence);
  await expect(opening).rejects.not.toThrow('secret');
});

/** A server that answers whoever comes with one error of Postgres. */
async function withServer(code: string, message: string, story: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
      const head = Buffer.alloc(5);
      head.write('E');
      head.writeInt32BE(fields.length + 4, 1);
      socket.end(Buffer.concat([head, fields]));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await story(`postgres://someone:secret@127.0.0.1:${port}/db`);
  await new Promise((done) => server.close(done));
}

test('a wrong password is told with what to check', () =>
  withServer('28P01', 'password authentication failed for user "someone"', async (databaseUrl) => {
    await expect(openStore({ stateDir: join(tmpdir(), 'unused'), databaseUrl, log: silent })).rejects.toThrow(
      /^The server at 127\.0\.0\.1:\d+\/db refuses \(password authentication failed for user "someone"\)\. Check user, password/,
    );
  }));

test('a database that does not exist is told with what to do', () =>
  inData(async ({ database }) => {
    const databaseUrl = database.databaseUrl.replace(/test_\d+_\d+/, 'test_nowhere');
    await expect(openStore({ ...database, databaseUrl, log: silent })).rejects.toThrow(
      /refuses \(database "test_nowhere" does not exist\)\. .* create the database if it is missing\./,
    );
  }));

test('a user who may not make tables is told whose the database must be', () =>
  inData(async ({ data: { pool }, database }) => {
    const role = `test_reader_${process.pid}`;
    await pool.query(`drop schema corrigible cascade; create role ${role} login`);
    const databaseUrl = database.databaseUrl.replace('postgres@', `${role}@`);
    try {
      await expect(openStore({ ...database, databaseUrl, log: silent })).rejects.toThrow(
        /^The user may not make tables in the database at .* \(permission denied.*\)\. Make it the owner/,
      );
    } finally {
      await pool.query(`drop role ${role}`);
    }
  }));

test('an old server is refused with the version that is needed', () =>
  inData(async ({ data: { pool }, database }) => {
    await pool.query(`create schema fake; create function fake.current_setting(name text) returns text language sql
      as $$ select case name when 'server_version_num' then '130012' else '13.12' end $$`);
    const databaseUrl = `${database.databaseUrl}&options=${encodeURIComponent('-c search_path=fake,pg_catalog')}`;
    await expect(openStore({ ...database, databaseUrl, log: silent })).rejects.toThrow(
      'The Postgres server has version 13.12; 14 or newer is needed.',
    );
  }));

test.each([
  ['is below a file', 'file/state', (folder: string) => writeFileSync(join(folder, 'file'), '')],
  [
    'cannot be written inside',
    'state',
    (folder: string) => {
      mkdirSync(join(folder, 'state', 'database'), { recursive: true, mode: 0o711 });
      writeFileSync(join(folder, 'state', 'database', 'owners'), '');
    },
  ],
])('a state directory that %s is refused in words', async (_, state, spoil) => {
  const folder = mkdtempSync(join(tmpdir(), 'corrigible-closed-'));
  chmodSync(folder, 0o711);
  try {
    spoil(folder);
    await expect(openStore({ stateDir: join(folder, state), log: silent })).rejects.toThrow(
      /^The state directory .* cannot be written \(E\w+\)\. Make it writable, or choose another one\.$/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
