import { execFile } from 'node:child_process';
import { lchownSync, lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/** Entries that are given one by one; a process of chown takes longer than these, and is faster with more. */
const FEW = 100;

const execute = promisify(execFile);

/** Gives a folder and what is below it, or something else alone, never through a link; false, with a part of it done, where there is too much. */
function giveFew(owner: number, folder: string): boolean {
  const rest = [folder];
  let given = 0;
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    lchownSync(next, owner, owner);
    if (next === folder && !lstatSync(next).isDirectory()) return true;
    for (const entry of readdirSync(next, { withFileTypes: true })) {
      given++;
      if (given > FEW) return false;
      const place = path.join(next, entry.name);
      if (entry.isDirectory()) rest.push(place);
      else lchownSync(place, owner, owner);
    }
  }
  return true;
}

/** The same; false, too, for what has names that Node cannot write, or too long a way to be named at once. */
function gave(owner: number, folder: string): boolean {
  try {
    return giveFew(owner, folder);
  } catch {
    // chown goes down by descriptors, and by bytes; what it cannot do either, it says.
    return false;
  }
}

/**
 * Gives folders, with all that is in them, to a user. Nobody may write there meanwhile. A file that changes hands loses its
 * set-uid bit.
 */
export async function giveFolders(owner: number, folders: readonly string[]): Promise<void> {
  const large = folders.filter((folder) => !gave(owner, folder));
  if (large.length === 0) return;
  // -h: never through a link that a command left behind. -P is chown's own default: no link to a folder is entered.
  const args = ['-h', '-R', '--preserve-root', '--', `${owner}:${owner}`, ...large];
  await execute('/bin/chown', args, { cwd: '/', env: {} });
}
