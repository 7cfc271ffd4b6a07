import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { markOf } from './process-mark.ts';

const SCRIPT = readFileSync(new URL('./keeper.sh', import.meta.url), 'utf8');

function writeWhole(path: string, text: string): void {
  const half = join(path, '..', `.${process.pid}.half`);
  writeFileSync(half, text);
  renameSync(half, path);
}

function keeperLives(base: string): boolean {
  const file = join(base, 'keeper');
  const [pid, mark] = existsSync(file) ? readFileSync(file, 'utf8').trim().split(/ (.*)/) : [];
  return pid !== undefined && mark !== undefined && markOf(Number(pid)) === mark;
}

/** How often this process has claimed the database below a folder. It is out when all of these are given back. */
const claims = new Map<string, number>();

/**
 * Enters this process among those that use the database below `base`, so that its keeper leaves Postgres running. When
 * the keeper is just leaving, waits until it has gone: it would end a Postgres that was started meanwhile.
 */
export async function claim(base: string): Promise<void> {
  const file = join(base, 'owners', String(process.pid));
  for (;;) {
    try {
      writeWhole(file, `${markOf(process.pid)}\n`);
      claims.set(base, (claims.get(base) ?? 0) + 1);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    if (existsSync(join(base, 'leaving')) && keeperLives(base)) await sleep(50);
    else mkdirSync(join(base, 'owners'), { recursive: true, mode: 0o700 });
  }
}

/** Ids of the other processes that use the database. */
export function othersAt(base: string): readonly number[] {
  const owners = join(base, 'owners');
  if (!existsSync(owners)) return [];
  const names = readdirSync(owners).filter((name) => {
    const mark = markOf(Number(name));
    return mark !== null && readFileSync(join(owners, name), 'utf8').trim() === mark;
  });
  return names.map(Number).filter((pid) => pid !== process.pid);
}

/** Gives one claim back; with the last, this process is out. Returns whether anybody still uses the database. */
export function release(base: string): boolean {
  const left = (claims.get(base) ?? 1) - 1;
  claims.set(base, left);
  if (left > 0) return true;
  claims.delete(base);
  rmSync(join(base, 'owners', String(process.pid)), { force: true });
  return othersAt(base).length > 0;
}

/** Starts the keeper of this database unless it lives. */
export function ensureKeeper(base: string): void {
  if (keeperLives(base)) return;
  const keeper = spawn('/bin/sh', ['-c', SCRIPT, 'corrigible-keeper', base], {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' },
    detached: true,
    stdio: 'ignore',
  });
  keeper.unref();
  if (keeper.pid !== undefined) writeWhole(join(base, 'keeper'), `${keeper.pid} ${markOf(keeper.pid)}\n`);
}
