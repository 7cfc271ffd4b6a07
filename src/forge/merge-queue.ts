import { GitHubError } from './answers.ts';
import { timestamp } from './clock.ts';
import { emitPull } from './emit.ts';
import { readCommits } from './git-read.ts';
import { commitTree, mergeTree, moveRef, readRef, zeroSha } from './git-repository.ts';
import { gitPerson } from './merge-pull.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { afterRefChange, markMerged } from './ref-changes.ts';
import { checksOn, hasQueue, unmetRequirements } from './requirements.ts';
import type { Pull, QueueEntry, QueueGroup, Repository } from './state.ts';
import { ensureUser, findIssue, findPull, gitDirectory, type Person, type World } from './world.ts';

const queueOf = (repository: Repository): QueueEntry[] => repository.mergeQueue ?? [];

/** Puts a pull request into the queue of its base, at this head; throws GitHub's refusal. */
export function enqueue(
  world: World,
  repository: Repository,
  pull: Pull,
  expected: string | null,
  person: Person,
): Promise<QueueEntry> {
  return oneAtATime(repository, async () => {
    await refuseUnlessReady(world, repository, pull, expected);
    const entry: QueueEntry = {
      id: world.nextId(),
      pull: pull.number,
      head: pull.headSha,
      by: person.login,
      at: timestamp(),
      group: null,
    };
    repository.mergeQueue = [...queueOf(repository), entry];
    world.changed();
    await emitPull(world, repository, 'enqueued', pull, person.login);
    await progress(world, repository);
    return entry;
  });
}

/** Takes a pull request out of the queue of its base; throws GitHub's refusal. */
export function dequeue(world: World, repository: Repository, pull: Pull): Promise<QueueEntry> {
  return oneAtATime(repository, async () => {
    const entry = queueOf(repository).find((one) => one.pull === pull.number);
    if (entry === undefined) throw new GitHubError(422, 'Pull request is not in the merge queue');
    await remove(world, repository, entry, 'MANUAL');
    await progress(world, repository);
    return entry;
  });
}

/** Moves queues on after anything that may have changed: a check, a push, a closed pull request. */
export function moveQueue(world: World, repository: Repository): Promise<void> {
  if (queueOf(repository).length === 0) return Promise.resolve();
  return oneAtATime(repository, () => progress(world, repository));
}

async function refuseUnlessReady(
  world: World,
  repository: Repository,
  pull: Pull,
  expected: string | null,
): Promise<void> {
  const refuse = (message: string) => new GitHubError(422, message);
  if (!hasQueue(repository, pull.base)) throw refuse('The base branch does not have a merge queue');
  if (findIssue(repository, pull.number).state === 'closed' || pull.merged) throw refuse('Pull request is closed');
  if (pull.draft) throw refuse('Pull request is in draft');
  if (expected !== null && expected !== pull.headSha) throw refuse('Head branch was modified. Review and try again.');
  if (queueOf(repository).some((entry) => entry.pull === pull.number))
    throw refuse('Pull request is already in the queue');
  const tip = await readRef(gitDirectory(world, repository), `refs/heads/${pull.base}`);
  const unmet = await unmetRequirements(world, repository, pull, tip ?? pull.baseSha);
  const words = unmet.filter((one) => !one.startsWith('Head branch is not up to date'));
  if (words.length > 0) throw refuse(words.join(' '));
}

const queuePerson = (world: World): Person => ({
  kind: 'user',
  login: ensureUser(world, 'github-merge-queue[bot]').login,
});

async function progress(world: World, repository: Repository): Promise<void> {
  for (;;) {
    await dropChanged(world, repository);
    await buildGroups(world, repository);
    const first = queueOf(repository)[0];
    if (!first?.group) return;
    const { base } = findPull(repository, first.pull);
    const checks = checksOn(repository, base, first.group.head);
    if (checks === 'waiting') return;
    if (checks === 'passing') await mergeGroup(world, repository, first, first.group);
    else await remove(world, repository, first, 'CI_FAILURE');
  }
}

/** A pull request whose head moved, or that is not open any more, leaves the queue. */
async function dropChanged(world: World, repository: Repository): Promise<void> {
  for (const entry of queueOf(repository)) {
    const pull = findPull(repository, entry.pull);
    const open = findIssue(repository, entry.pull).state === 'open' && !pull.merged;
    if (!open || pull.headSha !== entry.head) await remove(world, repository, entry, 'BRANCH_PROTECTIONS');
  }
}

