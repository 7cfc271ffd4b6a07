import type { NamedFile } from './domain/lint-hint.ts';
import { type Locator, placesOf } from './domain/locator.ts';
import { nowhere } from './domain/messages/hints.ts';
import { FileRefused, type Ports } from './ports.ts';

const MAX_BYTES = 1_000_000;

/** The text of a file of a tree; null where there is none that people could point into. */
export async function readNamed({ repository }: Ports, tree: string, path: string): Promise<string | null> {
  try {
    return await repository.read(tree, path, MAX_BYTES);
  } catch (error) {
    if (error instanceof FileRefused) return null;
    throw error;
  }
}

/** Reads files of a tree by their paths, each once; null where there is none that people could point into. */
export type ReadNamed = (path: string) => Promise<NamedFile | null>;

export function namedIn(ports: Ports, tree: string): ReadNamed {
  const known = new Map<string, Promise<NamedFile | null>>();
  const open = async (path: string): Promise<NamedFile | null> => {
    const text = await readNamed(ports, tree, path);
    return text === null ? null : { text, has: placesOf(text) };
  };
  return (path) => {
    const file = known.get(path) ?? open(path);
    known.set(path, file);
    return file;
  };
}

/** What people or models point to and the files do not have, each in words. */
export async function missingPlaces(read: ReadNamed, locators: readonly Locator[]): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { text, file, at } of locators) {
    const found = await read(file);
    if (found === null) problems.push(nowhere.file(text, file));
    else if (!found.has(at)) problems.push(nowhere.place(text, file));
  }
  return problems;
}
