import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lettingOthers } from '../../let-others.ts';

/** How many entries lie in a folder, at any depth, and how many bytes its files have together. */
export interface Size {
  readonly files: number;
  readonly bytes: number;
}

/** Looks at names and sizes, never through a link. Throws where something cannot be looked at. */
export async function measure(folder: string): Promise<Size> {
  const letOthers = lettingOthers();
  let files = 0;
  let bytes = 0;
  const folders = [folder];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (const entry of await readdir(at, { withFileTypes: true })) {
      files++;
      const path = join(at, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) bytes += (await lstat(path)).size;
      await letOthers();
    }
  }
  return { files, bytes };
}
