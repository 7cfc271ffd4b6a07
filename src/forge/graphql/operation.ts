import { type DocumentName, documents } from '../../adapters/github/documents.ts';
import { authorize } from '../access.ts';
import { GitHubError } from '../answers.ts';
import { formerlyNamed } from '../repository-changes.ts';
import type { Level, Repository } from '../state.ts';
import { type Actor, findRepository, gitDirectory, type Person, type World } from '../world.ts';

type Variables = Readonly<Record<string, string | number | boolean | null>>;

/** One call of GraphQL, its variables checked against what the document declares. */
export interface GraphCall {
  readonly world: World;
  readonly actor: Actor;
  text(name: string): string;
  number(name: string): number;
}

/** One call about one repository that its maker may see. */
export interface RepositoryGraphCall extends GraphCall {
  readonly repository: Repository;
  readonly directory: string;
  readonly person: Person;
}

/** Returns what stands in the answer's `data`; throws `GitHubError` with the status that REST would answer. */
export type GraphOperation = (call: GraphCall) => object | Promise<object>;

export type GraphOperations = Readonly<Record<DocumentName, GraphOperation>>;

/** The document of that name, or undefined. */
export function documentOf(name: unknown): string | undefined {
  return typeof name === 'string' && Object.hasOwn(documents, name) ? documents[name as DocumentName] : undefined;
}

/** An operation that finds its repository by `owner` and `name`, also under a former one, as GitHub does. */
export function readsByName(
  permission: string,
  handle: (call: RepositoryGraphCall) => object | Promise<object>,
): GraphOperation {
  return (call) => {
    const [owner, name] = [call.text('owner'), call.text('name')];
    const repository = findRepository(call.world, owner, name) ?? formerlyNamed(call.world, owner, name);
    const missing = new GitHubError(404, `Could not resolve to a Repository with the name '${owner}/${name}'.`);
    if (!repository) throw missing;
    try {
      authorize(call.world, call.actor, repository, { role: 'read', any: [[permission, 'read']] }, true);
    } catch (error) {
      throw (error as GitHubError).status === 404 ? missing : error;
    }
    return handle(within(call, repository));
  };
}

/** Lets a write on a repository through: a person of at least `write`, or an installation with each of these. */
export function writesIn(call: GraphCall, repository: Repository, permissions: readonly string[]): RepositoryGraphCall {
  for (const name of permissions) {
    const any: readonly (readonly [string, Level])[] = [[name, 'write']];
    authorize(call.world, call.actor, repository, { role: 'write', any }, true);
  }
  if (repository.archived) throw new GitHubError(403, 'Repository was archived so is read-only.');
  return within(call, repository);
}

function within(call: GraphCall, repository: Repository): RepositoryGraphCall {
  const directory = gitDirectory(call.world, repository);
  return { ...call, repository, directory, person: call.actor as Person };
}

const kinds: Readonly<Record<string, (value: unknown) => boolean>> = {
  String: (value) => typeof value === 'string',
  ID: (value) => typeof value === 'string',
  GitObjectID: (value) => typeof value === 'string' && /^[0-9a-f]{40}$/.test(value),
  Int: (value) => Number.isInteger(value),
  Boolean: (value) => typeof value === 'boolean',
};

/** What is wrong with the variables of a document, in GitHub's words; empty when nothing is. */
export function wrongVariables(document: string, given: Readonly<Record<string, unknown>>): string[] {
  const declared = [...document.matchAll(/\$(\w+): (\w+)(!?)/g)].map(([, name, type, must]) => ({
    name: name!,
    type: type!,
    must: must === '!',
  }));
  const wrong = declared.filter(({ name, type, must }) => {
    const value = given[name] ?? null;
    return value === null ? must : !kinds[type]!(value);
  });
  const unknown = Object.keys(given).filter((name) => !declared.some((one) => one.name === name));
  return [
    ...wrong.map(
      ({ name, type, must }) => `Variable $${name} of type ${type}${must ? '!' : ''} was provided invalid value`,
    ),
    ...unknown.map((name) => `Variable $${name} is not declared`),
  ];
}

/** The call that an operation gets. */
export function callOf(world: World, actor: Actor, variables: Readonly<Record<string, unknown>>): GraphCall {
  const given = variables as Variables;
  return {
    world,
    actor,
    text: (name) => String(given[name] ?? ''),
    number: (name) => Number(given[name]),
  };
}
