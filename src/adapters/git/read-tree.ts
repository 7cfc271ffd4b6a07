import { isUtf8 } from 'node:buffer';
import { fileRefused } from '../../domain/messages/git.ts';
import { FileRefused } from '../../ports.ts';
import type { ObjectReader } from './object-reader.ts';
import { anId, gitBytes, pathText, splitNul } from './run-git.ts';

/** An entry of a tree. `path` as in `splitNul`. */
export interface Entry {
  readonly mode: string;
  readonly id: string;
  readonly path: string;
}

const ID_BYTES = 20;

/** The raw form of a tree: mode, space, name, NUL, id, again and again. */
function entriesOf(tree: Buffer): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at < tree.length; ) {
    const space = tree.indexOf(0x20, at);
    const nul = tree.indexOf(0, space);
    entries.push({
      mode: tree.toString('latin1', at, space).padStart(6, '0'),
      path: tree.toString('latin1', space + 1, nul),
      id: tree.toString('hex', nul + 1, nul + 1 + ID_BYTES),
    });
    at = nul + 1 + ID_BYTES;
  }
  return entries;
}

/** Whether an entry is a file with content: no link, no folder, no submodule. */
const isRegular = (entry: Pick<Entry, 'mode'>): boolean => entry.mode.startsWith('100');

/** What stands at a path of a commit or tree; null where nothing does. Symbolic links are not followed. */
export async function entryAt(reader: ObjectReader, treeish: string, path: string): Promise<Entry | null> {
  const root = await reader.info(`${anId(treeish)}^{tree}`);
  if (root === null) throw new Error(`not a commit or tree: ${treeish}`);
  let at: Entry = { mode: '040000', id: root.id, path: '' };
  for (const part of path === '' ? [] : path.split('/')) {
    if (at.mode !== '040000') return null;
    const name = Buffer.from(part).toString('latin1');
    const tree = await reader.contents(at.id);
    const found = entriesOf(tree?.bytes ?? Buffer.alloc(0)).find((entry) => entry.path === name);
    if (found === undefined) return null;
    at = found;
  }
  return at;
}

/** See `Repository.idOf`. */
export async function idAt(reader: ObjectReader, treeish: string, path: string): Promise<string | null> {
  const entry = await entryAt(reader, treeish, path);
  // A submodule's id is that of a commit elsewhere.
  return entry === null || entry.mode === '160000' ? null : entry.id;
}

/** See `Repository.read`. */
export async function readText(
  reader: ObjectReader,
  treeish: string,
  path: string,
  maxBytes: number,
): Promise<string | null> {
  const entry = await entryAt(reader, treeish, path);
  if (entry === null || !isRegular(entry)) return null;
  const size = (await reader.info(entry.id))?.size ?? 0;
  if (size > maxBytes) throw new FileRefused(path, 'too-large', fileRefused.tooLarge(path, maxBytes));
  const blob = await reader.contents(entry.id);
  if (blob === null) throw new Error(`object ${entry.id} is missing`);
  if (!isUtf8(blob.bytes)) throw new FileRefused(path, 'not-utf8', fileRefused.notText(path));
  return blob.bytes.toString('utf8');
}

/** Every entry of a commit or tree that is not a folder. */
export async function allEntries(gitDir: string, treeish: string): Promise<Entry[]> {
  const printed = await gitBytes(gitDir, ['ls-tree', '-r', '-z', '--full-tree', anId(treeish)]);
  return splitNul(printed).map((line) => {
    const tab = line.indexOf('\t');
    const [mode = '', , id = ''] = line.slice(0, tab).split(' ');
    return { mode, id, path: line.slice(tab + 1) };
  });
}

/** See `Repository.list`. */
export async function listFiles(
  gitDir: string,
  reader: ObjectReader,
  treeish: string,
  folder: string,
): Promise<string[]> {
  const name = folder.replace(/\/+$/, '');
  const at = await entryAt(reader, treeish, name);
  if (at?.mode !== '040000') return [];
  const entries = (await allEntries(gitDir, at.id)).filter(isRegular);
  return entries.map(({ path }) => (name === '' ? pathText(path) : `${name}/${pathText(path)}`));
}
