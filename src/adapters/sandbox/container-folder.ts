import { rmdirSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { isAlive, ownFolder } from '../../own-folder.ts';
import { entriesOf, groupFolders } from './container-groups.ts';
import { deleteContainer } from './container-run.ts';
import { attempt } from './processes.ts';

/** Removes the empty control groups that killed processes left, of either version, wherever those kept their state. */
async function removeGroups(): Promise<void> {
  for (const folder of groupFolders())
    for (const name of entriesOf(folder))
      if (/^\d+-/.test(name) && !(await isAlive(name))) attempt(() => rmdirSync(path.join(folder, name)), undefined);
}

/** What the runtime keeps its own things in, below the folder of a process. */
export const withRoot = (runtime: readonly string[], folder: string): readonly string[] => [
  ...runtime,
  '--root',
  path.join(folder, 'runtime'),
];

/**
 * Makes this process's folder for its containers, and removes what processes left that are no more: their containers, with
 * mounts and control groups, and their folders.
 */
export async function containerFolder(stateDir: string, runtime: readonly string[]): Promise<string> {
  const folder = await ownFolder(path.join(stateDir, 'containers'), async (left) => {
    for (const id of entriesOf(path.join(left, 'runtime')))
      await deleteContainer(withRoot(runtime, left), id).catch(() => {});
  });
  await removeGroups();
  const own = path.join(folder, 'runtime');
  await mkdir(own).catch(() => {});
  await chmod(own, 0o700);
  return folder;
}
