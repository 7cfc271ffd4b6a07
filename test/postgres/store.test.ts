import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrate, migrations } from '../../src/adapters/postgres/migrations.ts';
import { openStore } from '../../src/adapters/postgres/open.ts';
import { openRecords } from '../../src/adapters/postgres/open-records.ts';
import { refusalFrom } from '../../src/adapters/postgres/postmaster.ts';
import { silent } from '../support/silent-log.ts';
import { inData } from './support/in-data.ts';
import { handlers, inStore } from './support/in-store.ts';

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

test.each([
  [
    'a wrong password',
    '28P01',
    'password authentication failed for user "someone"',
    /^The server at 127\.0\.0\.1:\d+\/db refuses \(password authentication failed for user "someone"\)\. Check user, password/,
  ],
  ['no such database', '3D000', 'database "db" does not exist', /create the database if it is missing\.$/],
  ['no connection left', '53300', 'sorry, too many clients already', /cannot be used\. The database takes no more/],
  ['a full disk', '53100', 'could not extend file', /cannot be used\. The disk of the database is full\./],
  ['one that only reads', '25006', 'cannot execute', /cannot be used\. The database is read-only\. Point DATABASE_URL/],
])('%s is told with what to do, to whoever works and to whoever looks', (_, code, message, sentence) =>
  withServer(code, message, async (databaseUrl) => {
    const options = { stateDir: join(tmpdir(), 'unused'), databaseUrl, log: silent };
    await expect(openStore(options)).rejects.toThrow(sentence);
    await expect(openRecords(options)).rejects.toThrow(sentence);
  }),
);

test('a server that is set to read only is told as that', () =>
  inData(async ({ data: { pool }, database }) => {
    await pool.query('drop schema corrigible cascade');
    const databaseUrl = `${database.databaseUrl}&options=${encodeURIComponent('-c default_transaction_read_only=on')}`;
    await expect(openStore({ ...database, databaseUrl, log: silent })).rejects.toThrow(
      /cannot be used\. The database is read-only\. Point DATABASE_URL to the one that takes writes\.$/,
    );
  }));

test.each(['pa#ss', '12#34', 'pa/ss', 'pa?ss'])(
  'a password such as %s is told to be written otherwise',
  async (secret) => {
    const opening = openStore({
      stateDir: join(tmpdir(), 'unused'),
      databaseUrl: `postgres://u:${secret}@h/db`,
      log: silent,
    });
    await expect(opening).rejects.toThrow(
      /^DATABASE_URL is not a Postgres address\..* In user and password write # as %23/,
    );
    await expect(opening).rejects.not.toThrow(secret);
  },
);

test('a database that ends with the app that used it is no connection lost', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'corrigible-stop-'));
  chmodSync(folder, 0o711);
  const lines: string[] = [];
  const log = { info: (line: string) => void lines.push(line), warn() {}, error() {} };
  try {
    for (let times = 0; times < 3; times++) {
      const store = await openStore({ stateDir: folder, log });
      await store.engine.start(handlers({}));
      await Promise.all(Array.from({ length: 12 }, () => store.pool.query('select pg_sleep(0.05)')));
      await store.close();
    }
    expect(lines.filter((line) => line.includes('connection lost'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a start without space left says that, not what broke in the end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'corrigible-full-'));
  const log = join(folder, 'log');
  const place = { base: folder, data: '', socket: '', log, native: '', user: { name: 'x', ids: {} } };
  const panic = 'PANIC:  cannot abort transaction 1, it was already committed\n';
  try {
    writeFileSync(log, `FATAL:  could not write to file "pg_wal/xlogtemp.9": No space left on device\n${panic}`);
    expect(refusalFrom(place).message).toBe(
      `There is no space left for the state directory ${folder}. Free some space there, and start again.`,
    );
    writeFileSync(log, panic);
    expect(refusalFrom(place).message).toContain('did not start: PANIC');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

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
