import { randomUUID } from 'node:crypto';
import { chmod, readdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolders } from '../../make-folders.ts';
import { ownFolder, removeFolder } from '../../own-folder.ts';
import { measure } from './measure.ts';

/** What is known of a layer: made of so many folders, which lie beside this under their numbers. */
const Made = z.strictObject({
  folders: z.number().int().min(1),
  files: z.number().int().min(0),
  bytes: z.number().int().min(0),
  /** Over all names, links and contents. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Made = z.infer<typeof Made>;

/** A layer that is whole. */
export interface Kept {
  readonly made: Made;
  /** Where its folders lie, in the order in which they are declared. */
  readonly folders: readonly string[];
}

export interface StoreLimits {
  /** Layers that were not used for so long go. */
  readonly oldestMs: number;
  /** Most bytes of all together; the one that was not used for the longest goes first. */
  readonly bytes: number;
  /** What was used since then may still be at work, and stays. */
  readonly inUseMs: number;
}

const DAY_MS = 86_400_000;
const LIMITS: StoreLimits = { oldestMs: 14 * DAY_MS, bytes: 20_000_000_000, inUseMs: DAY_MS / 2 };

/** Layers below a folder of the app, by name. What is damaged or only half made is not there. */
export interface LayerStore {
  find(name: string): Promise<Kept | null>;
  /** An empty folder in which a layer can be made. A killed process leaves none for long. */
  begin(id: string): Promise<string>;
  /** Takes over what was made, unless another process was faster: then theirs. */
  keep(name: string, folder: string, made: Made): Promise<Kept>;
}

const FILE = 'made.json';

/** What stands in a layer's file, and when it was last used; null where that cannot be told. */
async function look(folder: string): Promise<{ readonly made: Made; readonly used: number } | null> {
  try {
    const made = Made.parse(JSON.parse(await readFile(join(folder, FILE), 'utf8')));
    return { made, used: (await stat(join(folder, FILE))).mtimeMs };
  } catch {
    return null;
  }
}

const foldersOf = (folder: string, { folders }: Made): readonly string[] =>
  Array.from({ length: folders }, (_, i) => join(folder, String(i)));

/** Whether all of it is there: a power cut, or somebody with a broom, may have taken some. */
async function isWhole(folder: string, made: Made): Promise<boolean> {
  try {
    let [files, bytes] = [0, 0];
    for (const one of foldersOf(folder, made)) {
      const size = await measure(one);
      files += size.files;
      bytes += size.bytes;
    }
    return files === made.files && bytes === made.bytes;
  } catch {
    return false;
  }
}

class FolderStore implements LayerStore {
  readonly #root: string;
  readonly #limits: StoreLimits;
  /** Those that this process has looked at as a whole. */
  readonly #whole = new Set<string>();
  #own: Promise<string> | undefined;

  constructor(root: string, limits: Partial<StoreLimits>) {
    this.#root = root;
    this.#limits = { ...LIMITS, ...limits };
  }

  async find(name: string): Promise<Kept | null> {
    const folder = join(this.#kept(), name);
    const found = await look(folder);
    if (found === null || !(this.#whole.has(name) || (await isWhole(folder, found.made)))) {
      await this.#remove(name);
      return null;
    }
    this.#whole.add(name);
    await utimes(join(folder, FILE), new Date(), new Date()).catch(() => {});
    return { made: found.made, folders: foldersOf(folder, found.made) };
  }

  async begin(id: string): Promise<string> {
    const folder = join(await this.#ownFolder(), id);
    makeFolders(folder);
    await chmod(folder, 0o711);
    return folder;
  }

  async keep(name: string, folder: string, made: Made): Promise<Kept> {
    await writeFile(join(folder, FILE), JSON.stringify(made));
    makeFolders(this.#kept());
    for (const open of [this.#root, this.#kept()]) await chmod(open, 0o711);
    // Where one is there already, this fails: folders never take the place of one that is not empty.
    const moved = await rename(folder, join(this.#kept(), name)).then(
      () => true,
      () => false,
    );
    if (moved) this.#whole.add(name);
    await this.#collect(name);
    const kept = await this.find(name);
    if (kept === null) throw new Error(`the layer ${name} cannot be kept`);
    return kept;
  }

  #kept(): string {
    return join(this.#root, 'kept');
  }

  #ownFolder(): Promise<string> {
    this.#own ??= ownFolder(join(this.#root, 'making'));
    return this.#own;
  }

  /** Out of the way first, so that nobody finds half of it. */
  async #remove(name: string): Promise<void> {
    this.#whole.delete(name);
    const away = join(await this.#ownFolder(), `gone-${randomUUID()}`);
    const moved = await rename(join(this.#kept(), name), away).then(
      () => true,
      () => false,
    );
    if (moved) await removeFolder(away);
  }

  /** Removes what is old, and what is too much, but never what may be at work. */
  async #collect(but: string): Promise<void> {
    const now = Date.now();
    const all: { readonly name: string; readonly used: number; readonly bytes: number }[] = [];
    for (const name of await readdir(this.#kept())) {
      const found = await look(join(this.#kept(), name));
      all.push({ name, used: found?.used ?? 0, bytes: found?.made.bytes ?? 0 });
    }
    let bytes = all.reduce((sum, one) => sum + one.bytes, 0);
    for (const one of all.toSorted((a, b) => a.used - b.used)) {
      const age = now - one.used;
      const goes = age > this.#limits.oldestMs || (bytes > this.#limits.bytes && age > this.#limits.inUseMs);
      if (!goes || one.name === but) continue;
      bytes -= one.bytes;
      await this.#remove(one.name);
    }
  }
}

export const layerStore = (root: string, limits: Partial<StoreLimits> = {}): LayerStore =>
  new FolderStore(root, limits);
