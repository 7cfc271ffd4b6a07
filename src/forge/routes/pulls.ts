import { created, GitHubError, noContent, notFound, ok, validationFailed } from '../answers.ts';
import { changePullState } from '../change-pull-state.ts';
import { emitPull } from '../emit.ts';
import { headOf, headRepository, headTip } from '../forks.ts';
import { git } from '../git.ts';
import { diffFiles, readCommits } from '../git-read.ts';
import { commitsBetween, moveRef, readRef, zeroSha } from '../git-repository.ts';
import { refuseLongBody, refuseLongTitle } from '../limits.ts';
import { type MergeRequest, mergePull } from '../merge-pull.ts';
import { newIssue } from '../new-issue.ts';
import { type Operations, type RepositoryCall, reads, writes } from '../operation.ts';
import { page } from '../pages-of-results.ts';
import { baseShaOf, pullFacts } from '../pull-facts.ts';
import { commitShape, fileShape } from '../shapes/commit.ts';
import { fullPullShape, pullShape } from '../shapes/pull.ts';
import type { Pull } from '../state.ts';
import { updateBranch } from '../update-branch.ts';
import { actorRole, findIssue, findPull, isAtLeast, sameName } from '../world.ts';
import { editText } from './issues.ts';

const permission = 'pull_requests';

interface PullInput {
  title?: string;
  body?: string | null;
  head?: string;
  base?: string;
  state?: 'open' | 'closed';
  draft?: boolean;
}

const pullOf = (call: RepositoryCall) => findPull(call.repository, call.number('pull_number'));

/** The pull request alone, with what git says about it. */
async function whole(call: RepositoryCall, pull: Pull) {
  return fullPullShape(call.world, call.repository, pull, await pullFacts(call.world, call.repository, pull));
}

async function create(call: RepositoryCall) {
  const { world, repository, person, directory } = call;
  const input = call.body as Required<Pick<PullInput, 'head' | 'base'>> & PullInput;
  const title = input.title ?? '';
  refuseLongTitle('PullRequest', title);
  refuseLongBody('PullRequest', input.body);
  const of = headOf(world, repository, input.head);
  const { headSha, baseSha } = await tips(call, of, input.base);
  const issue = newIssue(world, repository, person, { isPull: true, title, body: input.body ?? null });
  const pull: Pull = {
    number: issue.number,
    ...(of as NonNullable<typeof of>),
    headSha,
    base: input.base,
    baseSha,
    draft: input.draft ?? false,
    merged: false,
    mergedAt: null,
    mergedBy: null,
    mergeSha: null,
    requestedReviewers: [],
    lastPusher: person.login,
  };
  repository.issues.push(issue);
  repository.pulls.push(pull);
  world.changed();
  await moveRef(directory, `refs/pull/${pull.number}/head`, headSha, zeroSha);
  await emitPull(world, repository, 'opened', pull, person.login);
  return created(await whole(call, pull));
}

/** The two ends of a new pull request, or GitHub's reason why there is none. */
async function tips(
  call: RepositoryCall,
  of: ReturnType<typeof headOf>,
  base: string,
): Promise<{ headSha: string; baseSha: string }> {
  const { world, directory, repository } = call;
  const invalid = (field: string) => validationFailed({ resource: 'PullRequest', field, code: 'invalid' });
  const headSha = of === null ? null : await headTip(world, repository, of);
  if (of === null || !headSha) throw invalid('head');
  const { head, fork } = of;
  const baseSha = await readRef(directory, `refs/heads/${base}`);
  if (!baseSha) throw invalid('base');
  const custom = (message: string) => validationFailed({ resource: 'PullRequest', code: 'custom', message });
  const existing = repository.pulls.some(
    (pull) =>
      pull.head === head &&
      pull.fork === fork &&
      pull.base === base &&
      findIssue(repository, pull.number).state === 'open',
  );
  if (existing)
    throw custom(`A pull request already exists for ${headRepository(world, repository, of).owner}:${head}.`);
  const commits = await commitsBetween(directory, baseSha, headSha);
  if (commits.length === 0) throw custom(`No commits between ${base} and ${head}`);
  return { headSha, baseSha };
}

