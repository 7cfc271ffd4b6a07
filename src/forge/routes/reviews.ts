import { created, notFound, ok, validationFailed } from '../answers.ts';
import { timestamp } from '../clock.ts';
import { emitPull, emitReview, emitReviewComment } from '../emit.ts';
import { resolveCommit } from '../git-repository.ts';
import { refuseLongBody } from '../limits.ts';
import { type Operations, type RepositoryCall, reads, writes } from '../operation.ts';
import { page } from '../pages-of-results.ts';
import { baseShaOf, pullFacts } from '../pull-facts.ts';
import { fullPullShape, isAuthor, pullShape, reviewCommentShape, reviewShape } from '../shapes/pull.ts';
import { teamShape } from '../shapes/team.ts';
import { userShape } from '../shapes/user.ts';
import type { Pull, Review, ReviewComment } from '../state.ts';
import { findIssue, findPull, findUser, isAtLeast, roleOf, sameName, touchIssue } from '../world.ts';

const permission = 'pull_requests';

interface CommentInput {
  path: string;
  body: string;
  line?: number;
  position?: number;
  side?: ReviewComment['side'];
  commit_id?: string;
  in_reply_to?: number;
}

interface ReviewInput {
  event?: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT';
  body?: string;
  commit_id?: string;
  comments?: CommentInput[];
}

const states = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;

const pullOf = (call: RepositoryCall) => findPull(call.repository, call.number('pull_number'));
const shapeOf = (call: RepositoryCall) => (review: Review) => reviewShape(call.world, call.repository, review);
const commentShapeOf = (call: RepositoryCall) => (comment: ReviewComment) =>
  reviewCommentShape(call.world, call.repository, comment);

function reviewOf(call: RepositoryCall): Review {
  const pull = pullOf(call);
  const review = call.repository.reviews.find((one) => one.pull === pull.number && one.id === call.number('review_id'));
  if (!review) throw notFound();
  return review;
}

async function create(call: RepositoryCall) {
  const { world, repository, person } = call;
  const pull = pullOf(call);
  const input = call.body as ReviewInput;
  await refuseReview(call, pull, input);
  const review: Review = {
    id: world.nextId(),
    pull: pull.number,
    author: person.login,
    body: input.body ?? '',
    state: input.event ? states[input.event] : 'PENDING',
    commit: input.commit_id ?? pull.headSha,
    submittedAt: timestamp(),
  };
  repository.reviews.push(review);
  pull.requestedReviewers = pull.requestedReviewers.filter((login) => !sameName(login, person.login));
  world.changed();
  touchIssue(world, findIssue(repository, pull.number));
  // In one moment with the review: whoever reads it can read them.
  const comments = (input.comments ?? []).map((comment) => addComment(call, pull, review, comment));
  for (const comment of comments) await emitReviewComment(world, repository, comment, person.login);
  if (review.state !== 'PENDING') await emitReview(world, repository, 'submitted', review, person.login);
  return ok(shapeOf(call)(review));
}

/** GitHub refuses approvals and requests for changes by whoever wrote the pull request, person or bot. */
async function refuseReview(call: RepositoryCall, pull: Pull, input: ReviewInput): Promise<void> {
  const own = isAuthor(findIssue(call.repository, pull.number), call.person.login);
  if (own && input.event === 'APPROVE') throw validationFailed('Can not approve your own pull request');
  if (own && input.event === 'REQUEST_CHANGES')
    throw validationFailed('Can not request changes on your own pull request');
  if (input.event && input.event !== 'APPROVE' && !input.body && !input.comments?.length) {
    throw validationFailed('Review body cannot be blank');
  }
  refuseLongBody('PullRequestReview', input.body);
  for (const { body } of input.comments ?? []) refuseLongBody('PullRequestReviewComment', body);
  if (input.commit_id && !(await resolveCommit(call.directory, input.commit_id))) {
    throw validationFailed({ resource: 'PullRequestReview', field: 'commit_id', code: 'invalid' });
  }
}

function addComment(call: RepositoryCall, pull: Pull, review: Review, input: CommentInput): ReviewComment {
  const { world, repository, person } = call;
  const at = timestamp();
  const comment: ReviewComment = {
    id: world.nextId(),
    pull: pull.number,
    review: review.id,
    author: person.login,
    body: input.body,
    path: input.path,
    line: input.line ?? input.position ?? null,
    side: input.side ?? 'RIGHT',
    commit: input.commit_id ?? review.commit,
    replyTo: input.in_reply_to ?? null,
    diffHunk: '',
    createdAt: at,
    updatedAt: at,
  };
  repository.reviewComments.push(comment);
  world.changed();
  return comment;
}

/** A comment outside a review gets a review of its own, as on GitHub. */
async function commentAlone(call: RepositoryCall, input: CommentInput) {
  const pull = pullOf(call);
  const { world, repository, person } = call;
  const id = world.nextId();
  const commit = input.commit_id ?? pull.headSha;
  const review: Review = {
    id,
    pull: pull.number,
    author: person.login,
    body: '',
    state: 'COMMENTED',
    commit,
    submittedAt: timestamp(),
  };
  refuseLongBody('PullRequestReviewComment', input.body);
  repository.reviews.push(review);
  const comment = addComment(call, pull, review, input);
  await emitReviewComment(world, repository, comment, person.login);
  return created(commentShapeOf(call)(comment));
}

