import { answersOf } from './domain/case-files.ts';
import type { Prepare } from './domain/configuration.ts';
import { globMatcher } from './domain/glob.ts';
import { prepare as say } from './domain/messages/prepare.ts';
import { newest } from './domain/newest.ts';
import { type Checkout, NotPrepared, type Ports, type Prepared, type Preparing, Weather } from './ports.ts';
import { type Base, readBase } from './read-base.ts';

/** What making dependencies takes. */
type Prepares = Pick<Ports, 'ref' | 'repository' | 'forge' | 'shipped' | 'preparing'>;

/** The commit that trees are judged by, and what it says. */
type By = Pick<Base, 'commit' | 'configuration'>;

/** The files that dependencies are made of, by repository, tree and globs. */
const inputs = newest<string>(64);

/** The tree with the declared files of another, and no others: what is not declared cannot change what is made. */
async function inputsIn({ ref, repository }: Prepares, tree: string, globs: readonly string[]): Promise<string> {
  const make = async (): Promise<string> => {
    const isInput = globMatcher(globs);
    const paths = await repository.list(tree, '');
    const others = paths.filter((path) => !isInput(path));
    if (others.length === paths.length) throw new NotPrepared(say.noInputs);
    return repository.withFiles(tree, Object.fromEntries(others.map((path) => [path, null])));
  };
  const known = await inputs(JSON.stringify([ref.repo, tree, globs]), make);
  // No commit holds it: a mirror that was tidied, or made anew, may have lost it.
  return (await repository.has(known)) ? known : make();
}

/**
 * A commit of the default branch that says how dependencies are made, and how. What a merge queue builds a group on may not
 * have been merged: then what both have in common says so.
 */
async function onBase(
  ports: Prepares,
  by: By,
): Promise<{ readonly commit: string; readonly prepare?: Prepare | undefined }> {
  const { repository } = ports;
  const tip = await repository.branch(await repository.defaultBranch());
  if (tip === by.commit) return { commit: tip, prepare: by.configuration.prepare };
  const commit = tip === null ? null : await repository.mergeBase(tip, by.commit);
  if (commit === null) throw new NotPrepared(say.notOnBase);
  if (commit === by.commit) return { commit, prepare: by.configuration.prepare };
  const read = await readBase(ports, commit);
  return { commit, prepare: 'base' in read ? read.base.configuration.prepare : undefined };
}

/**
 * The dependencies that everything is run with that is judged by this commit, made now or before: only ever of what stands
 * on the default branch. Null where none are declared. Throws what `Preparing` throws.
 */
export async function preparedFor(ports: Prepares, by: By, signal?: AbortSignal): Promise<Prepared | null> {
  if (by.configuration.prepare === undefined) return null;
  const { commit, prepare } = await onBase(ports, by);
  if (prepare === undefined) return null;
  const tree = await inputsIn(ports, await ports.repository.treeOf(commit), prepare.inputs);
  const { ref, repository } = ports;
  return ports.preparing.prepare({ ref, repository, tree, prepare }, signal);
}

/** So long an advance waits for dependencies: it holds a place that others want. */
const PATIENCE_MS = 60_000;
const AGAIN_MS = 10_000;

/** The same, for whoever may not wait for long: what takes longer goes on, and is asked for again later. */
export const patiently = (preparing: Preparing, ms = PATIENCE_MS): Preparing => ({
  async prepare(of) {
    const making = preparing.prepare(of);
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Weather(say.stillMade, AGAIN_MS)), ms);
    try {
      return await Promise.race([making, late.promise]);
    } finally {
      clearTimeout(timer);
      // Whoever asks next is told.
      making.catch(() => {});
    }
  },
});

/** A tree as it is run: without what matches `without`, and with these dependencies. */
export async function layOutWith(
  { repository }: Pick<Ports, 'repository'>,
  tree: string,
  without: readonly string[],
  prepared: Prepared | null,
): Promise<Checkout> {
  const checkout = await repository.checkout(tree, without);
  return prepared === null ? checkout : { ...checkout, prepared };
}

/** A tree as it is run: without the answers of what it is judged by, and with base's dependencies. */
export const layOut = async (ports: Ports, by: By, tree: string, signal?: AbortSignal): Promise<Checkout> =>
  layOutWith(ports, tree, answersOf(by.configuration), await preparedFor(ports, by, signal));
