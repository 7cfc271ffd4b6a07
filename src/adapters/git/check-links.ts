import { treeRefused } from '../../domain/messages/git.ts';
import { FileRefused } from '../../ports.ts';
import type { ObjectReader } from './object-reader.ts';
import type { Entry } from './read-tree.ts';
import { pathText } from './run-git.ts';

const LONGEST = 4096;

/**
 * Whether a link stays inside its tree: relative, and upwards only at its beginning. `..` after a name could follow
 * another link first, and then lead anywhere.
 */
function staysInside(path: string, target: string): boolean {
  if (target === '' || target.startsWith('/') || target.includes('\0')) return false;
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  const firstName = parts.findIndex((part) => part !== '..');
  const up = firstName < 0 ? parts.length : firstName;
  return up <= path.split('/').length - 1 && !parts.slice(up).includes('..');
}

/** Throws `FileRefused` when one of the entries is a symbolic link that leads out of the tree. */
export async function checkLinks(reader: ObjectReader, entries: readonly Entry[]): Promise<void> {
  for (const { mode, id, path } of entries) {
    if (mode !== '120000') continue;
    const size = (await reader.info(id))?.size ?? 0;
    const target = size > LONGEST ? null : await reader.contents(id);
    if (target === null || !staysInside(path, target.bytes.toString('latin1')))
      throw new FileRefused(pathText(path), 'link-leads-out', treeRefused.link(pathText(path)));
  }
}
