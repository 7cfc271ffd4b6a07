import { headRepository } from '../forks.ts';
import type { PullFacts } from '../pull-facts.ts';
import type { Issue, Pull, Repository, Review, ReviewComment } from '../state.ts';
import { findIssue, fullName, type World } from '../world.ts';
import { associationOf, labelsOf } from './issue.ts';
import { repositoryShape } from './repository.ts';
import { teamShape } from './team.ts';
import { userShape } from './user.ts';

/** A pull request as lists show it. */
export function pullShape(world: World, repository: Repository, pull: Pull, baseSha: string) {
  const issue = findIssue(repository, pull.number);
  const repositoryUrl = `${world.url}/repos/${fullName(repository)}`;
  const url = `${repositoryUrl}/pulls/${pull.number}`;
  const address = `${world.url}/${fullName(repository)}/pull/${pull.number}`;
  const issueUrl = `${repositoryUrl}/issues/${pull.number}`;
  const assignees = issue.assignees.map((login) => userShape(world, login));
  const urls = {
    url,
    html_url: address,
    issue_url: issueUrl,
    comments_url: `${issueUrl}/comments`,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repositoryUrl}/pulls/comments{/number}`,
    statuses_url: `${repositoryUrl}/statuses/${pull.headSha}`,
  };
  return {
    id: issue.id,
    node_id: `PR_${issue.id}`,
    number: pull.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    locked: issue.locked ?? false,
    active_lock_reason: null,
    user: userShape(world, issue.author),
    // Here the description of a label is no null, says GitHub's schema, though everywhere else it may be.
    labels: labelsOf(world, repository, issue).map((label) => ({ ...label, description: label.description ?? '' })),
    milestone: null,
    assignee: assignees[0] ?? null,
    assignees,
    requested_reviewers: pull.requestedReviewers.map((login) => userShape(world, login)),
    requested_teams: (pull.requestedTeams ?? []).map((slug) => teamShape(world, repository, slug)),
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeSha,
    draft: pull.draft,
    head: sideShape(world, headRepository(world, repository, pull), pull.head, pull.headSha),
    base: sideShape(world, repository, pull.base, baseSha),
    author_association: associationOf(repository, issue.author),
    auto_merge: null,
    ...urls,
    diff_url: `${address}.diff`,
    patch_url: `${address}.patch`,
    _links: linksShape(urls),
  };
}

function linksShape(urls: Record<string, string>) {
  const link = (name: string) => ({ href: urls[name]! });
  return {
    self: link('url'),
    html: link('html_url'),
    issue: link('issue_url'),
    comments: link('comments_url'),
    review_comments: link('review_comments_url'),
    review_comment: link('review_comment_url'),
    commits: link('commits_url'),
    statuses: link('statuses_url'),
  };
}

function sideShape(world: World, repository: Repository, ref: string, sha: string) {
  const user = userShape(world, repository.owner);
  return { label: `${repository.owner}:${ref}`, ref, sha, user, repo: repositoryShape(world, repository) };
}

/** A pull request as it is shown alone and in webhooks, with what git says about it. */
export function fullPullShape(world: World, repository: Repository, pull: Pull, facts: PullFacts) {
  const count = (all: readonly { pull: number }[]) => all.filter((one) => one.pull === pull.number).length;
  return {
    ...pullShape(world, repository, pull, facts.baseSha),
    merged: pull.merged,
    merged_by: pull.mergedBy ? userShape(world, pull.mergedBy) : null,
    mergeable: facts.mergeable,
    rebaseable: false,
    mergeable_state: facts.mergeableState,
    comments: repository.comments.filter((comment) => comment.issue === pull.number).length,
    review_comments: count(repository.reviewComments),
    maintainer_can_modify: false,
    commits: facts.commits,
    additions: facts.additions,
    deletions: facts.deletions,
    changed_files: facts.changedFiles,
  };
}

export function reviewShape(world: World, repository: Repository, review: Review) {
  const pullUrl = `${world.url}/repos/${fullName(repository)}/pulls/${review.pull}`;
  const address = `${world.url}/${fullName(repository)}/pull/${review.pull}#pullrequestreview-${review.id}`;
  return {
    id: review.id,
    node_id: `PRR_${review.id}`,
    user: userShape(world, review.author),
    body: review.body,
    state: review.state,
    commit_id: review.commit,
    ...(review.state === 'PENDING' ? {} : { submitted_at: review.submittedAt }),
    author_association: associationOf(repository, review.author),
    html_url: address,
    pull_request_url: pullUrl,
    _links: { html: { href: address }, pull_request: { href: pullUrl } },
  };
}

export function reviewCommentShape(world: World, repository: Repository, comment: ReviewComment) {
  const repositoryUrl = `${world.url}/repos/${fullName(repository)}`;
  const url = `${repositoryUrl}/pulls/comments/${comment.id}`;
  const pullUrl = `${repositoryUrl}/pulls/${comment.pull}`;
  const address = `${world.url}/${fullName(repository)}/pull/${comment.pull}#discussion_r${comment.id}`;
  return {
    id: comment.id,
    node_id: `PRRC_${comment.id}`,
    pull_request_review_id: comment.review,
    user: userShape(world, comment.author),
    body: comment.body,
    path: comment.path,
    diff_hunk: comment.diffHunk,
    line: comment.line,
    original_line: comment.line,
    position: comment.line,
    original_position: comment.line,
    start_line: null,
    original_start_line: null,
    start_side: null,
    side: comment.side,
    subject_type: comment.line === null ? 'file' : 'line',
    commit_id: comment.commit,
    original_commit_id: comment.commit,
    ...(comment.replyTo ? { in_reply_to_id: comment.replyTo } : {}),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: associationOf(repository, comment.author),
    url,
    html_url: address,
    pull_request_url: pullUrl,
    _links: { self: { href: url }, html: { href: address }, pull_request: { href: pullUrl } },
  };
}

/** True for the author of the pull request's issue half. */
export function isAuthor(issue: Issue, login: string): boolean {
  return issue.author.toLowerCase() === login.toLowerCase();
}
