import { globMatcher } from './domain/glob.ts';
import { ALWAYS_ORACLE, oracleGlobs } from './domain/integrity.ts';
import type { Ports, RawChange } from './ports.ts';
import { type ReadBase, readBase } from './read-base.ts';

/** A head of somebody's pull request, and the commit of the base branch that it stands on. */
export interface Pair {
  readonly from: string;
  readonly head: string;
}

/** The head's changes that decide what it, or the next pull request, is judged by. */
export async function oracleChanges(
  ports: Ports,
  { from, head }: Pair,
  sides?: readonly ReadBase[],
): Promise<readonly RawChange[]> {
  const read = sides ?? [await readBase(ports, from), await readBase(ports, head)];
  const globs = read.flatMap((side) => ('base' in side ? oracleGlobs(side.base.configuration) : ALWAYS_ORACLE));
  const isOracle = globMatcher(globs, true);
  const trees = await Promise.all([from, head].map((commit) => ports.repository.treeOf(commit)));
  const changes = await ports.repository.changes(trees[0] ?? '', trees[1] ?? '');
  return changes.filter(({ path }) => isOracle(path));
}
