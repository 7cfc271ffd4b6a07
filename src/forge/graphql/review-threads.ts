import { GitHubError } from '../answers.ts';
import { findEntry } from '../git-repository.ts';
import type { Repository, ReviewComment } from '../state.ts';
import { botLogin, findUser, type World } from '../world.ts';
import { type GraphCall, type RepositoryGraphCall, readsByName, writesIn } from './operation.ts';

const pageSize = 50;
const mostComments = 100;
const threadId = (root: ReviewComment): string => `PRRT_${root.id}`;

/** A thread is the comment that began it; the others say to which they reply. */
export const reviewThreads = readsByName('pull_requests', async (call) => {
  const number = call.number('number');
  const pull = call.repository.pulls.find((one) => one.number === number);
  if (!pull) throw new GitHubError(404, `Could not resolve to a PullRequest with the number of ${number}.`);
  const roots = call.repository.reviewComments.filter((one) => one.pull === number && one.replyTo === null);
  const after = call.text('after');
  const from = after === '' ? 0 : roots.findIndex((root) => threadId(root) === after) + 1;
  const shown = roots.slice(from, from + pageSize);
  const nodes = await Promise.all(shown.map((root) => threadNode(call, root, pull.headSha)));
  const endCursor = nodes.at(-1)?.id ?? null;
  const pageInfo = { hasNextPage: from + pageSize < roots.length, endCursor };
  return { repository: { pullRequest: { reviewThreads: { pageInfo, nodes } } } };
});

async function threadNode(call: RepositoryGraphCall, root: ReviewComment, head: string) {
  const { world, repository, directory } = call;
  const all = repository.reviewComments.filter((one) => one === root || one.replyTo === root.id);
  const isOutdated = await hasChanged(directory, root, head);
  return {
    id: threadId(root),
    isResolved: root.resolved === true,
    isOutdated,
    path: root.path,
    line: isOutdated ? null : root.line,
    comments: {
      totalCount: all.length,
      nodes: all.slice(0, mostComments).map((one) => commentNode(world, one)),
    },
  };
}

/** GitHub looks at the lines around; here any change of the file since makes a thread outdated. */
async function hasChanged(directory: string, { commit, path }: ReviewComment, head: string): Promise<boolean> {
  if (commit === head) return false;
  const [then, now] = await Promise.all([findEntry(directory, commit, path), findEntry(directory, head, path)]);
  return then?.sha !== now?.sha;
}

function commentNode(world: World, comment: ReviewComment) {
  const user = findUser(world, comment.author);
  const bot = comment.author === botLogin(world) || user?.type === 'Bot';
  return {
    fullDatabaseId: String(comment.id),
    body: comment.body,
    // GraphQL names a bot without the ending that REST gives it.
    author: { __typename: bot ? 'Bot' : 'User', login: comment.author.replace(/\[bot\]$/, '') },
    pullRequestReview: { fullDatabaseId: String(comment.review) },
  };
}

/** GitHub wants `contents: write` of an app as well, which its documentation does not say. */
export function resolveReviewThread(call: GraphCall) {
  const id = call.text('threadId');
  const found = findThread(call.world, id);
  if (!found) throw new GitHubError(404, `Could not resolve to a node with the global id of '${id}'`);
  writesIn(call, found.repository, ['pull_requests', 'contents']);
  found.root.resolved = true;
  call.world.changed();
  return { resolveReviewThread: { thread: { id, isResolved: true } } };
}

function findThread(world: World, id: string): { repository: Repository; root: ReviewComment } | undefined {
  for (const repository of world.state.repositories) {
    const root = repository.reviewComments.find((one) => one.replyTo === null && threadId(one) === id);
    if (root) return { repository, root };
  }
  return undefined;
}
