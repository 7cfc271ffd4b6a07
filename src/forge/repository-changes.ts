import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { timestamp } from './clock.ts';
import { tellRepositories } from './installation-changes.ts';
import { userShape } from './shapes/user.ts';
import type { Installation, Repository } from './state.ts';
import type { Webhooks } from './webhooks.ts';
import { ensureUser, findRepository, fullName, gitDirectory, sameName, type World } from './world.ts';

/** Whoever takes a name ends what the name led to before, as on GitHub. */
export function takeName(world: World, owner: string, name: string): void {
  const { state } = world;
  state.formerNames = state.formerNames.filter((one) => !(sameName(one.owner, owner) && sameName(one.name, name)));
  world.changed();
}

/**
 * Gives a repository another name or another owner, at once. Its old name leads to it until somebody else takes it, and
 * the installations of both owners learn what came and went. Throws when the name is taken.
 */
export async function moveRepository(
  world: World,
  webhooks: Webhooks,
  repository: Repository,
  to: { readonly owner?: string; readonly name?: string },
  by: string,
): Promise<void> {
  const before = { owner: repository.owner, name: repository.name };
  const after = { ...before, ...to };
  if (before.owner === after.owner && before.name === after.name) return;
  const taken = findRepository(world, after.owner, after.name);
  if (taken && taken !== repository) throw new Error(`${after.owner}/${after.name} exists already`);
  const from = gitDirectory(world, repository);
  ensureUser(world, after.owner);
  takeName(world, after.owner, after.name);
  world.state.formerNames.push({ ...before, repository: repository.id });
  Object.assign(repository, after, { updatedAt: timestamp() });
  await mkdir(path.dirname(gitDirectory(world, repository)), { recursive: true });
  await rename(from, gitDirectory(world, repository));
  world.changed();
  if (before.name !== after.name) {
    const changes = { repository: { name: { from: before.name } } };
    world.emit('repository', 'renamed', repository, { changes }, by);
  }
  if (!sameName(before.owner, after.owner)) tellTransfer(world, webhooks, repository, before.owner, by);
}

function tellTransfer(world: World, webhooks: Webhooks, repository: Repository, from: string, by: string): void {
  const of = (account: string) => world.state.installations.find((one) => sameName(one.account, account));
  const tell = (installation: Installation | undefined, action: 'added' | 'removed') => {
    if (installation !== undefined) tellRepositories(world, webhooks, installation, action, repository, by);
  };
  tell(of(from), 'removed');
  tell(of(repository.owner), 'added');
  const changes = { owner: { from: { user: userShape(world, from) } } };
  world.emit('repository', 'transferred', repository, { changes }, by);
}

/** Makes it read-only, or writable again. */
export function archiveRepository(world: World, repository: Repository, archived: boolean, by: string): void {
  if ((repository.archived ?? false) === archived) return;
  Object.assign(repository, { archived, updatedAt: timestamp() });
  world.changed();
  world.emit('repository', archived ? 'archived' : 'unarchived', repository, {}, by);
}

/** Deletes it with all that is in it. Its name is free, and leads nowhere. */
export async function deleteRepository(world: World, repository: Repository, by: string): Promise<void> {
  const { state } = world;
  world.emit('repository', 'deleted', repository, {}, by);
  state.repositories = state.repositories.filter((one) => one !== repository);
  state.formerNames = state.formerNames.filter((one) => one.repository !== repository.id);
  world.changed();
  await rm(gitDirectory(world, repository), { recursive: true, force: true });
}

/** The repository that had this name, when nobody took the name since. */
export function formerlyNamed(world: World, owner: string, name: string): Repository | undefined {
  const found = world.state.formerNames.findLast((one) => sameName(one.owner, owner) && sameName(one.name, name));
  return world.state.repositories.find((one) => one.id === found?.repository);
}

/** A path by a repository's id, `/repositories/7/issues`, as the path by its name. Of one that is not there, by no name. */
export function pathByName(world: World, target: string): string {
  const [, id, rest = ''] = /^\/repositories\/(\d+)(\/.*)?$/.exec(target) ?? [];
  if (id === undefined) return target;
  const found = world.state.repositories.find((one) => one.id === Number(id));
  return `/repos/${found === undefined ? '-/-' : fullName(found)}${rest}`;
}
