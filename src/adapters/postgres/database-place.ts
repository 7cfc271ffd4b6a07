import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  databaseOfAnother,
  databaseShutOff,
  databaseUnreachableFor,
  socketFolderTaken,
} from '../../domain/messages/store.ts';
import { makeFolders } from '../../make-folders.ts';
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
  makeFolders(path, mode);
  return path;
}

/** Whether a database lies below `base`. One that is closed to us counts: it holds something. */
function isThere(base: string): boolean {
  try {
    return statSync(join(base, 'run', 'data', 'PG_VERSION'), { throwIfNoEntry: false }) !== undefined;
  } catch {
    return existsSync(base);
  }
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/** Where root's database lies when its user cannot enter the state directory. */
const elsewhereFor = (stateDir: string): string => join('/var/lib/corrigible', nameFor(stateDir));

/** The folder in which the database of a state directory lies, or null. Changes nothing. */
export function findDatabase(stateDir: string): string | null {
  const real = realOf(stateDir);
  return [join(real, 'database'), elsewhereFor(real)].find(isThere) ?? null;
}

/** What is there is never given over by itself: whoever ran it before could not use it any more. */
function refuseAnothers(base: string, user: DatabaseUser): void {
  const owner = 'uid' in user.ids ? user.ids.uid : process.getuid?.();
  let found = statSync(base).uid;
  try {
    found = statSync(join(base, 'run', 'data')).uid;
  } catch {
    // Without root, what is closed belongs to the owner of the folder above, if that is not this user.
    if (found === owner) found = statSync(join(base, 'run')).uid;
  }
  if (found !== owner) throw new StoreRefused(databaseOfAnother(base, found, user.name));
}

/**
 * A folder below the state directory. When root keeps the state in its own home, which the database user cannot enter,
 * the database lies in /var/lib instead, under a name made from the state directory. One that lies somewhere already is
 * used where it lies or not at all: an empty one beside it would look like the loss of everything.
 */
function baseFolder(stateDir: string, user: DatabaseUser): string {
  const there = findDatabase(stateDir);
  if (there !== null) refuseAnothers(there, user);
  const base = there ?? makeFolder(join(stateDir, 'database'), 'uid' in user.ids ? 0o711 : 0o700);
  if (!('uid' in user.ids) || canEnter(user, base)) return base;
  // The state directory is ours to open for passing through, what lies above it is not.
  chmodSync(stateDir, statSync(stateDir).mode | 0o001);
  if (canEnter(user, base)) return base;
  if (there !== null) throw new StoreRefused(databaseShutOff(there, user.name));
  const elsewhere = makeFolder(elsewhereFor(stateDir), 0o711);
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

/** Makes the folders, with their owners, and finds the binaries. Refuses in words, or throws the system's error. */
export function preparePlace(stateDir: string, user: DatabaseUser): DatabasePlace {
  const base = baseFolder(realpathSync(makeFolder(resolve(stateDir), 0o711)), user);
  const run = giveTo(user, makeFolder(join(base, 'run'), 0o700));
  const socket = Buffer.byteLength(run) > LONGEST_SOCKET_FOLDER ? shortSocketFolder(base, user) : run;
  return { base, data: join(run, 'data'), socket, log: join(base, 'log'), native: reachableNative(base, user), user };
}
