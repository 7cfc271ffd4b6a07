import { spawnSync } from 'node:child_process';
import { noDatabaseUser } from '../../domain/messages/store.ts';
import { StoreRefused } from './store-refused.ts';

/** The user as whom Postgres runs. Ids are absent when that is the user of this process. */
export interface DatabaseUser {
  readonly name: string;
  readonly ids: { readonly uid: number; readonly gid: number } | Record<string, never>;
}

const OWN = 'corrigible-db';
const MAKE_USER = 'useradd';

function idOf(flag: '-u' | '-g', name: string): number | null {
  const run = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return run.status === 0 ? Number(run.stdout.trim()) : null;
}

function lookUp(name: string): DatabaseUser | null {
  const uid = idOf('-u', name);
  const gid = idOf('-g', name);
  return uid === null || gid === null ? null : { name, ids: { uid, gid } };
}

/**
 * Postgres refuses to run as root, so root lends it another user: `postgres` where that exists, else one of our own,
 * made on first use. Never `nobody`, whose files any other service that runs as nobody could change.
 */
export function databaseUser(root: boolean = process.getuid?.() === 0, preferred = 'postgres'): DatabaseUser {
  if (!root) return { name: process.env.USER ?? 'you', ids: {} };
  const found = lookUp(preferred) ?? lookUp(OWN);
  if (found !== null) return found;
  const made = spawnSync(MAKE_USER, ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', OWN], {
    encoding: 'utf8',
  });
  const user = lookUp(OWN);
  if (user === null) throw new StoreRefused(noDatabaseUser(OWN, made.error?.message ?? made.stderr.trim()));
  return user;
}

/** Whether the user can enter the folder, asked of the system itself: modes, groups and access lists all count. */
export function canEnter(user: DatabaseUser, folder: string): boolean {
  const run = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user.ids, cwd: '/', stdio: 'ignore' });
  return run.status === 0;
}
