import { GitHubError } from './answers.ts';
import { commitTree, isAncestor, mergeTree, moveRef } from './git-repository.ts';
import { gitPerson } from './merge-pull.ts';
import { baseShaOf } from './pull-facts.ts';
import { afterRefChange } from './ref-changes.ts';
import type { Pull, Repository } from './state.ts';
import { gitDirectory, type Person, type World } from './world.ts';

const refusal = (message: string) => new GitHubError(422, message);

/** Merges the base into the head, as the "Update branch" button does. Throws GitHub's refusals. */
export async function updateBranch(
  world: World,
  repository: Repository,
  pull: Pull,
  expected: string | undefined,
  person: Person,
): Promise<void> {
  const directory = gitDirectory(world, repository);
  // Nobody gives the maintainers of base leave to push to a fork here.
  if (pull.fork !== undefined) throw refusal('the head branch is in a fork that you may not push to.');
  const before = pull.headSha;
  const mismatch = 'expected head sha didn’t match current head ref.';
  if (expected && expected !== before) throw refusal(mismatch);
  const base = await baseShaOf(world, repository, pull);
  if (await isAncestor(directory, base, before)) throw refusal('There are no new commits on the base branch.');
  const tree = await mergeTree(directory, before, base);
  if (!tree) throw refusal('merge conflict between base and head');
  const message = `Merge branch '${pull.base}' into ${pull.head}\n`;
  const after = await commitTree(directory, tree, [before, base], message, gitPerson(world, person.login));
  const ref = `refs/heads/${pull.head}`;
  if (!(await moveRef(directory, ref, after, before))) throw refusal(mismatch);
  await afterRefChange(world, repository, { ref, before, after }, person);
}
