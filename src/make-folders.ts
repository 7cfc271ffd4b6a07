import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * Makes a folder, and those above it that are missing, level by level. Returns the topmost that it made. Throws the
 * system's error: Node's own `recursive` tries for ever where a folder is there and says that it is not, as /proc does.
 */
export function makeFolders(path: string, mode = 0o777): string | undefined {
  if (isFolder(path)) return undefined;
  const above = dirname(path);
  const topmost = above === path || existsSync(above) ? undefined : makeFolders(above, mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Somebody else made it in this moment.
    if (!isFolder(path)) throw error;
    return topmost;
  }
  return topmost ?? path;
}
