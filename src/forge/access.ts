import { GitHubError, notAccessible, notFound } from './answers.ts';
import type { Level, Repository, Role } from './state.ts';
import { type Actor, grants, isAtLeast, roleOf, type World } from './world.ts';

/** What an operation on a repository asks of who calls it. */
export interface Access {
  /** The least role that a person needs. */
  readonly role: Role;
  /** Permissions of an installation, any one of which is enough; `pull_requests` counts only for pull requests. */
  readonly any: readonly (readonly [name: string, level: Level])[];
  /** Some things only an app can do. */
  readonly appOnly?: boolean;
}

/** True when the token's installation is on this repository and the token not narrowed away from it. */
export function canReach(world: World, actor: Actor, repository: Repository): boolean {
  if (actor.kind !== 'installation') return true;
  const installation = world.state.installations.find((one) => one.id === actor.installation);
  if (installation?.account.toLowerCase() !== repository.owner.toLowerCase()) return false;
  return actor.repositories === null || actor.repositories.includes(repository.id);
}

/** Lets a call through or throws the refusal that GitHub gives: 404 for what must stay unseen, 403 for the rest. */
export function authorize(world: World, actor: Actor, repository: Repository, access: Access, isPull: boolean): void {
  const writes = access.appOnly || access.role !== 'read' || access.any.some(([, level]) => level === 'write');
  if (actor.kind === 'app') throw new GitHubError(401, 'A JSON web token could not be decoded');
  if (actor.kind === 'installation') {
    authorizeInstallation(world, actor, repository, access, isPull, writes);
    return;
  }
  const role = roleOf(repository, actor.kind === 'user' ? actor.login : null);
  if (role === 'none') throw notFound();
  if (actor.kind === 'anonymous' && writes) throw new GitHubError(401, 'Requires authentication');
  if (access.appOnly) throw new GitHubError(403, 'You must authenticate via a GitHub App.');
  if (!isAtLeast(role, access.role)) throw new GitHubError(403, `Must have ${access.role} rights to Repository.`);
}

function authorizeInstallation(
  world: World,
  actor: Extract<Actor, { kind: 'installation' }>,
  repository: Repository,
  access: Access,
  isPull: boolean,
  writes: boolean,
): void {
  if (!canReach(world, actor, repository)) throw writes ? notAccessible() : notFound();
  const useful =
    access.any.length === 1 ? access.any : access.any.filter(([name]) => isPull || name !== 'pull_requests');
  if (!useful.some(([name, level]) => grants(actor.permissions, name, level))) throw notAccessible();
}
