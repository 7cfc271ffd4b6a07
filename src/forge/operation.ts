import type { Access } from './access.ts';
import type { Answer } from './answers.ts';
import type { Level, Repository, Role } from './state.ts';
import type { Actor, Person, World } from './world.ts';

/** One call of the REST API, checked against GitHub's description before a handler sees it. */
export interface Call {
  readonly world: World;
  readonly actor: Actor;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly token: string | null;
  /** What the caller asked for in `Accept`: a file's bytes as they are, a diff, or JSON. */
  readonly media: 'raw' | 'diff' | 'json';
}

/** A call about one repository that its maker may see. */
export interface RepositoryCall extends Call {
  readonly repository: Repository;
  /** The bare repository's directory. */
  readonly directory: string;
  /** Who calls, for operations that nobody can use without a name. */
  readonly person: Person;
  /** A number in the path, such as `issue_number`. */
  number(name: string): number;
}

type Handled = Answer | Promise<Answer>;

export type Operation =
  | { readonly on: 'forge'; handle(call: Call): Handled }
  | { readonly on: 'repository'; readonly access: Access; handle(call: RepositoryCall): Handled };

/** Operations by GitHub's ids, such as `issues/create`. */
export type Operations = Readonly<Record<string, Operation>>;

export function onForge(handle: (call: Call) => Handled): Operation {
  return { on: 'forge', handle };
}

/** An operation that reads: any reader, or an installation with one of these permissions. */
export function reads(permissions: string | readonly string[], handle: (call: RepositoryCall) => Handled): Operation {
  return { on: 'repository', access: { role: 'read', any: levels(permissions, 'read') }, handle };
}

/** An operation that writes: a person of at least this role, or an installation with one of these permissions. */
export function writes(
  permissions: string | readonly string[],
  role: Role,
  handle: (call: RepositoryCall) => Handled,
): Operation {
  return { on: 'repository', access: { role, any: levels(permissions, 'write') }, handle };
}

/** An operation that only an app can use. */
export function appWrites(permission: string, handle: (call: RepositoryCall) => Handled): Operation {
  return { on: 'repository', access: { role: 'read', any: levels(permission, 'write'), appOnly: true }, handle };
}

function levels(permissions: string | readonly string[], level: Level): (readonly [string, Level])[] {
  return [permissions].flat().map((name) => [name, level] as const);
}