function reply(call: RepositoryCall) {
  const to = call.repository.reviewComments.find((one) => one.id === call.number('comment_id'));
  if (!to) throw notFound();
  const { body } = call.body as { body: string };
  const place = { path: to.path, commit_id: to.commit, ...(to.line ? { line: to.line } : {}) };
  return commentAlone(call, { ...place, body, in_reply_to: to.replyTo ?? to.id });
}

async function dismiss(call: RepositoryCall) {
  const review = reviewOf(call);
  if (review.state !== 'APPROVED' && review.state !== 'CHANGES_REQUESTED') {
    throw validationFailed('Can not dismiss a commented pull request review');
  }
  review.state = 'DISMISSED';
  touchIssue(call.world, findIssue(call.repository, review.pull));
  await emitReview(call.world, call.repository, 'dismissed', review, call.person.login);
  return ok(shapeOf(call)(review));
}

async function requestReviewers(call: RepositoryCall) {
  const { world, repository, person } = call;
  const pull = pullOf(call);
  const asked = call.body as { reviewers?: string[]; team_reviewers?: string[] };
  // Of several none is asked when one may not be.
  for (const login of asked.reviewers ?? []) refuseReviewer(call, pull, login);
  for (const slug of asked.team_reviewers ?? []) if (!repository.teams?.[slug]) throw notCollaborators();
  const tell = (extra: object) => emitPull(world, repository, 'review_requested', pull, person.login, extra);
  for (const login of asked.reviewers ?? []) {
    if (pull.requestedReviewers.some((one) => sameName(one, login))) continue;
    pull.requestedReviewers.push(login);
    world.changed();
    await tell({ requested_reviewer: userShape(world, login) });
  }
  for (const slug of asked.team_reviewers ?? []) {
    if (pull.requestedTeams?.includes(slug)) continue;
    pull.requestedTeams = [...(pull.requestedTeams ?? []), slug];
    world.changed();
    await tell({ requested_team: teamShape(world, repository, slug) });
  }
  return created(pullShape(world, repository, pull, await baseShaOf(world, repository, pull)));
}

function refuseReviewer(call: RepositoryCall, pull: Pull, login: string): void {
  if (isAuthor(findIssue(call.repository, pull.number), login)) {
    throw validationFailed('Review cannot be requested from pull request author.');
  }
  const known = findUser(call.world, login)?.type === 'User';
  if (known && isAtLeast(roleOf(call.repository, login), 'read')) return;
  throw notCollaborators();
}

const notCollaborators = () =>
  validationFailed(
    'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.',
  );

async function removeReviewers(call: RepositoryCall) {
  const { world, repository, person } = call;
  const pull = pullOf(call);
  const gone = (call.body as { reviewers: string[] }).reviewers;
  const leaving = pull.requestedReviewers.filter((login) => gone.some((one) => sameName(one, login)));
  pull.requestedReviewers = pull.requestedReviewers.filter((login) => !leaving.includes(login));
  world.changed();
  for (const login of leaving) {
    const requested_reviewer = userShape(world, login);
    await emitPull(world, repository, 'review_request_removed', pull, person.login, { requested_reviewer });
  }
  return ok(fullPullShape(world, repository, pull, await pullFacts(world, repository, pull)));
}

function listComments(call: RepositoryCall) {
  const pull = pullOf(call);
  const review = call.parameters['review_id'] ? reviewOf(call) : null;
  const found = call.repository.reviewComments.filter(
    (one) => one.pull === pull.number && (!review || one.review === review.id),
  );
  return page(call, found, commentShapeOf(call));
}

function listReviews(call: RepositoryCall) {
  const pull = pullOf(call);
  const found = call.repository.reviews.filter((one) => one.pull === pull.number);
  return page(call, found, shapeOf(call));
}

function listRequested(call: RepositoryCall) {
  const { world, repository } = call;
  const { requestedReviewers, requestedTeams = [] } = pullOf(call);
  return ok({
    users: requestedReviewers.map((login) => userShape(world, login)),
    teams: requestedTeams.map((slug) => teamShape(world, repository, slug)),
  });
}

export const reviewOperations: Operations = {
  'pulls/list-reviews': reads(permission, listReviews),
  'pulls/create-review': writes(permission, 'read', create),
  'pulls/get-review': reads(permission, (call) => ok(shapeOf(call)(reviewOf(call)))),
  'pulls/dismiss-review': writes(permission, 'write', dismiss),
  'pulls/list-comments-for-review': reads(permission, listComments),
  'pulls/list-review-comments': reads(permission, listComments),
  'pulls/create-review-comment': writes(permission, 'read', (call) => commentAlone(call, call.body as CommentInput)),
  'pulls/create-reply-for-review-comment': writes(permission, 'read', reply),
  'pulls/list-requested-reviewers': reads(permission, listRequested),
  'pulls/request-reviewers': writes(permission, 'write', requestReviewers),
  'pulls/remove-requested-reviewers': writes(permission, 'write', removeReviewers),
};
