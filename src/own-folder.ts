import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeFolders } from './make-folders.ts';

const execute = promisify(execFile);

/** Removes a folder in which untrusted code may have worked: closed folders, and paths too long for the system. */
export async function removeFolder(dir: string): Promise<void> {
  try {
    await rm(dir, { recursive: true, force: true });
  } catch {
    // Neither follows a link inside the folder.
    await execute('/bin/chmod', ['-R', 'u+rwX', '--', dir], { cwd: '/', env: {} }).catch(() => {});
    await execute('/bin/rm', ['-rf', '--', dir], { cwd: '/', env: {} });
  }
}

/** When a process began, as Linux counts it: with the pid, a name that no later process has. '' when there is none. */
async function beginning(pid: string): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The command's name, in brackets, may hold anything; field 22 is the 20th after it.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** Whether the process still is that a name begins with: `PID-BEGINNING`, as the folders of processes are called. */
export async function isAlive(name: string): Promise<boolean> {
  const [pid = '', began = ''] = name.split('-');
  if (!/^\d+$/.test(pid)) return false;
  const now = await beginning(pid);
  if (now !== '' || began !== '') return now === began;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What this process calls itself where others look whether it is still there. */
export const ownName = async (): Promise<string> => `${process.pid}-${await beginning(String(process.pid))}`;

/**
 * Makes the folder below `all` for what this process lays out, and removes those of processes that are no more, each after
 * `clear` has ended what still goes on there. Others pass through both, and list neither.
 */
export async function ownFolder(all: string, clear: (left: string) => Promise<void> = async () => {}): Promise<string> {
  makeFolders(all);
  await chmod(all, 0o711);
  for (const name of await readdir(all)) {
    const left = join(all, name);
    if (await isAlive(name)) continue;
    await clear(left);
    await removeFolder(left);
  }
  const folder = join(all, await ownName());
  makeFolders(folder);
  await chmod(folder, 0o711);
  return folder;
}
