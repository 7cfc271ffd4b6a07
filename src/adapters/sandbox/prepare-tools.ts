import { createHash } from 'node:crypto';
import { chmod, copyFile, realpath, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { folderClosed, toolsMissing } from '../../domain/messages/sandbox.ts';
import { makeFolders } from '../../make-folders.ts';
import { firstClosed } from './first-closed.ts';
import type { Bind } from './setup.ts';

/** What the command finds first on its PATH. */
export interface Tools {
  readonly binds: readonly Bind[];
  readonly path: readonly string[];
  /** The app's own Node inside. */
  readonly node: string;
}

interface Wanted {
  readonly toolDirs: readonly string[];
  readonly node: string;
  readonly stateDir: string;
  readonly dropped: boolean;
  /** The folder whose /usr commands see. */
  readonly root: string;
}

/** Whether commands find it where it is. */
const isSystem = (file: string, root: string): boolean => root === '/' && file.startsWith('/usr/');

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

async function copyNode(node: string, stateDir: string): Promise<string> {
  const { size, mtimeMs } = await stat(node);
  const id = createHash('sha256').update(`${node}\0${size}\0${mtimeMs}`).digest('hex').slice(0, 16);
  const folder = path.join(stateDir, 'tools', id, 'bin');
  const copy = path.join(folder, 'node');
  if (await exists(copy)) return copy;
  makeFolders(folder);
  for (const part of [folder, path.dirname(folder), path.join(stateDir, 'tools')]) await chmod(part, 0o755);
  // Another process may copy at the same moment; the rename makes one of them win whole.
  const fresh = `${copy}.${process.pid}`;
  await copyFile(node, fresh);
  await chmod(fresh, 0o755);
  await rename(fresh, copy);
  return copy;
}

/** Only the binary, never its folder: that may be somebody's home. */
async function nodeBind({ node, stateDir, dropped, root }: Wanted, inside: string): Promise<Tools> {
  const file = await realpath(node);
  if (isSystem(file, root)) return { binds: [], path: [path.dirname(file)], node: file };
  const host = dropped && (await firstClosed(file)) !== null ? await copyNode(file, stateDir) : file;
  return { binds: [{ host, inside: `${inside}/node` }], path: [inside], node: `${inside}/node` };
}

/**
 * Binds the tools folders at /opt/tools/0, /opt/tools/1 …, and the app's own Node after them. A Node that the user of
 * the sandbox (`dropped`: not the app's own) cannot reach is copied once below the state folder; a tools folder that it
 * cannot reach is a refusal.
 */
export async function prepareTools(wanted: Wanted): Promise<Tools | { readonly refused: string }> {
  const { toolDirs, dropped, root } = wanted;
  const binds: Bind[] = [];
  const onPath: string[] = [];
  for (const dir of toolDirs) {
    if (!(await exists(dir))) return { refused: toolsMissing(dir) };
    const host = await realpath(dir);
    const closed = dropped ? await firstClosed(host) : null;
    if (closed !== null) return { refused: folderClosed(closed) };
    const inside = isSystem(host, root) ? host : `/opt/tools/${binds.length}`;
    if (inside !== host) binds.push({ host, inside });
    onPath.push(inside);
  }
  const own = await nodeBind(wanted, `/opt/tools/${binds.length}`);
  return { binds: [...binds, ...own.binds], path: [...onPath, ...own.path], node: own.node };
}
