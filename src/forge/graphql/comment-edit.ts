import { authorize } from '../access.ts';
import { GitHubError } from '../answers.ts';
import type { GraphCall } from './operation.ts';

export function commentEdit({ world, actor, text }: GraphCall) {
  const id = text('id');
  const missing = new GitHubError(404, `Could not resolve to a node with the global id of '${id}'`);
  for (const repository of world.state.repositories) {
    const found = repository.comments.find((one) => `IC_${one.id}` === id);
    if (!found) continue;
    authorize(world, actor, repository, { role: 'read', any: [['issues', 'read']] }, true);
    return { node: { __typename: 'IssueComment', lastEditedAt: found.editedAt ?? null } };
  }
  throw missing;
}
