import { isUtf8 } from 'node:buffer';
import { fileRefused, treeRefused } from '../../domain/messages/git.ts';
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

/** An entry with its bytes; a submodule has none. */
export interface SizedEntry extends Entry {
  readonly size: number;
}

/** How many files a tree may have, of which a few objects can hold more than there are disks for. */
export const MOST_FILES = 200_000;
/** So much of a list is read. */
const LISTED_BYTES = 32_000_000;

/** What `ls-tree -r -z` prints of a commit or tree, line by line. Throws `FileRefused` where it would not end. */
async function listed(gitDir: string, treeish: string, most: number, ...how: readonly string[]): Promise<string[]> {
  const args = ['ls-tree', '-r', '-z', '--full-tree', ...how, anId(treeish)];
  const printed = await gitBytes(gitDir, args, { most: LISTED_BYTES });
  const lines = printed.length < LISTED_BYTES ? splitNul(printed) : null;
  if (lines === null || lines.length > most)
    throw new FileRefused('.', 'too-many-files', treeRefused.tooManyFiles(most));
  return lines;
}

function entryOf(line: string): SizedEntry {
  const tab = line.indexOf('\t');
  const [mode = '', , id = '', size = ''] = line.slice(0, tab).split(/ +/);
  return { mode, id, path: line.slice(tab + 1), size: Number(size) || 0 };
}

/** Every entry of a commit or tree that is not a folder, with its size. Throws `FileRefused` for more than `most`. */
export const sizedEntries = async (gitDir: string, treeish: string, most: number): Promise<SizedEntry[]> =>
  (await listed(gitDir, treeish, most, '--long')).map(entryOf);

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
  const entries: Entry[] = (await listed(gitDir, at.id, MOST_FILES)).map(entryOf).filter(isRegular);
  return entries.map(({ path }) => (name === '' ? pathText(path) : `${name}/${pathText(path)}`));
}
