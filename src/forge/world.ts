import path from 'node:path';
import { GitHubError } from './answers.ts';
import { timestamp } from './clock.ts';
import {
  type Issue,
  type Level,
  type MergeMethod,
  type Permissions,
  type Pull,
  type Repository,
  type Role,
  roles,
  type State,
  type User,
} from './state.ts';

export interface AppIdentity {
  readonly id: number;
  readonly slug: string;
  readonly privateKey: string;
  readonly webhookSecret: string;
}

/** Who makes a call, and with what rights. */
export type Actor =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly login: string }
  | { readonly kind: 'app' }
  | {
      readonly kind: 'installation';
      readonly login: string;
      readonly installation: number;
      readonly repositories: readonly number[] | null;
      readonly permissions: Permissions;
    };

/** An actor with a name; only these write. */
export type Person = Extract<Actor, { kind: 'user' | 'installation' }>;

/** The world of one forge: its state, and what handlers need to read and change it. */
export interface World {
  /** Without a slash at its end. */
  readonly url: string;
  readonly directory: string;
  readonly app: AppIdentity;
  /** Milliseconds by which the forge's clock is ahead of this machine's, in tokens and in the header `Date`. */
  readonly clock: { aheadMs: number };
  readonly appPermissions: Permissions;
  readonly appEvents: readonly string[] | null;
  readonly state: State;
  nextId(): number;
  /** Says that the state changed, so that it is saved soon. */
  changed(): void;
  /** Sends a webhook; `action` is null for events without one. */
  emit(event: string, action: string | null, repository: Repository, payload: object, sender: string): void;
}

export function botLogin(world: World): string {
  return `${world.app.slug}[bot]`;
}

/** The bare repository's directory. */
export function gitDirectory(world: World, repository: Repository): string {
  return path.join(world.directory, 'repositories', repository.owner, `${repository.name}.git`);
}

export function fullName(repository: Repository): string {
  return `${repository.owner}/${repository.name}`;
}

/** Names are compared without case, as on GitHub. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

export function findUser(world: World, login: string): User | undefined {
  return world.state.users.find((user) => sameName(user.login, login));
}

/** The user of that name, made when there is none. */
export function ensureUser(world: World, login: string, name: string | null = null): User {
  const found = findUser(world, login);
  if (found) return found;
  const user: User = { id: world.nextId(), login, name, type: login.endsWith('[bot]') ? 'Bot' : 'User' };
  world.state.users.push(user);
  world.changed();
  return user;
}

/** The forge's time in milliseconds since 1970. */
export function now(world: World): number {
  return Date.now() + world.clock.aheadMs;
}

export function findRepository(world: World, owner: string, name: string): Repository | undefined {
  return world.state.repositories.find((one) => sameName(one.owner, owner) && sameName(one.name, name));
}

/** What a person may do in a repository. Everybody can read a public one. */
export function roleOf(repository: Repository, login: string | null): Role {
  if (login && sameName(login, repository.owner)) return 'admin';
  const granted = login && Object.entries(repository.collaborators).find(([name]) => sameName(name, login))?.[1];
  return granted || (repository.private ? 'none' : 'read');
}

export const allowsMethod = ({ mergeMethods: allowed }: Repository, method: MergeMethod): boolean =>
  allowed === undefined || allowed.includes(method);

export function isAtLeast(role: Role, wanted: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(wanted);
}

/** True when the permissions contain this one; `metadata: read` is always there. */
export function grants(permissions: Permissions, name: string, level: Level): boolean {
  const given = name === 'metadata' ? (permissions[name] ?? 'read') : permissions[name];
  return given === 'write' || given === level;
}

/** What this actor may do in a repository, counting an installation with write access to contents as a writer. */
export function actorRole(repository: Repository, actor: Actor): Role {
  if (actor.kind === 'user') return roleOf(repository, actor.login);
  if (actor.kind !== 'installation') return roleOf(repository, null);
  return grants(actor.permissions, 'contents', 'write') ? 'write' : 'read';
}

export function loginOf(actor: Actor): string | null {
  return 'login' in actor ? actor.login : null;
}

/** The issue of that number, or GitHub's 404; 410 for one that was deleted. */
export function findIssue(repository: Repository, number: number): Issue {
  const issue = repository.issues.find((one) => one.number === number);
  if (issue) return issue;
  const deleted = repository.departed?.some((one) => one.number === number && one.to === null);
  throw deleted ? new GitHubError(410, 'This issue was deleted') : new GitHubError(404, 'Not Found');
}

/** The pull request of that number, or GitHub's 404. */
export function findPull(repository: Repository, number: number): Pull {
  const pull = repository.pulls.find((one) => one.number === number);
  if (!pull) throw new GitHubError(404, 'Not Found');
  return pull;
}

/** Marks an issue as changed now. */
export function touchIssue(world: World, issue: Issue): void {
  issue.updatedAt = timestamp();
  world.changed();
}
