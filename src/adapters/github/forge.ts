import { type Forge, type GitAccess, Shut } from '../../ports.ts';
import { branchRules } from './branch-rules.ts';
import * as checks from './checks.ts';
import * as issues from './issues.ts';
import { merge } from './merge.ts';
import * as queue from './merge-queue.ts';
import * as people from './people.ts';
import * as talk from './post-comment.ts';
import * as pulls from './pull-requests.ts';
import { GithubRefused, ourError, statusOf } from './refused.ts';
import type { GithubRepository } from './repository.ts';
import { hasReplied, replyToThread, resolveThread, reviewThreads } from './review-threads.ts';
import { shut } from './shut.ts';

/** The port over one repository. Throws `Weather`, `Shut` and `GithubRefused`, nothing of Octokit's. */
export function githubForge(on: GithubRepository, gitAccess: (write: boolean) => Promise<GitAccess>): Forge {
  const { at } = on;
  const ours = oursIn(on);
  return {
    repo: `${at.owner}/${at.repo}`,
    me: on.me,
    issue: ours(issues.issue(on)),
    labelEvents: ours(issues.labelEvents(on)),
    comments: ours(talk.comments(on)),
    comment: ours(talk.comment(on)),
    wasEdited: ours(talk.wasEdited(on)),
    findComments: ours(talk.findComments(on)),
    postComment: ours(talk.postComment(on)),
    editComment: ours(talk.editComment(on)),
    deleteComment: ours(talk.deleteComment(on)),
    findIssues: ours(issues.findIssues(on)),
    openIssue: ours(issues.openIssue(on)),
    closeIssue: ours(issues.closeIssue(on)),
    reopenIssue: ours(issues.reopenIssue(on)),
    ensureLabels: ours(issues.ensureLabels(on)),
    permission: ours(people.permission(on)),
    writers: ours(people.writers(on)),
    pullRequest: ours(pulls.pullRequest(on)),
    openPullRequest: ours(pulls.openPullRequest(on)),
    requestReview: ours(pulls.requestReview(on)),
    reviews: ours(pulls.reviews(on)),
    reviewThreads: ours(reviewThreads(on)),
    hasReplied: ours(hasReplied(on)),
    replyToThread: ours(replyToThread(on)),
    resolveThread: ours(resolveThread(on)),
    postChecks: ours(checks.postChecks(on)),
    checks: ours(checks.checks(on)),
    branchRules: ours(branchRules(on)),
    statuses: ours(checks.statuses(on)),
    merge: ours(merge(on)),
    enqueue: ours(queue.enqueue(on)),
    isQueued: ours(queue.isQueued(on)),
    dequeue: ours(queue.dequeue(on)),
    deleteBranch: ours(pulls.deleteBranch(on)),
    gitAccess: ours(gitAccess),
  };
}

/** The same function, failing in our own words. */
export const ours =
  <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
  async (...args: A): Promise<R> => {
    try {
      return await call(...args);
    } catch (error) {
      throw ourError(error);
    }
  };

/** The same about a repository: a 404 may be about what was asked for, or about all of it. */
const oursIn =
  (on: GithubRepository) =>
  <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
  (...args: A): Promise<R> =>
    ours(call)(...args).catch(async (error: unknown) => {
      const missing = error instanceof GithubRefused ? error.status === 404 : isIssueGone(error);
      if (missing && !(await repositoryStands(on))) throw shut('repository-gone');
      throw error;
    });

const isIssueGone = (error: unknown): boolean => error instanceof Shut && error.because === 'issue-gone';

const repositoryStands = ours(async ({ octokit, at }: GithubRepository): Promise<boolean> => {
  try {
    await octokit.rest.repos.get(at);
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
});
