import { created, noContent, notFound, ok } from '../answers.ts';
import { timestamp } from '../clock.ts';
import { type Operations, type RepositoryCall, reads, writes } from '../operation.ts';
import { page } from '../pages-of-results.ts';
import type { Reaction } from '../reaction.ts';
import { reactionShape, reactionsOn } from '../shapes/issue.ts';
import { findIssue, sameName } from '../world.ts';

const either = ['issues', 'pull_requests'];

/** What the reactions of a call are on; 404 when it does not exist. */
function subjectOf(call: RepositoryCall, on: Reaction['on']): number {
  if (on === 'issue') return findIssue(call.repository, call.number('issue_number')).number;
  const id = call.number('comment_id');
  if (!call.repository.comments.some((comment) => comment.id === id)) throw notFound();
  return id;
}

const list = (on: Reaction['on']) => (call: RepositoryCall) => {
  const wanted = call.query.get('content');
  const found = reactionsOn(call.repository, on, subjectOf(call, on)).filter(
    (one) => !wanted || one.content === wanted,
  );
  return page(call, found, (reaction) => reactionShape(call.world, reaction));
};

/** Each person reacts once in each way: the second time GitHub answers 200 with the first. */
const create = (on: Reaction['on']) => (call: RepositoryCall) => {
  const { world, repository, person } = call;
  const { content } = call.body as { content: string };
  const subject = subjectOf(call, on);
  const found = reactionsOn(repository, on, subject).find(
    (one) => one.content === content && sameName(one.user, person.login),
  );
  if (found) return ok(reactionShape(world, found));
  const reaction: Reaction = { id: world.nextId(), on, subject, content, user: person.login, createdAt: timestamp() };
  repository.reactions.push(reaction);
  world.changed();
  return created(reactionShape(world, reaction));
};

const remove = (on: Reaction['on']) => (call: RepositoryCall) => {
  const found = reactionsOn(call.repository, on, subjectOf(call, on)).find(
    (one) => one.id === call.number('reaction_id') && sameName(one.user, call.person.login),
  );
  if (!found) throw notFound();
  call.repository.reactions = call.repository.reactions.filter((one) => one !== found);
  call.world.changed();
  return noContent();
};

export const reactionOperations: Operations = {
  'reactions/list-for-issue': reads(either, list('issue')),
  'reactions/create-for-issue': writes(either, 'read', create('issue')),
  'reactions/delete-for-issue': writes(either, 'read', remove('issue')),
  'reactions/list-for-issue-comment': reads(either, list('comment')),
  'reactions/create-for-issue-comment': writes(either, 'read', create('comment')),
  'reactions/delete-for-issue-comment': writes(either, 'read', remove('comment')),
};