async function list(call: RepositoryCall) {
  const { world, repository, query } = call;
  const state = query.get('state') ?? 'open';
  const head = query.get('head');
  const base = query.get('base');
  const found = repository.pulls.filter(
    (pull) =>
      (state === 'all' || findIssue(repository, pull.number).state === state) &&
      (!head || sameName(head, `${headRepository(world, repository, pull).owner}:${pull.head}`)) &&
      (!base || base === pull.base),
  );
  // Newest first unless asked otherwise, as on GitHub.
  if (query.get('direction') !== 'asc') found.reverse();
  const bases = await Promise.all(found.map((pull) => baseShaOf(world, repository, pull)));
  return page(call, found, (pull) => pullShape(world, repository, pull, bases[found.indexOf(pull)]!));
}

async function update(call: RepositoryCall) {
  const { repository, person } = call;
  const pull = pullOf(call);
  const issue = findIssue(repository, pull.number);
  const input = call.body as PullInput;
  const mayEdit = sameName(issue.author, person.login) || isAtLeast(actorRole(repository, call.actor), 'write');
  if (!mayEdit) throw new GitHubError(403, 'Must have admin rights to Repository.');
  await editText(call, issue, input);
  if (input.base && input.base !== pull.base) await changeBase(call, pull, input.base);
  if (input.state && input.state !== issue.state)
    await changePullState(call.world, repository, pull, input.state, person);
  return ok(await whole(call, pull));
}

async function changeBase(call: RepositoryCall, pull: Pull, base: string): Promise<void> {
  const sha = await readRef(call.directory, `refs/heads/${base}`);
  if (!sha) throw validationFailed({ resource: 'PullRequest', field: 'base', code: 'invalid' });
  const changes = {
    base: { ref: { from: pull.base }, sha: { from: await baseShaOf(call.world, call.repository, pull) } },
  };
  Object.assign(pull, { base, baseSha: sha });
  call.world.changed();
  await emitPull(call.world, call.repository, 'edited', pull, call.person.login, { changes });
}

async function get(call: RepositoryCall) {
  const pull = pullOf(call);
  if (call.media !== 'diff') return ok(await whole(call, pull));
  const base = await baseShaOf(call.world, call.repository, pull);
  return { status: 200, text: await git(call.directory, ['diff', `${base}...${pull.headSha}`]) };
}

const maxFiles = 3000;
const maxCommits = 250;

async function listFiles(call: RepositoryCall) {
  const pull = pullOf(call);
  const base = await baseShaOf(call.world, call.repository, pull);
  const fork = await git(call.directory, ['merge-base', base, pull.headSha]);
  const files = await diffFiles(call.directory, fork, pull.headSha);
  return page(call, files.slice(0, maxFiles), (file) => fileShape(call.world, call.repository, file, pull.headSha));
}

async function listCommits(call: RepositoryCall) {
  const pull = pullOf(call);
  const base = await baseShaOf(call.world, call.repository, pull);
  const commits = await readCommits(call.directory, ['--reverse', '--topo-order', `${base}..${pull.headSha}`]);
  return page(call, commits.slice(0, maxCommits), (commit) => commitShape(call.world, call.repository, commit));
}

async function merge(call: RepositoryCall) {
  const pull = pullOf(call);
  const sha = await mergePull(call.world, call.repository, pull, call.body as MergeRequest, call.person);
  return ok({ sha, merged: true, message: 'Pull Request successfully merged' });
}

async function bringUpToDate(call: RepositoryCall) {
  const pull = pullOf(call);
  const { expected_head_sha: expected } = call.body as { expected_head_sha?: string };
  await updateBranch(call.world, call.repository, pull, expected, call.person);
  const url = `${call.world.url}/repos/${call.repository.owner}/${call.repository.name}/pulls/${pull.number}`;
  return { status: 202, body: { message: 'Updating pull request branch.', url } };
}

function checkMerged(call: RepositoryCall) {
  if (!pullOf(call).merged) throw notFound();
  return noContent();
}

export const pullOperations: Operations = {
  'pulls/list': reads(permission, list),
  'pulls/create': writes(permission, 'read', create),
  'pulls/get': reads(permission, get),
  'pulls/update': writes(permission, 'read', update),
  'pulls/list-files': reads(permission, listFiles),
  'pulls/list-commits': reads(permission, listCommits),
  'pulls/check-if-merged': reads('contents', checkMerged),
  'pulls/merge': writes('contents', 'write', merge),
  'pulls/update-branch': writes(permission, 'write', bringUpToDate),
};
