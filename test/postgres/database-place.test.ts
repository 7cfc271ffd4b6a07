import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findDatabase } from '../../src/adapters/postgres/database-place.ts';
import { openEmbedded } from '../../src/adapters/postgres/embedded.ts';
import { ensureKeeper } from '../../src/adapters/postgres/keeper.ts';
import { openRecords } from '../../src/adapters/postgres/open-records.ts';
import { silent } from '../support/silent-log.ts';
import { until } from './support/until.ts';

const COMMAND = new URL('../../bin/corrigible', import.meta.url).pathname;
const MAIN = new URL('../../src/cli/main.ts', import.meta.url).pathname;
const ROOT = process.getuid?.() === 0;
const ELSEWHERE = '/var/lib/corrigible';
const UNSHARE = 'unshare';
/** A read-only disk takes a mount namespace. */
const MOUNTS = spawnSync(UNSHARE, ['--mount', 'true']).status === 0;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'corrigible-place-'));
  chmodSync(folder, 0o711);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const place of [folder, join(folder, 'home', 'state')])
    rmSync(elsewhereFor(place), { recursive: true, force: true });
});

/** Where root's database lies when it cannot lie below the state directory. */
const elsewhereFor = (stateDir: string): string =>
  join(ELSEWHERE, createHash('sha256').update(stateDir).digest('hex').slice(0, 16));

const look = (stateDir: string) => openRecords({ stateDir, log: silent });

/** Opens the database, asks it something, and closes it. */
async function ask(stateDir: string, question: string): Promise<unknown> {
  const postgres = await openEmbedded(stateDir);
  const client = new pg.Client({ connectionString: postgres.url('postgres') });
  try {
    await client.connect();
    const { rows } = await client.query({ text: question, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
    await postgres.stop();
  }
}

/** Every file below, with its mode and owner. */
function everything(at: string): readonly string[] {
  const one = lstatSync(at);
  const below = one.isDirectory() ? readdirSync(at).flatMap((name) => everything(join(at, name))) : [];
  return [`${at} ${one.mode.toString(8)} ${one.uid}`, ...below];
}

async function refuses(stateDir: string, sentence: RegExp): Promise<void> {
  const found = everything(stateDir);
  await expect(openEmbedded(stateDir)).rejects.toThrow(sentence);
  await expect(look(stateDir)).rejects.toThrow(sentence);
  expect(everything(stateDir)).toEqual(found);
  expect(existsSync(elsewhereFor(stateDir))).toBe(false);
}

test.runIf(ROOT)('a database that another user made is refused, and neither given over nor begun anew', async () => {
  await ask(folder, 'create table kept as select 7 as n');
  const run = join(folder, 'database', 'run');
  spawnSync('chown', ['-R', '12345', join(folder, 'database')]);
  for (const mode of [0o711, 0o700]) {
    chmodSync(join(folder, 'database'), mode);
    await refuses(folder, /^The database at \S+ belongs to the user with id 12345, and would run as \S+ here\. Start/);
  }
  expect(statSync(run).uid).toBe(12345);
});

test.runIf(ROOT)('a normal user is refused what root made', () => {
  mkdirSync(join(folder, 'database', 'run', 'data'), { recursive: true });
  chmodSync(join(folder, 'database', 'run'), 0o700);
  chmodSync(folder, 0o777);
  const env = { PATH: process.env['PATH'] ?? '', STATE_DIR: folder };
  const { status, stderr } = spawnSync(process.execPath, [MAIN, 'status'], { env, uid: 12345, encoding: 'utf8' });
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^The database at \S+ belongs to the user with id 0, /)]);
});

test.runIf(ROOT)('a database that was shut off is refused until it can be entered again', async () => {
  const home = join(folder, 'home');
  mkdirSync(home, { mode: 0o711 });
  await ask(join(home, 'state'), 'create table kept as select 7 as n');
  chmodSync(home, 0o700);
  await refuses(join(home, 'state'), /^There is a database at \S+, but its user \S+ cannot enter .* "chmod o\+x"/);
  chmodSync(home, 0o711);
  expect(await ask(join(home, 'state'), 'select n from kept')).toBe(7);
});

test.runIf(ROOT)(
  'one that lies elsewhere is found there by any path, also when its folder can be entered',
  async () => {
    const home = join(folder, 'home');
    mkdirSync(home, { mode: 0o700 });
    await ask(join(home, 'state'), 'create table kept as select 7 as n');
    expect(findDatabase(join(home, 'state'))).toBe(elsewhereFor(join(home, 'state')));
    symlinkSync(join(home, 'state'), join(folder, 'link'));
    expect(await ask(join(folder, 'link'), 'select n from kept')).toBe(7);
    chmodSync(home, 0o711);
    expect(await ask(join(home, 'state'), 'select n from kept')).toBe(7);
    expect(findDatabase(join(home, 'state'))).toBe(elsewhereFor(join(home, 'state')));
  },
);

