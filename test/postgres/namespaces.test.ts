import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type EmbeddedPostgres, openEmbedded } from '../../src/adapters/postgres/embedded.ts';
import { hold, holds } from '../../src/adapters/postgres/holder.ts';
import { markOf } from '../../src/adapters/postgres/process-mark.ts';
import { until } from './support/until.ts';

const COMMAND = new URL('../../bin/corrigible', import.meta.url).pathname;
const UNSHARE = 'unshare';
/** What a container has of its own, as far as Postgres' guards see: pids and shared memory. */
const OWN = ['--pid', '--fork', '--kill-child', '--mount-proc', '--ipc'];
const ALONE = process.getuid?.() === 0 ? OWN : ['--user', '--map-current-user', ...OWN];
const PERMITTED = spawnSync(UNSHARE, [...ALONE, 'true']).status === 0;

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const SETTINGS = {
  APP_ID: '1',
  WEBHOOK_SECRET: '0123456789abcdef',
  PRIVATE_KEY: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  GITHUB_API_URL: 'http://127.0.0.1:9',
  GITHUB_URL: 'http://127.0.0.1:9',
  PORT: '0',
};
const REFUSED = /^The built-in database at \S+ is used by another container or machine \(\S+\)\. Stop that one first/m;

interface Contained {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  said(): string;
}

let folder: string;
let running: Contained[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'corrigible-namespaces-'));
  chmodSync(folder, 0o711);
  running = [];
});

afterEach(async () => {
  for (const one of running) await end(one);
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command in a process namespace of its own, as a container would, on the same state directory. */
function contained(...args: string[]): Contained {
  const env = { PATH: process.env['PATH'] ?? '', ...SETTINGS, STATE_DIR: folder };
  const child = spawn(UNSHARE, [...ALONE, COMMAND, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  const one = { process: child, ended, said: () => said };
  running.push(one);
  return one;
}

/** All of it at once, as when a container is killed. */
async function end({ process: child, ended }: Contained): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

const listens = (one: Contained): boolean => one.said().includes('Corrigible listens');

async function serving(): Promise<Contained> {
  const one = contained('serve');
  await until(() => listens(one));
  return one;
}

test.runIf(PERMITTED)('a second container on the same state is refused, and the first goes on', async () => {
  const first = await serving();
  const [status, second] = [contained('status'), contained('serve')];
  expect(await Promise.all([status.ended, second.ended])).toEqual([1, 1]);
  expect(status.said()).toMatch(REFUSED);
  expect(second.said()).toMatch(REFUSED);
  expect(second.said()).not.toContain('did not say that it ended');
  expect(first.process.exitCode).toBe(null);
  const log = readFileSync(join(folder, 'database', 'log'), 'utf8');
  expect(log.match(/starting PostgreSQL/g)).toHaveLength(1);
});

test.runIf(PERMITTED)('of two that come after one was killed, one waits, says so, and finds everything', async () => {
  await end(await serving());
  const both = [contained('serve'), contained('serve')];
  await until(() => both.some(listens));
  const [winner, loser] = listens(both[0]!) ? both : both.toReversed();
  expect(await loser!.ended).toBe(1);
  expect(loser!.said()).toMatch(REFUSED);
  expect(winner!.said()).toContain('did not say that it ended');
  // One that ends in order says so, and the next one need not wait.
  const { pid } = winner!.process;
  process.kill(Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')), 'SIGTERM');
  expect(await winner!.ended).toBe(0);
  const begun = performance.now();
  const status = contained('status');
  expect([await status.ended, status.said()]).toEqual([0, expect.stringContaining('No rejection yet.')]);
  expect(performance.now() - begun).toBeLessThan(9000);
});

const ANOTHER = 'elsewhere/boot/pid:[1]\n';

test.each([
  ['set back', -3600],
  ['set forward', 3600],
])('one whose clock is %s is believed while it touches its sign', async (_, seconds) => {
  writeFileSync(join(folder, 'holder'), ANOTHER);
  let at = Date.now() / 1000 + seconds;
  const touching = setInterval(() => utimesSync(join(folder, 'holder'), ++at, at), 2000);
  try {
    await expect(hold(folder, false)).rejects.toThrow(/used by another container or machine \(elsewhere\)/);
    expect(readFileSync(join(folder, 'holder'), 'utf8')).toBe(ANOTHER);
  } finally {
    clearInterval(touching);
  }
});

test('of several that find a silent sign, those of one namespace take it together, once', async () => {
  writeFileSync(join(folder, 'holder'), ANOTHER);
  const waited: string[] = [];
  await Promise.all([1, 2].map(() => hold(folder, false, (host) => waited.push(host))));
  expect(holds(folder)).toBe(true);
  expect(waited).toEqual(['elsewhere', 'elsewhere']);
});

async function inPostgres(story: (postgres: EmbeddedPostgres, told: unknown[]) => Promise<void>): Promise<void> {
  const told: unknown[] = [];
  const postgres = await openEmbedded(folder, { onTrouble: (error) => told.push(String(error)) });
  try {
    await story(postgres, told);
  } finally {
    await postgres.stop();
  }
}

test('a server that is heard and not seen gets no second one beside it', () =>
  inPostgres(async (postgres) => {
    const file = join(folder, 'database', 'run', 'data', 'postmaster.pid');
    renameSync(file, `${file}.away`);
    try {
      await expect(postgres.ensure()).rejects.toThrow(/is used by another container or machine\. Stop that one first/);
    } finally {
      renameSync(`${file}.away`, file);
    }
    const client = new pg.Client({ connectionString: postgres.url('postgres') });
    await client.connect();
    await client.end();
  }));

test('one that stood still until another took the database ends its Postgres, and goes on when that is gone', () =>
  inPostgres(async (postgres, told) => {
    const sign = join(folder, 'database', 'holder');
    const pid = postgres.pid() ?? 0;
    // The keeper has looked, and knows which process is ours.
    const { mtimeMs } = statSync(sign);
    await until(() => statSync(sign).mtimeMs > mtimeMs + 2000);
    writeFileSync(sign, ANOTHER);
    const touching = setInterval(() => utimesSync(sign, new Date(), new Date()), 1000);
    await until(() => markOf(pid) === null);
    clearInterval(touching);
    expect(told).toEqual([expect.stringContaining('used by another container or machine (elsewhere)')]);
    rmSync(sign);
    await until(() => ![null, pid].includes(postgres.pid()) && holds(join(folder, 'database')));
  }));
