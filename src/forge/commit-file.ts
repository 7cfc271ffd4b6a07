import { GitHubError, notFound } from './answers.ts';
import { commitTree, findEntry, moveRef, readRef, writeBlob, writeTree } from './git-repository.ts';
import { gitPerson } from './merge-pull.ts';
import type { RepositoryCall } from './operation.ts';
import { afterRefChange } from './ref-changes.ts';
import { needsPullRequest } from './requirements.ts';
import { grants } from './world.ts';

interface FileCommit {
  readonly message: string;
  /** The blob that is replaced. */
  readonly sha?: string;
  readonly branch?: string;
  readonly author?: { readonly name: string; readonly email: string };
}

/** Commits one file to a branch, or its removal when `content` is null. Throws GitHub's refusals. */
export async function commitFile(
  call: RepositoryCall,
  path: string,
  content: Buffer | null,
  input: FileCommit,
): Promise<{ commit: string; existed: boolean }> {
  const { world, repository, directory, person } = call;
  const branch = input.branch ?? repository.defaultBranch;
  const ref = `refs/heads/${branch}`;
  const before = await readRef(directory, ref);
  if (!before) throw new GitHubError(404, `Branch ${branch} not found`);
  refuseProtected(call, branch, [path]);
  const existing = await findEntry(directory, before, path);
  if (!existing && !content) throw notFound();
  if (existing && !input.sha) throw new GitHubError(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  if (input.sha && existing?.sha !== input.sha) throw new GitHubError(409, `${path} does not match ${input.sha}`);
  const sha = content ? await writeBlob(directory, content) : null;
  const tree = await writeTree(directory, before, [{ path, mode: existing?.mode ?? '100644', sha }]);
  const committer = gitPerson(world, person.login);
  const commit = await commitTree(
    directory,
    tree,
    [before],
    `${input.message}\n`,
    input.author ?? committer,
    committer,
  );
  if (!(await moveRef(directory, ref, commit, before))) {
    throw new GitHubError(409, `is at ${await readRef(directory, ref)} but expected ${before}`);
  }
  await afterRefChange(world, repository, { ref, before, after: commit }, person);
  return { commit, existed: existing !== null };
}

/** What an app may not write without `workflows`, and nobody past a branch's rules. */
export function refuseProtected(call: RepositoryCall, branch: string, paths: readonly string[]): void {
  const { actor, repository } = call;
  const workflow = paths.find((path) => path.startsWith('.github/workflows/'));
  if (workflow && actor.kind === 'installation' && !grants(actor.permissions, 'workflows', 'write')) {
    const words = `refusing to allow a GitHub App to create or update workflow \`${workflow}\` without \`workflows\` permission`;
    throw new GitHubError(403, words);
  }
  if (!needsPullRequest(repository, branch, actor)) return;
  throw new GitHubError(409, 'Repository rule violations found\n\nChanges must be made through a pull request.');
}
