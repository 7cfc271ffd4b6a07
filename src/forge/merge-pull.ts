import { GitHubError } from './answers.ts';
import { headRepository } from './forks.ts';
import { commitTree, type Person as GitPerson, mergeTree, moveRef } from './git-repository.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { baseShaOf } from './pull-facts.ts';
import { rebase } from './rebase.ts';
import { afterRefChange, markMerged } from './ref-changes.ts';
import { activeRulesets, hasQueue, rulesetAllows, unmetRequirements } from './requirements.ts';
import type { MergeMethod, Pull, Repository } from './state.ts';
import { allowsMethod, ensureUser, findIssue, gitDirectory, type Person, type World } from './world.ts';

export interface MergeRequest {
  readonly commit_title?: string;
  readonly commit_message?: string;
  readonly sha?: string;
  readonly merge_method?: MergeMethod;
}

/** How a user of the forge signs commits that the forge makes for them. */
export function gitPerson(world: World, login: string): GitPerson {
  const { id, name } = ensureUser(world, login);
  return { name: name ?? login, email: `${id}+${login}@users.noreply.forge.invalid` };
}

/**
 * Merges as the merge button does, or throws GitHub's refusal. Returns the new tip of the base. Two merges of one pull
 * request wait for each other: between git's new tip and our note of it, the second would find nothing against it.
 */
export function mergePull(...args: Parameters<typeof mergeNow>): Promise<string> {
  return oneAtATime(args[2], () => mergeNow(...args));
}

async function mergeNow(
  world: World,
  repository: Repository,
  pull: Pull,
  request: MergeRequest,
  person: Person,
): Promise<string> {
  const directory = gitDirectory(world, repository);
  const method = request.merge_method ?? 'merge';
  const headSha = pull.headSha;
  await refuseUnlessMergeable(world, repository, pull, request, person);
  const base = await baseShaOf(world, repository, pull);
  const tree = await mergeTree(directory, base, headSha);
  if (!tree) throw new GitHubError(405, 'Pull Request is not mergeable');
  const author = gitPerson(world, person.login);
  const committer = { ...author, name: 'Forge' };
  const join = (parents: string[]) =>
    commitTree(directory, tree, parents, mergeMessage(world, repository, pull, request, method), author, committer);
  const ways = {
    merge: () => join([base, headSha]),
    squash: () => join([base]),
    rebase: () => rebase(directory, base, headSha, committer),
  };
  const sha = await ways[method]();
  if (!sha) throw new GitHubError(405, 'This branch can’t be rebased');
  const ref = `refs/heads/${pull.base}`;
  // Another push may have come between; only the old tip may be replaced.
  if (!(await moveRef(directory, ref, sha, base))) {
    throw new GitHubError(405, 'Base branch was modified. Review and try the merge again.');
  }
  await markMerged(world, repository, pull, base, sha, person);
  await afterRefChange(world, repository, { ref, before: base, after: sha }, person);
  return sha;
}

const methodNames = { merge: 'Merge commits', squash: 'Squash merges', rebase: 'Rebase merges' } as const;

async function refuseUnlessMergeable(
  world: World,
  repository: Repository,
  pull: Pull,
  request: MergeRequest,
  person: Person,
): Promise<void> {
  const issue = findIssue(repository, pull.number);
  const method = request.merge_method ?? 'merge';
  const narrowed = activeRulesets(repository, pull.base).some((ruleset) => !rulesetAllows(ruleset, method));
  if (narrowed || !allowsMethod(repository, method))
    throw new GitHubError(405, `${methodNames[method]} are not allowed on this repository.`);
  if (hasQueue(repository, pull.base)) throw new GitHubError(405, 'Changes must be made through the merge queue');
  if (issue.state === 'closed' || pull.merged) throw new GitHubError(405, 'Pull Request is not mergeable');
  if (pull.draft) throw new GitHubError(405, 'Pull Request is still a draft');
  if (request.sha && request.sha !== pull.headSha) {
    throw new GitHubError(409, 'Head branch was modified. Review and try the merge again.');
  }
  const base = await baseShaOf(world, repository, pull);
  const unmet = await unmetRequirements(world, repository, pull, base, person);
  if (unmet.length > 0) throw new GitHubError(405, unmet.join(' '));
}

function mergeMessage(world: World, repository: Repository, pull: Pull, request: MergeRequest, method: string): string {
  const { title } = findIssue(repository, pull.number);
  const usual =
    method === 'squash'
      ? { title: `${title} (#${pull.number})`, body: '' }
      : {
          title: `Merge pull request #${pull.number} from ${headRepository(world, repository, pull).owner}/${pull.head}`,
          body: title,
        };
  const head = request.commit_title ?? usual.title;
  const body = request.commit_message ?? usual.body;
  return body ? `${head}\n\n${body}\n` : `${head}\n`;
}
