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

/**
 * Enters this process among those that use the database below `base`, so that its keeper leaves Postgres running. When
 * the keeper is just leaving, waits until it has gone: it would end a Postgres that was started meanwhile.
 */
export async function claim(base: string): Promise<void> {
  const file = join(base, 'owners', String(process.pid));
  for (;;) {
    try {
      writeWhole(file, `${markOf(process.pid)}\n`);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    if (existsSync(join(base, 'leaving')) && keeperLives(base)) await sleep(50);
    else mkdirSync(join(base, 'owners'), { recursive: true, mode: 0o700 });
  }
}

/** Takes this process out again. Returns whether others still use the database. */
export function release(base: string): boolean {
  const owners = join(base, 'owners');
  rmSync(join(owners, String(process.pid)), { force: true });
  if (!existsSync(owners)) return false;
  return readdirSync(owners).some((name) => {
    const mark = markOf(Number(name));
    return mark !== null && readFileSync(join(owners, name), 'utf8').trim() === mark;
  });
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
