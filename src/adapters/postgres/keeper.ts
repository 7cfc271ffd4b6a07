import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keeperDidNotStart } from '../../domain/messages/store.ts';
import { makeFolders } from '../../make-folders.ts';
import { machine, markOf, namespace } from './process-mark.ts';
import { StoreRefused } from './store-refused.ts';

const SCRIPT = readFileSync(new URL('./keeper.sh', import.meta.url), 'utf8');

/** Pids are named with their namespace: in containers that share a disk, all of them count from 1. */
const ownerOf = (base: string, pid: number): string => join(base, 'owners', `${namespace()}-${pid}`);

function writeWhole(path: string, text: string): void {
  const half = join(path, '..', `.${namespace()}-${process.pid}.half`);
  writeFileSync(half, text);
  renameSync(half, path);
}

/** What the file `keeper` says of a keeper: `keeper.sh` compares it with itself. */
const nameOf = (pid: number): string => `${pid} ${namespace()} ${markOf(pid)}`;

/** Whether the database has a keeper of this process namespace, which touches the sign of its holder. */
export function keeperLives(base: string): boolean {
  const file = join(base, 'keeper');
  const name = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  const pid = Number.parseInt(name, 10);
  return markOf(pid) !== null && nameOf(pid) === name;
}

/** How often this process has claimed the database below a folder. It is out when all of these are given back. */
const claims = new Map<string, number>();

/**
 * Enters this process among those that use the database below `base`, unless it stands there. When the keeper is just
 * leaving, waits until it has gone: it would end a Postgres that was started meanwhile.
 */
export async function enter(base: string): Promise<void> {
  const file = ownerOf(base, process.pid);
  while (!existsSync(file)) {
    try {
      writeWhole(file, `${markOf(process.pid)}\n`);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    if (existsSync(join(base, 'leaving')) && keeperLives(base)) await sleep(50);
    else makeFolders(join(base, 'owners'), 0o700);
  }
}

/** Enters, and stays entered until it is given back as often as it was claimed: the keeper leaves Postgres running. */
export async function claim(base: string): Promise<void> {
  // One of the same name is of an earlier process with our pid.
  if (!claims.has(base)) rmSync(ownerOf(base, process.pid), { force: true });
  await enter(base);
  claims.set(base, (claims.get(base) ?? 0) + 1);
}

/** Ids of the other processes of this namespace that use the database. */
export function othersAt(base: string): readonly number[] {
  const owners = join(base, 'owners');
  if (!existsSync(owners)) return [];
  const here = `${namespace()}-`;
  const pids = readdirSync(owners).flatMap((name) => (name.startsWith(here) ? [Number(name.slice(here.length))] : []));
  return pids.filter((pid) => pid !== process.pid && usedBy(base, pid));
}

function usedBy(base: string, pid: number): boolean {
  const mark = markOf(pid);
  try {
    return mark !== null && readFileSync(ownerOf(base, pid), 'utf8').trim() === mark;
  } catch {
    // It left in this moment.
    return false;
  }
}

/** Removes what processes of other namespaces left. Only for who holds the database: none of them uses it. */
export function dropStrangers(base: string): void {
  const owners = join(base, 'owners');
  if (!existsSync(owners)) return;
  for (const name of readdirSync(owners))
    if (!name.startsWith(`${namespace()}-`) && !name.startsWith('.')) rmSync(join(owners, name), { force: true });
}

/** Gives one claim back; with the last, this process is out. Returns whether anybody still uses the database. */
export function release(base: string): boolean {
  const left = (claims.get(base) ?? 1) - 1;
  claims.set(base, left);
  if (left > 0) return true;
  claims.delete(base);
  rmSync(ownerOf(base, process.pid), { force: true });
  return othersAt(base).length > 0;
}

/** Starts the keeper of this database unless it lives. Throws when it cannot, or where that cannot be written down. */
export function ensureKeeper(base: string, shell = '/bin/sh'): void {
  if (keeperLives(base)) return;
  const keeper = spawn(shell, ['-c', SCRIPT, 'corrigible-keeper', base, namespace(), machine()], {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' },
    detached: true,
    stdio: 'ignore',
  });
  // It tells the same as the missing pid.
  keeper.once('error', () => {});
  keeper.unref();
  if (keeper.pid === undefined) throw new StoreRefused(keeperDidNotStart());
  writeWhole(join(base, 'keeper'), `${nameOf(keeper.pid)}\n`);
}
