import { hasPlace, type Locator } from './domain/locator.ts';
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

/** What people or models point to and the tree does not have, each in words. */
export async function missingPlaces(
  ports: Ports,
  tree: string,
  locators: readonly Locator[],
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { text, file, at } of locators) {
    const found = await readNamed(ports, tree, file);
    if (found === null) problems.push(nowhere.file(text, file));
    else if (!hasPlace(found, at)) problems.push(nowhere.place(text, file));
  }
  return problems;
}