/** Each entry is merged onto the one before it, and its checks are asked for. */
async function buildGroups(world: World, repository: Repository): Promise<void> {
  const directory = gitDirectory(world, repository);
  for (let at = 0; at < queueOf(repository).length; at++) {
    const entry = queueOf(repository)[at]!;
    const pull = findPull(repository, entry.pull);
    const before = queueOf(repository)[at - 1]?.group?.head;
    const base = before ?? (await readRef(directory, `refs/heads/${pull.base}`)) ?? pull.baseSha;
    if (entry.group?.base === base) continue;
    await destroy(world, repository, entry, 'invalidated');
    const tree = await mergeTree(directory, base, entry.head);
    if (tree === null) {
      await remove(world, repository, entry, 'MERGE_CONFLICT');
      at--;
      continue;
    }
    await build(world, repository, pull, entry, { base, tree });
  }
}

async function build(
  world: World,
  repository: Repository,
  pull: Pull,
  entry: QueueEntry,
  { base, tree }: { readonly base: string; readonly tree: string },
): Promise<void> {
  const directory = gitDirectory(world, repository);
  const person = queuePerson(world);
  const { title } = findIssue(repository, pull.number);
  const author = gitPerson(world, entry.by);
  const head = await commitTree(directory, tree, [base], `${title} (#${pull.number})\n`, author);
  const ref = `refs/heads/gh-readonly-queue/${pull.base}/pr-${pull.number}-${base}`;
  const old = (await readRef(directory, ref)) ?? zeroSha;
  await moveRef(directory, ref, head, old);
  entry.group = { head, base, ref, baseRef: `refs/heads/${pull.base}` };
  world.changed();
  await afterRefChange(world, repository, { ref, before: old, after: head }, person);
  const merge_group = await groupShape(world, repository, entry.group);
  world.emit('merge_group', 'checks_requested', repository, { merge_group }, person.login);
}

async function groupShape(world: World, repository: Repository, { head, base, ref, baseRef }: QueueGroup) {
  const [commit] = await readCommits(gitDirectory(world, repository), ['-1', head]);
  const { sha, tree, message, author, committer } = commit!;
  const head_commit = {
    id: sha,
    tree_id: tree,
    message,
    timestamp: committer.date,
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
  };
  return { head_sha: head, head_ref: ref, base_sha: base, base_ref: baseRef, head_commit };
}

/** Takes an entry's group away, with its branch. */
async function destroy(
  world: World,
  repository: Repository,
  entry: QueueEntry,
  reason: 'merged' | 'invalidated' | 'dequeued',
): Promise<void> {
  const { group } = entry;
  if (group === null) return;
  entry.group = null;
  const person = queuePerson(world);
  const merge_group = await groupShape(world, repository, group);
  await moveRef(gitDirectory(world, repository), group.ref, zeroSha, group.head);
  world.changed();
  world.emit('merge_group', 'destroyed', repository, { reason, merge_group }, person.login);
}

type Reason = 'MANUAL' | 'MERGE' | 'CI_FAILURE' | 'MERGE_CONFLICT' | 'BRANCH_PROTECTIONS';

async function remove(world: World, repository: Repository, entry: QueueEntry, reason: Reason): Promise<void> {
  repository.mergeQueue = queueOf(repository).filter((one) => one !== entry);
  world.changed();
  await destroy(world, repository, entry, reason === 'MERGE' ? 'merged' : 'dequeued');
  const pull = findPull(repository, entry.pull);
  await emitPull(world, repository, 'dequeued', pull, queuePerson(world).login, { reason });
}

async function mergeGroup(
  world: World,
  repository: Repository,
  entry: QueueEntry,
  { head, base, baseRef }: QueueGroup,
): Promise<void> {
  const person = queuePerson(world);
  // Somebody pushed past the queue: the groups are built anew.
  if (!(await moveRef(gitDirectory(world, repository), baseRef, head, base))) return;
  await markMerged(world, repository, findPull(repository, entry.pull), base, head, person);
  await afterRefChange(world, repository, { ref: baseRef, before: base, after: head }, person);
  await remove(world, repository, entry, 'MERGE');
}
