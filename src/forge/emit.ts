import { pullFacts } from './pull-facts.ts';
import { checkRunShape, checkSuiteShape } from './shapes/check.ts';
import { commentShape, issueShape, labelShape } from './shapes/issue.ts';
import { fullPullShape, pullShape, reviewCommentShape, reviewShape } from './shapes/pull.ts';
import { userShape } from './shapes/user.ts';
import type { CheckRun, CheckSuite, Comment, Issue, Pull, Repository, Review, ReviewComment } from './state.ts';
import type { World } from './world.ts';

/** `issues` for an issue, `pull_request` for a pull request: the same happens to both halves on GitHub. */
export async function emitIssue(
  world: World,
  repository: Repository,
  action: string,
  issue: Issue,
  sender: string,
  extra: object = {},
): Promise<void> {
  const pull = repository.pulls.find((one) => one.number === issue.number);
  if (pull) return emitPull(world, repository, action, pull, sender, extra);
  world.emit('issues', action, repository, { issue: issueShape(world, repository, issue), ...extra }, sender);
}

export async function emitPull(
  world: World,
  repository: Repository,
  action: string,
  pull: Pull,
  sender: string,
  extra: object = {},
): Promise<void> {
  const shape = fullPullShape(world, repository, pull, await pullFacts(world, repository, pull));
  world.emit('pull_request', action, repository, { number: pull.number, pull_request: shape, ...extra }, sender);
}

export function emitComment(
  world: World,
  repository: Repository,
  action: 'created' | 'edited' | 'deleted',
  comment: Comment,
  sender: string,
  extra: object = {},
): void {
  const issue = repository.issues.find((one) => one.number === comment.issue)!;
  const payload = { issue: issueShape(world, repository, issue), comment: commentShape(world, repository, comment) };
  world.emit('issue_comment', action, repository, { ...payload, ...extra }, sender);
}

export async function emitReview(
  world: World,
  repository: Repository,
  action: 'submitted' | 'dismissed',
  review: Review,
  sender: string,
): Promise<void> {
  const pull = repository.pulls.find((one) => one.number === review.pull)!;
  const shape = reviewShape(world, repository, review);
  const { baseSha } = await pullFacts(world, repository, pull);
  const payload = {
    // The webhook writes in small letters what the API writes in capitals.
    review: { ...shape, state: shape.state.toLowerCase(), submitted_at: review.submittedAt },
    pull_request: pullShape(world, repository, pull, baseSha),
  };
  world.emit('pull_request_review', action, repository, payload, sender);
}

export async function emitReviewComment(
  world: World,
  repository: Repository,
  comment: ReviewComment,
  sender: string,
): Promise<void> {
  const pull = repository.pulls.find((one) => one.number === comment.pull)!;
  const { baseSha } = await pullFacts(world, repository, pull);
  const payload = {
    comment: reviewCommentShape(world, repository, comment),
    pull_request: pullShape(world, repository, pull, baseSha),
  };
  world.emit('pull_request_review_comment', 'created', repository, payload, sender);
}

export function emitCheckRun(
  world: World,
  repository: Repository,
  action: 'created' | 'completed' | 'rerequested',
  run: CheckRun,
  sender: string,
): void {
  const suite = repository.checkSuites.find((one) => one.id === run.suite)!;
  const check_run = { ...checkRunShape(world, repository, run), check_suite: suiteInRun(world, repository, suite) };
  world.emit('check_run', action, repository, { check_run }, sender);
}

function suiteInRun(world: World, repository: Repository, suite: CheckSuite) {
  const {
    latest_check_runs_count: _,
    check_runs_url: __,
    repository: ___,
    ...shape
  } = checkSuiteShape(world, repository, suite);
  return shape;
}

export function emitLabel(world: World, repository: Repository, action: string, name: string, sender: string): void {
  const label = repository.labels.find((one) => one.name === name)!;
  world.emit('label', action, repository, { label: labelShape(world, repository, label) }, sender);
}

export function emitAssignee(
  world: World,
  repository: Repository,
  action: 'assigned' | 'unassigned',
  issue: Issue,
  login: string,
  sender: string,
): Promise<void> {
  return emitIssue(world, repository, action, issue, sender, { assignee: userShape(world, login) });
}
