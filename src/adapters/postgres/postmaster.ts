import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { databaseDidNotStart, stateNotWritable } from '../../domain/messages/store.ts';
import type { DatabasePlace } from './database-place.ts';
import { commandOf, markOf } from './process-mark.ts';
import { StoreRefused } from './store-refused.ts';

/** Nothing of the app's environment, which holds its secrets, reaches the database. */
const ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
const LOG_LIMIT = 10_000_000;
/** Lines of the log that belong to one start. */
const LAST = 30;

/** One app and a handful of connections: small caches, no background workers that nobody needs, no replication. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '40',
  shared_buffers: '24MB',
  wal_buffers: '1MB',
  min_wal_size: '32MB',
  max_wal_size: '256MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  max_parallel_workers: '0',
  autovacuum_max_workers: '1',
  huge_pages: 'off',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
};

/**
 * The pid of the postmaster that serves this place, or null. Removes pid files that name somebody else's process. Only
 * for who holds the place: a pid of another container is nobody here, or a stranger.
 */
export function postmasterOf(place: DatabasePlace): number | null {
  const file = join(place.data, 'postmaster.pid');
  let pid: number;
  try {
    pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch {
    return null;
  }
  if (markOf(pid) === null) return null;
  const command = commandOf(pid);
  if (command === null || command.includes(place.data)) return pid;
  // After a container restart the pid may belong to another program; Postgres would refuse to start beside it.
  rmSync(join(place.socket, '.s.PGSQL.5432.lock'), { force: true });
  rmSync(file, { force: true });
  return null;
}

/** The last lines of the log, which may be gone with its folder, for the sentence that says why Postgres did not start. */
export function refusalFrom(place: DatabasePlace): StoreRefused {
  const lines = existsSync(place.log) ? readFileSync(place.log, 'utf8').trim().split('\n') : [];
  // What fails for want of space fails on, and ends with a panic about something else.
  if (lines.slice(-LAST).some((line) => /No space left on device|Disk quota exceeded/.test(line)))
    return new StoreRefused(stateNotWritable(place.base, 'ENOSPC'));
  const fatal = lines.findLastIndex((line) => /FATAL|ERROR|error while loading|could not|cannot/.test(line));
  const told = fatal === -1 ? lines.slice(-3) : lines.slice(fatal, fatal + 3);
  return new StoreRefused(databaseDidNotStart(place.log, told.map((line) => line.trim()).join(' ')));
}

function openLog(place: DatabasePlace): number {
  if (existsSync(place.log) && statSync(place.log).size > LOG_LIMIT) renameSync(place.log, `${place.log}.old`);
  return openSync(place.log, 'a', 0o600);
}

function run(place: DatabasePlace, binary: string, args: readonly string[]) {
  const log = openLog(place);
  try {
    return spawn(join(place.native, 'bin', binary), args, {
      ...place.user.ids,
      cwd: '/',
      env: ENVIRONMENT,
      detached: true,
      stdio: ['ignore', log, log],
    });
  } finally {
    closeSync(log);
  }
}

function exitOf(child: ReturnType<typeof spawn>): Promise<number | null> {
  return new Promise((done) => {
    child.once('error', () => done(null));
    child.once('exit', (code) => done(code));
  });
}

function dropHalfMade(place: DatabasePlace): void {
  const folder = dirname(place.data);
  for (const name of readdirSync(folder)) {
    const maker = /^data\.half-(\d+)$/.exec(name)?.[1];
    if (maker !== undefined && markOf(Number(maker)) === null) rmSync(join(folder, name), { recursive: true });
  }
}

/**
 * Creates the data directory unless it is there. It is made beside its place and renamed, so a crash in between leaves
 * nothing that looks like a database.
 */
export async function initialise(place: DatabasePlace): Promise<void> {
  if (existsSync(join(place.data, 'PG_VERSION'))) return;
  dropHalfMade(place);
  const half = `${place.data}.half-${process.pid}`;
  rmSync(half, { recursive: true, force: true });
  const made = run(place, 'initdb', ['-D', half, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C']);
  if ((await exitOf(made)) !== 0) throw refusalFrom(place);
  try {
    renameSync(half, place.data);
  } catch (error) {
    if (!existsSync(join(place.data, 'PG_VERSION'))) throw error;
    rmSync(half, { recursive: true, force: true });
  }
}

/** Starts a postmaster, which outlives this process. `gone` resolves when it ends. */
export function startPostmaster(
  place: DatabasePlace,
  extra: Readonly<Record<string, string>>,
): { gone: Promise<unknown> } {
  const settings = Object.entries({ ...SETTINGS, ...extra }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = run(place, 'postgres', ['-D', place.data, '-k', place.socket, '-p', '5432', ...settings]);
  child.unref();
  return { gone: exitOf(child) };
}
