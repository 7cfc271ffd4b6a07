import { timestamp } from './clock.ts';
import type { Issue, Repository } from './state.ts';
import type { Person, World } from './world.ts';

/** What an issue and a pull request begin as: both take the next number of their repository. */
export function newIssue(
  world: World,
  repository: Repository,
  author: Person,
  of: Pick<Issue, 'isPull' | 'title' | 'body'>,
): Issue {
  const at = timestamp();
  return {
    id: world.nextId(),
    number: repository.nextNumber++,
    ...of,
    state: 'open',
    stateReason: null,
    author: author.login,
    viaApp: author.kind === 'installation',
    labels: [],
    assignees: [],
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    closedBy: null,
  };
}
