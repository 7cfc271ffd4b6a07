import { createHash } from 'node:crypto';
import { chmodSync, chownSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { databaseUnreachableFor, socketFolderTaken, stateNotWritable } from '../../domain/messages/store.ts';
import { canEnter, type DatabaseUser } from './database-user.ts';
import { copyNative, hydrateSymlinks, nativeFolder } from './native-files.ts';
import { StoreRefused } from './store-refused.ts';

/** Where the parts of one embedded database lie. */
export interface DatabasePlace {
  /** Belongs to the app: who uses the database, its keeper, its log. */
  readonly base: string;
  /** Belongs to the database user. */
  readonly data: string;
  readonly socket: string;
  readonly log: string;
  readonly native: string;
  readonly user: DatabaseUser;
}

// sun_path holds 108 bytes on Linux and 104 on macOS, with the closing zero and "/.s.PGSQL.5432".
const LONGEST_SOCKET_FOLDER = 85;

const nameFor = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 16);

function makeFolder(path: string, mode: number): string {
  try {
    mkdirSync(path, { recursive: true, mode });
    return path;
  } catch (error) {
    throw new StoreRefused(stateNotWritable(path, (error as NodeJS.ErrnoException).code ?? String(error)));
  }
}

/**
 * A folder below the state directory. When root keeps the state in its own home, which the database user cannot enter,
 * the database lies in /var/lib instead, under a name made from the state directory.
 */
function baseFolder(stateDir: string, user: DatabaseUser): string {
  const base = makeFolder(join(stateDir, 'database'), 'uid' in user.ids ? 0o711 : 0o700);
  if (!('uid' in user.ids) || canEnter(user, base)) return base;
  // The state directory is ours to open for passing through, what lies above it is not.
  chmodSync(stateDir, statSync(stateDir).mode | 0o001);
  if (canEnter(user, base)) return base;
  const elsewhere = join('/var/lib/corrigible', nameFor(stateDir));
  makeFolder(elsewhere, 0o711);
  if (!canEnter(user, elsewhere)) throw new StoreRefused(databaseUnreachableFor(user.name, stateDir));
  return elsewhere;
}

function giveTo(user: DatabaseUser, folder: string): string {
  if ('uid' in user.ids) chownSync(folder, user.ids.uid, user.ids.gid);
  return folder;
}

/** A short folder in the temporary directory, which anybody may write: it must be ours and closed to others. */
function shortSocketFolder(base: string, user: DatabaseUser): string {
  const folder = join(tmpdir(), `corrigible-${nameFor(base)}`);
  const owner = 'uid' in user.ids ? user.ids.uid : process.getuid?.();
  try {
    mkdirSync(folder, { mode: 0o700 });
    giveTo(user, folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== owner || (found.mode & 0o077) !== 0) {
    throw new StoreRefused(socketFolderTaken(folder));
  }
  return folder;
}

function reachableNative(base: string, user: DatabaseUser): string {
  const native = nativeFolder();
  // The copy takes over what is there, so links come first; a package folder that is read-only gets them in the copy.
  try {
    hydrateSymlinks(native);
    if (canEnter(user, native)) return native;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EACCES' && code !== 'EROFS' && code !== 'EPERM') throw error;
  }
  const copy = copyNative(native, base);
  hydrateSymlinks(copy);
  return copy;
}

/** Makes the folders, with their owners, and finds the binaries. Refuses in words when that cannot be. */
export function preparePlace(stateDir: string, user: DatabaseUser): DatabasePlace {
  const base = baseFolder(makeFolder(resolve(stateDir), 0o711), user);
  const run = giveTo(user, makeFolder(join(base, 'run'), 0o700));
  const socket = Buffer.byteLength(run) > LONGEST_SOCKET_FOLDER ? shortSocketFolder(base, user) : run;
  return { base, data: join(run, 'data'), socket, log: join(base, 'log'), native: reachableNative(base, user), user };
}
