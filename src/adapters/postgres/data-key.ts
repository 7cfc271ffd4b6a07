import { timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool, PoolClient } from 'pg';
import * as say from '../../domain/messages/store.ts';
import { makeFolders } from '../../make-folders.ts';
import { derivedKey, keyedHash, newKey, readyKey, seal, unseal } from './seal.ts';
import { StoreRefused } from './store-refused.ts';

/** The one secret of a store: with it the keys of the rejections open, and through them everything personal. */
export interface DataKey {
  /** Proves which data key a database belongs to, and tells nothing about it. */
  readonly checkValue: Buffer;
  wrap(rejection: string, key: Uint8Array): Buffer;
  /** Throws when it is not this rejection's key, or was wrapped by another data key. */
  unwrap(rejection: string, wrapped: Uint8Array): Buffer;
  /** A fingerprint as it may stand in clear: equal within a repository, and telling nothing. */
  fingerprint(repo: string, fingerprint: string): Buffer;
  /** Any text as it may stand in clear, to be told from another: equal for equal texts, and telling nothing. */
  mark(text: string): string;
  /** A signature that only who has the data key can make: 43 characters of base64url. */
  sign(text: string): string;
}

export interface KeySource {
  /** DATA_KEY, 32 bytes. Without it the file in `stateDir` is read. */
  readonly dataKey?: Uint8Array | undefined;
  readonly stateDir: string;
}

export function dataKeyOf(secret: Uint8Array): DataKey {
  const wrapping = readyKey(derivedKey(secret, 'wrapping'));
  const marking = derivedKey(secret, 'marks');
  const signing = derivedKey(secret, 'signatures');
  return {
    checkValue: keyedHash(derivedKey(secret, 'check'), 'data key'),
    wrap: (rejection, key) => seal(wrapping, key, ['key', rejection]),
    unwrap: (rejection, wrapped) => unseal(wrapping, wrapped, ['key', rejection]),
    fingerprint: (repo, fingerprint) => keyedHash(derivedKey(secret, `fingerprints of ${repo}`), fingerprint),
    mark: (text) => keyedHash(marking, text).toString('base64url').slice(0, 12),
    sign: (text) => keyedHash(signing, text).toString('base64url'),
  };
}

/** The 32 bytes that a text of 44 characters in base64 stands for; null when it is anything else. */
export function parseDataKey(text: string): Buffer | null {
  return /^[A-Za-z0-9+/]{43}=$/.test(text) ? Buffer.from(text, 'base64') : null;
}

const fileOf = (stateDir: string): string => join(stateDir, 'data-key');

function readKeyFile(file: string): Buffer | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new StoreRefused(say.dataKeyUnreadable(file, code ?? String(error)));
  }
  const key = parseDataKey(text.trim());
  if (key === null) throw new StoreRefused(say.dataKeyFileBroken(file));
  return key;
}

async function writeDurably(file: string, text: string): Promise<void> {
  const half = `${file}.${process.pid}.half`;
  try {
    const handle = await open(half, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Unlike a rename, a link never replaces the key that another process made meanwhile.
    await link(half, file);
  } finally {
    await rm(half, { force: true });
  }
}

async function makeKeyFile(stateDir: string): Promise<Buffer> {
  const file = fileOf(stateDir);
  try {
    makeFolders(stateDir, 0o711);
    await writeDurably(file, `${newKey().toString('base64')}\n`);
    const folder = await open(stateDir, 'r');
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    // The key is there already; a folder that is something else is no key.
    if (code !== 'EEXIST' || syscall === 'mkdir')
      throw new StoreRefused(say.stateNotWritable(stateDir, code ?? String(error)));
  }
  const made = readKeyFile(file);
  if (made === null) throw new StoreRefused(say.dataKeyUnreadable(file, 'ENOENT'));
  return made;
}

async function checkValueOf(client: Pool | PoolClient): Promise<Buffer | null> {
  const { rows } = await client.query<{ check_value: Buffer }>('select check_value from corrigible.data_key');
  return rows[0]?.check_value ?? null;
}

/**
 * The data key of this database: `dataKey`, else the file `data-key` in the state directory, which is made for a
 * database that has never had one. Refuses (`StoreRefused`) one that the database does not belong to. Call it under the
 * lock of the migrations: of two machines that start at once, one gives the database its key.
 */
export async function openDataKey(client: Pool | PoolClient, { dataKey, stateDir }: KeySource): Promise<DataKey> {
  const known = await checkValueOf(client);
  const found = dataKey ?? readKeyFile(fileOf(stateDir));
  if (found === null && known !== null) throw new StoreRefused(say.dataKeyMissing(fileOf(stateDir)));
  const key = dataKeyOf(found ?? (await makeKeyFile(stateDir)));
  if (known === null) await client.query('insert into corrigible.data_key (check_value) values ($1)', [key.checkValue]);
  else if (!timingSafeEqual(known, key.checkValue))
    throw new StoreRefused(say.dataKeyWrong(dataKey === undefined ? fileOf(stateDir) : null));
  return key;
}
