import { created, GitHubError, noContent, notFound, ok, validationFailed } from '../answers.ts';
import { timestamp } from '../clock.ts';
import { emitComment } from '../emit.ts';
import { refuseLocked, refuseLongBody } from '../limits.ts';
import { type Operations, type RepositoryCall, reads, writes } from '../operation.ts';
import { page } from '../pages-of-results.ts';
import { commentShape } from '../shapes/issue.ts';
import type { Comment } from '../state.ts';
import { actorRole, findIssue, isAtLeast, sameName, touchIssue } from '../world.ts';

const either = ['issues', 'pull_requests'];

const shapeOf = (call: RepositoryCall) => (comment: Comment) => commentShape(call.world, call.repository, comment);

function readBody(call: RepositoryCall): string {
  const { body } = call.body as { body: string };
  if (body.trim() === '') throw validationFailed({ resource: 'IssueComment', code: 'missing_field', field: 'body' });
  refuseLongBody('IssueComment', body);
  return body;
}

function create(call: RepositoryCall) {
  const { world, repository, person } = call;
  const issue = findIssue(repository, call.number('issue_number'));
  refuseLocked(call, issue);
  const at = timestamp();
  const comment: Comment = {
    id: world.nextId(),
    issue: issue.number,
    body: readBody(call),
    author: person.login,
    viaApp: person.kind === 'installation',
    createdAt: at,
    updatedAt: at,
  };
  repository.comments.push(comment);
  touchIssue(world, issue);
  emitComment(world, repository, 'created', comment, person.login);
  return created(shapeOf(call)(comment));
}

function commentOf(call: RepositoryCall): Comment {
  const id = call.number('comment_id');
  const comment = call.repository.comments.find((one) => one.id === id);
  if (!comment) throw notFound();
  return comment;
}

/** Comments are changed by their author and by those who can write. */
function editableComment(call: RepositoryCall): Comment {
  const comment = commentOf(call);
  refuseLocked(call, findIssue(call.repository, comment.issue));
  const own = sameName(comment.author, call.person.login);
  if (own || isAtLeast(actorRole(call.repository, call.actor), 'write')) return comment;
  throw new GitHubError(403, 'Must have admin rights to Repository.');
}

function update(call: RepositoryCall) {
  const { world, repository, person } = call;
  const comment = editableComment(call);
  const body = readBody(call);
  const from = comment.body;
  const at = timestamp();
  Object.assign(comment, { body, updatedAt: at, editedAt: at });
  touchIssue(world, findIssue(repository, comment.issue));
  if (body !== from) emitComment(world, repository, 'edited', comment, person.login, { changes: { body: { from } } });
  return ok(shapeOf(call)(comment));
}

function remove(call: RepositoryCall) {
  const { world, repository, person } = call;
  const comment = editableComment(call);
  emitComment(world, repository, 'deleted', comment, person.login);
  repository.comments = repository.comments.filter((one) => one !== comment);
  touchIssue(world, findIssue(repository, comment.issue));
  return noContent();
}

function since(call: RepositoryCall, comments: readonly Comment[]): Comment[] {
  const from = call.query.get('since');
  return comments.filter((comment) => !from || Date.parse(comment.updatedAt) >= Date.parse(from));
}

function list(call: RepositoryCall) {
  const { number } = findIssue(call.repository, call.number('issue_number'));
  const found = call.repository.comments.filter((comment) => comment.issue === number);
  return page(call, since(call, found), shapeOf(call));
}

function listAll(call: RepositoryCall) {
  const found = since(call, call.repository.comments);
  const key = call.query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  found.sort((a, b) => (a[key] === b[key] ? a.id - b.id : a[key] < b[key] ? -1 : 1));
  return page(call, call.query.get('direction') === 'desc' ? found.reverse() : found, shapeOf(call));
}

export const commentOperations: Operations = {
  'issues/list-comments': reads(either, list),
  'issues/list-comments-for-repo': reads(either, listAll),
  'issues/create-comment': writes(either, 'read', create),
  'issues/get-comment': reads(either, (call) => ok(shapeOf(call)(commentOf(call)))),
  'issues/update-comment': writes(either, 'read', update),
  'issues/delete-comment': writes(either, 'read', remove),
};
