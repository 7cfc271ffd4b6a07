import { GitHubError, validationFailed } from './answers.ts';
import type { RepositoryCall } from './operation.ts';
import type { Issue } from './state.ts';
import { actorRole, isAtLeast } from './world.ts';

const maxBody = 65_536;
const maxTitle = 256;

/** GitHub's limit on the bodies of issues, pull requests and comments. It counts characters, not bytes. */
export function refuseLongBody(resource: string, body: string | null | undefined): void {
  if ([...(body ?? '')].length <= maxBody) return;
  const message = `body is too long (maximum is ${maxBody} characters)`;
  throw validationFailed({ resource, code: 'custom', field: 'body', message });
}

export function refuseLongTitle(resource: string, title: string): void {
  if (title === '') throw validationFailed({ resource, code: 'missing_field', field: 'title' });
  if (title.length <= maxTitle) return;
  const message = `title is too long (maximum is ${maxTitle} characters)`;
  throw validationFailed({ resource, code: 'custom', field: 'title', message });
}

/** In a locked conversation people who may write go on. An App is none of them, whatever its permissions. */
export function refuseLocked({ repository, actor }: RepositoryCall, { locked }: Issue): void {
  if (!locked || (actor.kind === 'user' && isAtLeast(actorRole(repository, actor), 'write'))) return;
  throw new GitHubError(403, 'Unable to create comment because issue is locked.');
}
