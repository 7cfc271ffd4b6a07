import { GitHubError, noContent, notFound, ok } from '../answers.ts';
import { type Operations, type RepositoryCall, reads } from '../operation.ts';
import { page } from '../pages-of-results.ts';
import { repositoryShape } from '../shapes/repository.ts';
import { userShape } from '../shapes/user.ts';
import type { Role } from '../state.ts';
import { findUser, isAtLeast, roleOf, sameName } from '../world.ts';

/** The four words of old: `permission` knows no maintain and no triage; `role_name` does. */
const coarse: Record<Role, string> = {
  admin: 'admin',
  maintain: 'write',
  write: 'write',
  triage: 'read',
  read: 'read',
  none: 'none',
};

function collaboratorShape(call: RepositoryCall, login: string) {
  const role = roleOf(call.repository, login);
  return {
    ...userShape(call.world, login),
    role_name: role,
    permissions: {
      admin: isAtLeast(role, 'admin'),
      maintain: isAtLeast(role, 'maintain'),
      push: isAtLeast(role, 'write'),
      triage: isAtLeast(role, 'triage'),
      pull: isAtLeast(role, 'read'),
    },
  };
}

function permissionLevel(call: RepositoryCall) {
  const login = call.parameters['username']!;
  if (!findUser(call.world, login)) throw new GitHubError(404, `${login} is not a user`);
  const role = roleOf(call.repository, login);
  return ok({ permission: coarse[role], role_name: role, user: collaboratorShape(call, login) });
}

function collaborators(call: RepositoryCall): string[] {
  const { owner, collaborators: others } = call.repository;
  const named = Object.entries(others).filter(([, role]) => role !== 'none');
  return [owner, ...named.map(([login]) => login).filter((login) => !sameName(login, owner))];
}

function check(call: RepositoryCall) {
  if (!collaborators(call).some((login) => sameName(login, call.parameters['username']!))) throw notFound();
  return noContent();
}

export const repositoryOperations: Operations = {
  'repos/get': reads('metadata', (call) => ok(repositoryShape(call.world, call.repository, call.actor))),
  'repos/list-collaborators': reads('metadata', (call) =>
    page(call, collaborators(call), (login) => collaboratorShape(call, login)),
  ),
  'repos/check-collaborator': reads('metadata', check),
  'repos/get-collaborator-permission-level': reads('metadata', permissionLevel),
};
