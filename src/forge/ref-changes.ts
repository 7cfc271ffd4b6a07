import { recordEvent, setIssueState } from './change-issue.ts';
import { timestamp } from './clock.ts';
import { emitIssue, emitPull, emitReview } from './emit.ts';
import { headTip, pullsFrom } from './forks.ts';
import { diffFiles, readCommits } from './git-read.ts';
import { isAncestor, moveRef, readRef, zeroSha } from './git-repository.ts';
import type { RefCommand } from './receive-commands.ts';
import { dismissesStaleApprovals } from './requirements.ts';
import type { Pull, Repository } from './state.ts';
import { findIssue, findUser, fullName, gitDirectory, type Person, touchIssue, type World } from './world.ts';

/** Tells the world that a ref moved: push, create and delete events; heads of pull requests follow. */
export async function afterRefChange(
  world: World,
  repository: Repository,
  change: RefCommand,
  person: Person,
): Promise<void> {
  repository.pushedAt = timestamp();
  world.changed();
  emitCreateOrDelete(world, repository, change, person);
  if (!change.ref.startsWith('refs/heads/')) return;
  await emitPush(world, repository, change, person);
  const branch = change.ref.slice('refs/heads/'.length);
  const from = pullsFrom(world, repository, branch);
  for (const { repository: into, pull } of from)
    if (isOpen(into, pull)) await followHead(world, into, pull, change, person);
  for (const pull of repository.pulls.filter((one) => isOpen(repository, one) && one.base === branch))
    if (!from.some((one) => one.pull === pull)) await noticeMerged(world, repository, pull, change, person);
}

const isOpen = (repository: Repository, pull: Pull): boolean => findIssue(repository, pull.number).state === 'open';

function emitCreateOrDelete(world: World, repository: Repository, change: RefCommand, person: Person): void {
  const found = /^refs\/(heads|tags)\/(.+)$/.exec(change.ref);
  if (!found || (change.before !== zeroSha && change.after !== zeroSha)) return;
  const event = change.before === zeroSha ? 'create' : 'delete';
  const about = { ref: found[2], ref_type: found[1] === 'heads' ? 'branch' : 'tag', pusher_type: 'user' };
  const made = event === 'create' ? { master_branch: repository.defaultBranch, description: null } : {};
  world.emit(event, null, repository, { ...about, ...made }, person.login);
}

const maxCommitsInPush = 2048;

async function emitPush(world: World, repository: Repository, change: RefCommand, person: Person): Promise<void> {
  const directory = gitDirectory(world, repository);
  const deleted = change.after === zeroSha;
  const range = change.before === zeroSha ? [change.after, '-1'] : [`${change.before}..${change.after}`];
  const limited = ['--reverse', `--max-count=${maxCommitsInPush}`, ...range];
  const commits = deleted ? [] : await readCommits(directory, limited);
  const shapes = await Promise.all(commits.map((commit) => pushedCommitShape(world, repository, commit)));
  const user = findUser(world, person.login);
  const payload = {
    ref: change.ref,
    before: change.before,
    after: change.after,
    base_ref: null,
    created: change.before === zeroSha,
    deleted,
    forced: change.before !== zeroSha && !deleted && !(await isAncestor(directory, change.before, change.after)),
    compare: `${world.url}/${fullName(repository)}/compare/${change.before.slice(0, 12)}...${change.after.slice(0, 12)}`,
    commits: shapes,
    head_commit: shapes.at(-1) ?? null,
    pusher: { name: person.login, email: `${user?.id}+${person.login}@users.noreply.forge.invalid` },
  };
  world.emit('push', null, repository, payload, person.login);
}

async function pushedCommitShape(
  world: World,
  repository: Repository,
  commit: Awaited<ReturnType<typeof readCommits>>[number],
) {
  const files = await diffFiles(gitDirectory(world, repository), commit.parents[0] ?? zeroSha, commit.sha);
  const paths = (status: string) => files.filter((file) => file.status === status).map((file) => file.path);
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${world.url}/${fullName(repository)}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    added: paths('added'),
    removed: paths('removed'),
    modified: [...paths('modified'), ...paths('renamed')],
  };
}

async function followHead(
  world: World,
  repository: Repository,
  pull: Pull,
  change: RefCommand,
  person: Person,
): Promise<void> {
  const issue = findIssue(repository, pull.number);
  const directory = gitDirectory(world, repository);
  if (change.after === zeroSha) {
    pull.baseSha = (await readRef(directory, `refs/heads/${pull.base}`)) ?? pull.baseSha;
    setIssueState(issue, 'closed', null, person.login);
    recordEvent(world, repository, issue, person, { event: 'closed' });
    return emitIssue(world, repository, 'closed', issue, person.login);
  }
  const before = pull.headSha;
  // The objects of a fork come along.
  await headTip(world, repository, pull);
  pull.headSha = change.after;
  pull.lastPusher = person.login;
  touchIssue(world, issue);
  await moveRef(directory, `refs/pull/${pull.number}/head`, change.after, before);
  await emitPull(world, repository, 'synchronize', pull, person.login, { before, after: change.after });
  if (dismissesStaleApprovals(repository, pull.base)) await dismissApprovals(world, repository, pull, person);
}

async function dismissApprovals(world: World, repository: Repository, pull: Pull, person: Person): Promise<void> {
  for (const review of repository.reviews) {
    if (review.pull !== pull.number || review.state !== 'APPROVED') continue;
    review.state = 'DISMISSED';
    touchIssue(world, findIssue(repository, pull.number));
    await emitReview(world, repository, 'dismissed', review, person.login);
  }
}

/** A head that arrived in the base by some other way than the merge button counts as merged. */
async function noticeMerged(
  world: World,
  repository: Repository,
  pull: Pull,
  change: RefCommand,
  person: Person,
): Promise<void> {
  if (change.after === zeroSha) return;
  if (!(await isAncestor(gitDirectory(world, repository), pull.headSha, change.after))) return;
  await markMerged(world, repository, pull, change.before, change.after, person);
}

/** Ends a pull request as merged, once; a merge and the push that it makes both come here. */
export async function markMerged(
  world: World,
  repository: Repository,
  pull: Pull,
  baseSha: string,
  mergeSha: string,
  person: Person,
): Promise<void> {
  if (pull.merged) return;
  const issue = findIssue(repository, pull.number);
  setIssueState(issue, 'closed', null, person.login);
  Object.assign(pull, { merged: true, mergedAt: timestamp(), mergedBy: person.login, mergeSha, baseSha });
  recordEvent(world, repository, issue, person, { event: 'merged', commit: mergeSha });
  recordEvent(world, repository, issue, person, { event: 'closed' });
  await emitPull(world, repository, 'closed', pull, person.login);
}
