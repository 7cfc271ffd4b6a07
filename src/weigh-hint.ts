import { stripHidden } from './domain/hidden-text.ts';
import { type Demand, lintHint, type NamedFile } from './domain/lint-hint.ts';
import { filesNamedIn, locatorsIn } from './domain/locator.ts';
import { missingPlaces, namedIn } from './find-places.ts';
import type { Ports } from './ports.ts';
import type { Base } from './read-base.ts';

/** As many files as a hint may be about, and places in them. */
const MOST = 20;
/** Of one hint, as much as is drafted from. */
const MOST_WORDS = 8000;
const shownOf = (hint: string): string => stripHidden(hint.slice(0, MOST_WORDS)).visible;

/** What a hint lacks, or the places that it points to and base does not have, in words. */
export type Weighed = { readonly missing: readonly Demand[] } | { readonly nowhere: readonly string[] };

/** Weighs what a person said behind `/hint`, together with what was said `before` it: a second hint adds to the first. */
export async function weighHint(
  ports: Ports,
  base: Base,
  words: string,
  before: readonly string[] = [],
): Promise<Weighed> {
  const tree = await ports.repository.treeOf(base.commit);
  const said = shownOf(words);
  const all = [...before.map(shownOf), said].join('\n');
  const read = namedIn(ports, tree);
  const files = new Map<string, NamedFile | null>();
  for (const path of filesNamedIn(all).slice(0, MOST))
    if ((await ports.repository.idOf(tree, path)) !== null) files.set(path, await read(path));
  // A name without a folder may be a host with its port: it counts where such a file is there.
  const pointed = locatorsIn(said).filter(({ file }) => file.includes('/') || files.has(file));
  const nowhere = await missingPlaces(read, pointed.slice(0, MOST));
  if (nowhere.length > 0) return { nowhere };
  const located = locatorsIn(all).some(({ file }) => files.has(file));
  return { missing: lintHint(all, [...files.values()], located) };
}
