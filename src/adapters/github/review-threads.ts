import { z } from 'zod';
import type { Forge, ReviewThread } from '../../ports.ts';
import { fitComment, hidden } from './fit.ts';
import { askGraphql } from './graphql.ts';
import { GithubRefused, ourError, statusOf } from './refused.ts';
import { actorOf, allPages, type GithubRepository, PER_PAGE } from './repository.ts';

const id = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number);

const comment = z.object({
  fullDatabaseId: id,
  body: z.string(),
  author: z.object({ __typename: z.string(), login: z.string() }).nullable(),
  pullRequestReview: z.object({ fullDatabaseId: id }).nullable(),
});

const thread = z.object({
  id: z.string(),
  isResolved: z.boolean(),
  isOutdated: z.boolean(),
  path: z.string(),
  line: z.number().nullable(),
  comments: z.object({ totalCount: z.number(), nodes: z.array(comment) }),
});

const page = z.object({
  repository: z.object({
    pullRequest: z.object({
      reviewThreads: z.object({
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
        nodes: z.array(thread),
      }),
    }),
  }),
});

export const reviewThreads =
  ({ octokit, at }: GithubRepository): Forge['reviewThreads'] =>
  async (number) => {
    const found: ReviewThread[] = [];
    for (let after: string | null = null; ; ) {
      const variables = { owner: at.owner, name: at.repo, number, after };
      const answer: z.infer<typeof page> = await askGraphql(octokit, 'reviewThreads', variables, page);
      const { nodes, pageInfo } = answer.repository.pullRequest.reviewThreads;
      found.push(...nodes.map(threadOf));
      if (!pageInfo.hasNextPage) return found;
      after = pageInfo.endCursor;
    }
  };

function threadOf({
  comments,
  ...thread
}: z.infer<typeof page>['repository']['pullRequest']['reviewThreads']['nodes'][number]): ReviewThread {
  return {
    ...thread,
    comments: comments.nodes.map(({ fullDatabaseId, body, author, pullRequestReview }) => ({
      id: fullDatabaseId,
      review: pullRequestReview?.fullDatabaseId ?? null,
      ...byWhom(author),
      body,
    })),
    more: comments.totalCount > comments.nodes.length,
  };
}

/** The same account as REST names it. */
function byWhom(author: z.infer<typeof comment>['author']) {
  if (author === null) return actorOf(null);
  const bot = author.__typename === 'Bot' && !author.login.endsWith('[bot]');
  return actorOf({ login: bot ? `${author.login}[bot]` : author.login, type: author.__typename });
}

const resolved = z.object({ resolveReviewThread: z.object({ thread: z.object({ isResolved: z.literal(true) }) }) });

/** A courtesy: that GitHub does not let a thread be resolved, or that it is gone, stops nothing. */
export const resolveThread =
  ({ writing, log }: GithubRepository): Forge['resolveThread'] =>
  async (permit, threadId) => {
    try {
      await askGraphql(writing(permit), 'resolveReviewThread', { threadId }, resolved);
    } catch (error) {
      const ours = ourError(error);
      if (!(ours instanceof GithubRefused)) throw error;
      log.warn(ours.message, { thread: threadId });
    }
  };

export const hasReplied =
  ({ octokit, at, me }: GithubRepository): Forge['hasReplied'] =>
  async (pull_number, marker) => {
    const read = (page: number) =>
      octokit.rest.pulls.listReviewComments({ ...at, pull_number, per_page: PER_PAGE, page });
    const mine = (await allPages(read)).filter(({ user }) => user.login === me.login);
    return mine.some(({ body }) => body.includes(hidden(marker)));
  };

export const replyToThread =
  ({ writing, at }: GithubRepository): Forge['replyToThread'] =>
  async (permit, pull_number, comment_id, marker, text) => {
    const reply = { ...at, pull_number, comment_id, body: fitComment(text, marker) };
    try {
      await writing(permit).rest.pulls.createReplyForReviewComment(reply);
      return true;
    } catch (error) {
      // Its first comment was deleted meanwhile.
      if (statusOf(error) === 404) return false;
      throw error;
    }
  };
