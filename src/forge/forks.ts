import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { timestamp } from './clock.ts';
import { git } from './git.ts';
import { createBareRepository, readRef } from './git-repository.ts';
import { takeName } from './repository-changes.ts';
import type { Pull, Repository } from './state.ts';
import { ensureUser, findRepository, fullName, gitDirectory, sameName, type World } from './world.ts';

/** Copies the default branch of a repository into a person's own account, where the app is not installed. Gives its full name. */
export async function addFork(world: World, repository: Repository, login: string): Promise<string> {
  const { login: owner } = ensureUser(world, login);
  const { name } = repository;
  if (findRepository(world, owner, name)) throw new Error(`${owner}/${name} exists already`);
  const at = timestamp();
  const own = { id: world.nextId(), owner, collaborators: {}, nextNumber: 1, createdAt: at, pushedAt: at };
  const empty = { labels: [], issues: [], comments: [], events: [], reactions: [], pulls: [], reviews: [] };
  const none = { reviewComments: [], checkSuites: [], checkRuns: [], statuses: [], protections: {}, rulesets: [] };
  const { defaultBranch } = repository;
  const fork: Repository = { name, private: false, defaultBranch, ...own, ...empty, ...none, forkOf: repository.id };
  const directory = gitDirectory(world, fork);
  await mkdir(path.dirname(directory), { recursive: true });
  await createBareRepository(directory);
  const branch = `refs/heads/${defaultBranch}`;
  await git(directory, [
    'fetch',
    '-q',
    '--no-write-fetch-head',
    gitDirectory(world, repository),
    `${branch}:${branch}`,
  ]);
  world.state.repositories.push(fork);
  takeName(world, owner, name);
  return fullName(fork);
}

/** The repository and branch that a pull request's head is named by: `branch`, or `owner:branch` of a fork; null for none. */
export function headOf(world: World, repository: Repository, named: string): { fork?: number; head: string } | null {
  const at = named.indexOf(':');
  const [owner, head] = at === -1 ? [repository.owner, named] : [named.slice(0, at), named.slice(at + 1)];
  if (sameName(owner, repository.owner)) return { head };
  const fork = world.state.repositories.find((one) => one.forkOf === repository.id && sameName(one.owner, owner));
  return fork === undefined ? null : { fork: fork.id, head };
}

/** Where the head of a pull request lies. */
export function headRepository(world: World, repository: Repository, { fork }: Pick<Pull, 'fork'>): Repository {
  return world.state.repositories.find(({ id }) => id === fork) ?? repository;
}

/** The tip of a pull request's branch, its objects in the repository that it is to go into; null where it has none. */
export async function headTip(world: World, repository: Repository, of: Pick<Pull, 'fork' | 'head'>) {
  const from = headRepository(world, repository, of);
  const tip = await readRef(gitDirectory(world, from), `refs/heads/${of.head}`);
  if (tip !== null && from !== repository)
    await git(gitDirectory(world, repository), [
      'fetch',
      '-q',
      '--no-write-fetch-head',
      gitDirectory(world, from),
      `refs/heads/${of.head}`,
    ]);
  return tip;
}

/** Open pull requests from this branch, with where they go to. */
export function pullsFrom(world: World, from: Repository, branch: string) {
  return world.state.repositories.flatMap((repository) =>
    repository.pulls
      .filter((pull) => pull.head === branch && headRepository(world, repository, pull) === from)
      .map((pull) => ({ repository, pull })),
  );
}
