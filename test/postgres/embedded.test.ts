import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { canEnter, databaseUser } from '../../src/adapters/postgres/database-user.ts';
import { type EmbeddedPostgres, openEmbedded } from '../../src/adapters/postgres/embedded.ts';
import { copyNative, hydrateSymlinks, nativeFolder } from '../../src/adapters/postgres/native-files.ts';
import { markOf } from '../../src/adapters/postgres/process-mark.ts';
import { until } from './support/until.ts';

const ROOT = process.getuid?.() === 0;

let folder: string;
let opened: EmbeddedPostgres[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'corrigible-embedded-'));
  chmodSync(folder, 0o711);
  opened = [];
});

afterEach(async () => {
  for (const postgres of opened) await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(stateDir = folder): Promise<EmbeddedPostgres> {
  const postgres = await openEmbedded(stateDir, { settings: { fsync: 'off' } });
  opened.push(postgres);
  return postgres;
}

async function ask(postgres: EmbeddedPostgres, question: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  const { rows } = await client.query({ text: question, rowMode: 'array' });
  await client.end();
  return rows[0]?.[0];
}

test('Postgres listens on no port, runs as no root, and closes its folder and socket to others', async () => {
  const postgres = await open();
  expect(postgres.how).toBe('started');
  expect(await ask(postgres, 'show listen_addresses')).toBe('');
  const uid = statSync(`/proc/${postgres.pid()}`).uid;
  expect(uid).not.toBe(0);
  expect(uid).toBe(ROOT ? databaseUser().ids.uid : process.getuid?.());
  expect(statSync(join(folder, 'database', 'run')).mode & 0o777).toBe(0o700);
  expect(readFileSync(`/proc/${postgres.pid()}/environ`, 'utf8')).not.toContain('HOME=');
});

test('a second opening adopts the first', async () => {
  const first = await open();
  const second = await open();
  expect([second.how, second.pid()]).toEqual(['adopted', first.pid()]);
});

test('of two users in one process, the first that leaves does not end it for the other', async () => {
  const [first, second] = [await open(), await open()];
  await first?.stop();
  expect(await ask(second!, 'select 1')).toBe(1);
  const pid = second?.pid() ?? 0;
  await second?.stop();
  await until(() => markOf(pid) === null);
  const third = await open();
  expect(third.how).toBe('started');
});

test('a second process adopts it, and the first that leaves does not end it for the other', async () => {
  const first = await open();
  const script = `import { openEmbedded } from '${new URL('../../src/adapters/postgres/embedded.ts', import.meta.url)}';
    const postgres = await openEmbedded(${JSON.stringify(folder)});
    process.stdout.write(postgres.how + ' ' + postgres.others().join());
    process.stdin.once('data', async () => { await postgres.stop(); process.exit(0); });`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = new Promise((done) => other.once('exit', done));
  const said = await new Promise((done) => other.stdout.once('data', (chunk: Buffer) => done(chunk.toString())));
  expect(said).toBe(`adopted ${process.pid}`);
  expect(first.others()).toEqual([other.pid]);
  await first.stop();
  expect(first.pid()).not.toBe(null);
  const pid = first.pid() ?? 0;
  other.stdin.write('stop');
  await gone;
  await until(() => markOf(pid) === null);
});

test('a state directory too long for a socket works all the same', async () => {
  const deep = join(folder, 'a'.repeat(60), 'b'.repeat(60));
  const postgres = await open(deep);
  expect(await ask(postgres, 'select 1')).toBe(1);
  const socket = new URL(postgres.url('x').replace('postgres://', 'http://')).searchParams.get('host') ?? '';
  expect(Buffer.byteLength(`${socket}/.s.PGSQL.5432`)).toBeLessThan(104);
  expect(socket.startsWith(tmpdir())).toBe(true);
  expect(statSync(socket).mode & 0o077).toBe(0);
  await postgres.stop();
  rmSync(socket, { recursive: true });
});

test('pid files that name a stranger do not keep the database down', async () => {
  const first = await open();
  const pid = first.pid() ?? 0;
  const run = join(folder, 'database', 'run');
  const files = [join(run, '.s.PGSQL.5432.lock'), join(run, 'data', 'postmaster.pid')];
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  await first.stop();
  // Of the same user: Postgres itself passes over a pid of somebody else.
  const stranger = spawn('sleep', ['60'], databaseUser().ids);
  try {
    for (const [i, file] of files.entries()) {
      writeFileSync(file, (texts[i] ?? '').replace(String(pid), String(stranger.pid)));
    }
    const second = await open();
    expect(second.how).toBe('started');
    expect(await ask(second, 'select 1')).toBe(1);
  } finally {
    stranger.kill();
  }
});

test('an initdb that was cut off is begun again', async () => {
  const half = join(folder, 'database', 'run', 'data.half-999999999');
  mkdirSync(half, { recursive: true });
  writeFileSync(join(half, 'PG_VERSION'), '17');
  const postgres = await open();
  expect(await ask(postgres, 'select 1')).toBe(1);
  expect(existsSync(half)).toBe(false);
});

test('Postgres killed under a living process is started again by the watchdog, and keeps what was committed', async () => {
  const postgres = await open();
  await ask(postgres, 'create table kept as select 7 as n');
  const pid = postgres.pid() ?? 0;
  process.kill(pid, 'SIGKILL');
  await until(() => ![null, pid].includes(postgres.pid()));
  await postgres.ensure();
  expect(await ask(postgres, 'select n from kept')).toBe(7);
});

test('a keeper that died is replaced', async () => {
  await open();
  const keeper = () => Number(readFileSync(join(folder, 'database', 'keeper'), 'utf8').split(' ')[0]);
  const first = keeper();
  process.kill(first, 'SIGKILL');
  await until(() => keeper() !== first);
});

test('binaries whose install script was blocked get their symlinks, where they are or in a copy', () => {
  const bare = join(folder, 'package');
  cpSync(join(nativeFolder(), '..'), bare, {
    recursive: true,
    filter: (path) => !/\.so(\.\d+)?$/.test(path) || statSync(path).isFile(),
  });
  for (const { target } of JSON.parse(readFileSync(join(bare, 'native/pg-symlinks.json'), 'utf8'))) {
    rmSync(join(bare, target), { force: true });
  }
  const version = (native: string) => spawnSync(join(native, 'bin', 'postgres'), ['--version'], { encoding: 'utf8' });
  expect(version(join(bare, 'native')).stderr).toContain('cannot open shared object file');
  const copy = copyNative(join(bare, 'native'), folder);
  hydrateSymlinks(copy);
  expect(version(copy).stdout).toContain('(PostgreSQL) 17');
  expect(copyNative(join(bare, 'native'), folder)).toBe(copy);
});

test('a platform without a binary is told what to do', () => {
  expect(() => nativeFolder('sunos', 'sparc')).toThrow(
    'There is no built-in database for sunos on sparc. Set DATABASE_URL to a Postgres server, version 14 or newer.',
  );
});

test('a state directory closed to others is opened for passing through, no further', async () => {
  chmodSync(folder, 0o700);
  const postgres = await open();
  expect(await ask(postgres, 'show data_directory')).toBe(join(folder, 'database', 'run', 'data'));
  expect(statSync(folder).mode & 0o777).toBe(ROOT ? 0o701 : 0o700);
});

test('the database user is asked whether it can enter a folder, not guessed', () => {
  const user = databaseUser();
  const closed = join(folder, 'closed', 'inner');
  mkdirSync(closed, { recursive: true });
  expect(canEnter(user, closed)).toBe(true);
  chmodSync(join(folder, 'closed'), ROOT ? 0o700 : 0o000);
  expect(canEnter(user, closed)).toBe(false);
  chmodSync(join(folder, 'closed'), 0o700);
});

test('a state below a folder that the database user cannot enter lies elsewhere, and is found there again', async () => {
  const home = join(folder, 'home');
  mkdirSync(home, { mode: 0o700 });
  const first = await open(join(home, 'state'));
  await ask(first, 'create table kept as select 7 as n');
  const base = join(String(await ask(first, 'show data_directory')), '..', '..');
  try {
    // Without root, the database user is the owner of the folder, and enters it.
    expect(base.startsWith(ROOT ? '/var/lib/corrigible/' : home)).toBe(true);
    await first.stop();
    const second = await open(join(home, 'state'));
    expect(await ask(second, 'select n from kept')).toBe(7);
  } finally {
    for (const postgres of opened) await postgres.stop();
    rmSync(base, { recursive: true });
  }
});
