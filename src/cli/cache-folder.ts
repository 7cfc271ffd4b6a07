import { lstat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { makeFolders } from '../make-folders.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The user's own folder for what may be lost; null where there is none. */
export function cacheFolder({ XDG_CACHE_HOME: cache = '', HOME: home = '' }: Env): string | null {
  if (isAbsolute(cache)) return join(cache, 'corrigible');
  return isAbsolute(home) ? join(home, '.cache', 'corrigible') : null;
}

/**
 * Where dependencies last from one command to the next; undefined where they cannot. Root's sandbox runs as somebody else,
 * who does not get into a home folder; and in what others may write to, they would decide what is run.
 */
export async function layersFolder(env: Env): Promise<string | undefined> {
  const folder = cacheFolder(env);
  if (folder === null || process.getuid?.() === 0) return undefined;
  try {
    makeFolders(folder);
    const found = await lstat(folder);
    const ours = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
    return ours ? folder : undefined;
  } catch {
    return undefined;
  }
}