test('a look at nothing makes nothing, and changes no mode', async () => {
  chmodSync(folder, 0o700);
  const places = [folder, join(folder, 'none'), join(folder, 'empty')];
  mkdirSync(join(folder, 'empty', 'database', 'run'), { recursive: true });
  const found = everything(folder);
  for (const place of places) {
    await expect(look(place)).rejects.toThrow(/^There is nothing at \S+ yet\./);
    expect(findDatabase(place)).toBe(null);
  }
  expect(everything(folder)).toEqual(found);
  for (const place of places) expect(existsSync(elsewhereFor(place))).toBe(false);
});

test.runIf(MOUNTS)('a disk that only reads is refused in words, with a database on it and without', async () => {
  const bound = `mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"`;
  const env = { PATH: process.env['PATH'] ?? '', STATE_DIR: folder };
  const script = `import { openEmbedded } from '${new URL('../../src/adapters/postgres/embedded.ts', import.meta.url)}';
    await openEmbedded(${JSON.stringify(folder)}).catch((error) => { console.error(error.message); process.exit(1); });`;
  const run = (...args: string[]) =>
    spawnSync(UNSHARE, ['--mount', 'sh', '-c', bound, folder, ...args], { env, encoding: 'utf8' });
  const sentence = `The state directory ${folder} cannot be written (EROFS). Make it writable, or choose another one.\n`;
  expect(run(process.execPath, '--input-type=module', '-e', script).stderr).toBe(sentence);
  await ask(folder, 'select 1');
  expect(run(process.execPath, '--input-type=module', '-e', script).stderr).toBe(sentence);
  expect(run(COMMAND, 'status')).toMatchObject({ status: 1, stderr: sentence });
});

test.runIf(MOUNTS)('a disk too small for the first start is told as full, wherever that shows', () => {
  const small = 'mount -t tmpfs -o "mode=711,size=$1" state "$0" && shift && exec "$@"';
  const script = `import { openData } from '${new URL('../../src/adapters/postgres/open-data.ts', import.meta.url)}';
    const log = { info() {}, warn() {}, error() {} };
    await openData({ stateDir: ${JSON.stringify(folder)}, log }).catch((error) => console.error(error.message));
    process.exit(0);`;
  // While it is initialised, and while the database within it is made.
  for (const size of ['20m', '40m']) {
    const args = ['--mount', 'sh', '-c', small, folder, size, process.execPath, '--input-type=module', '-e', script];
    const { stderr } = spawnSync(UNSHARE, args, { encoding: 'utf8' });
    expect(stderr).toMatch(
      /^There is no space left for the state directory \S+\. Free some space there, and start again\.$/m,
    );
  }
});

test('a watchdog that cannot write is told of once, ends nothing, and goes on when it can', async () => {
  const told: unknown[] = [];
  const postgres = await openEmbedded(folder, { onTrouble: (error) => told.push(error) });
  const keeper = join(folder, 'database', 'keeper');
  try {
    const pid = Number.parseInt(readFileSync(keeper, 'utf8'), 10);
    rmSync(keeper);
    mkdirSync(keeper);
    process.kill(pid, 'SIGKILL');
    await until(() => told.length > 0);
    await new Promise((done) => setTimeout(done, 1500));
    expect(told).toHaveLength(1);
    rmSync(keeper, { recursive: true });
    await until(() => existsSync(keeper));
    expect(postgres.pid()).not.toBe(null);
  } finally {
    await postgres.stop();
  }
});

test('where no keeper can be entered nothing is left behind', async () => {
  mkdirSync(join(folder, 'database', 'keeper'), { recursive: true });
  if (ROOT) chmodSync(join(folder, 'database'), 0o711);
  await expect(openEmbedded(folder)).rejects.toThrow(/^The state directory \S+ cannot be written \(EISDIR\)\./);
  expect(readdirSync(join(folder, 'database', 'owners'))).toEqual([]);
  expect(existsSync(join(folder, 'database', 'holder'))).toBe(false);
});

test('a keeper that cannot be started is refused in words', async () => {
  expect(() => ensureKeeper(folder, '/no/such/shell')).toThrow(
    /^The built-in database is not used without the process/,
  );
  // Node tells it a second time, by an event: without a listener that would end this process.
  await new Promise((done) => setTimeout(done, 50));
});
