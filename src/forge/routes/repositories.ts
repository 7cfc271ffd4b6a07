import { GitHubError, noContent, notFound, ok, validationFailed } from '../answers.ts';
import { type Operations, type RepositoryCall, reads, writes } from '../operation.ts';
import { page } from '../pages-of-results.ts';
import { archiveRepository, deleteRepository, moveRepository } from '../repository-changes.ts';
import { repositoryShape } from '../shapes/repository.ts';
import { userShape } from '../shapes/user.ts';
import { type MergeMethod, mergeMethods, type Repository, type Role } from '../state.ts';
import type { Webhooks } from '../webhooks.ts';
import { allowsMethod, findUser, isAtLeast, roleOf, sameName } from '../world.ts';

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

const shown = (call: RepositoryCall) => repositoryShape(call.world, call.repository, call.actor);

interface RepositoryChange {
  name?: string;
  archived?: boolean;
  allow_merge_commit?: boolean;
  allow_squash_merge?: boolean;
  allow_rebase_merge?: boolean;
}

/** The ways of merging after a change of the settings; one has to be left. */
function methodsAfter(repository: Repository, change: RepositoryChange): MergeMethod[] {
  const wanted = {
    merge: change.allow_merge_commit,
    squash: change.allow_squash_merge,
    rebase: change.allow_rebase_merge,
  };
  const left = mergeMethods.filter((method) => wanted[method] ?? allowsMethod(repository, method));
  if (left.length > 0) return left;
  throw validationFailed({ resource: 'Repository', field: 'merge_commit_allowed', code: 'no_merge_method' });
}

async function update(call: RepositoryCall, webhooks: Webhooks) {
  const { world, repository, person } = call;
  const change = call.body as RepositoryChange;
  const { name, archived } = change;
  const methods = methodsAfter(repository, change);
  if (name !== undefined) await moveRepository(world, webhooks, repository, { name }, person.login);
  if (archived !== undefined) archiveRepository(world, repository, archived, person.login);
  if (methods.length < mergeMethods.length || repository.mergeMethods !== undefined) {
    repository.mergeMethods = methods;
    world.changed();
  }
  return ok(shown(call));
}

async function transfer(call: RepositoryCall, webhooks: Webhooks) {
  const { world, repository, person } = call;
  const { new_owner: owner, new_name: name } = call.body as { new_owner: string; new_name?: string };
  await moveRepository(world, webhooks, repository, { owner, ...(name && { name }) }, person.login);
  return { status: 202, body: shown(call) };
}

async function remove(call: RepositoryCall) {
  await deleteRepository(call.world, call.repository, call.person.login);
  return noContent();
}

export const repositoryOperations = (webhooks: Webhooks): Operations => ({
  'repos/update': writes('administration', 'admin', (call) => update(call, webhooks)),
  'repos/transfer': writes('administration', 'admin', (call) => transfer(call, webhooks)),
  'repos/delete': writes('administration', 'admin', remove),
  'repos/get': reads('metadata', (call) => ok(shown(call))),
  'repos/list-collaborators': reads('metadata', (call) =>
    page(call, collaborators(call), (login) => collaboratorShape(call, login)),
  ),
  'repos/check-collaborator': reads('metadata', check),
  'repos/get-collaborator-permission-level': reads('metadata', permissionLevel),
});
