import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Large bytes under the name of their SHA-256, in hex. */
export interface Blobs {
  /** Stores the bytes durably and returns their hash. The same bytes twice are stored once. */
  put(bytes: Uint8Array): Promise<string>;
  /** The bytes, or undefined when they are not here. Throws when what is here is not what the name says. */
  get(hash: string): Promise<Uint8Array | undefined>;
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const half = `${path}.${randomUUID()}.half`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    const handle = await open(half, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(half, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
}

async function readOrUndefined(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A store in one directory, spread over 256 folders. */
export function openBlobs(folder: string): Blobs {
  const pathOf = (hash: string): string => {
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new Error('not a blob hash');
    return join(folder, hash.slice(0, 2), hash);
  };
  return {
    put: async (bytes) => {
      const hash = hashOf(bytes);
      const found = await readOrUndefined(pathOf(hash));
      // A damaged file is written anew.
      if (found === undefined || hashOf(found) !== hash) await writeDurably(pathOf(hash), bytes);
      return hash;
    },
    get: async (hash) => {
      const bytes = await readOrUndefined(pathOf(hash));
      if (bytes !== undefined && hashOf(bytes) !== hash) throw new Error(`blob ${hash} is damaged`);
      return bytes;
    },
  };
}
