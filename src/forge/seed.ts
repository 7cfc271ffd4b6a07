import type { Ruleset } from './branch-rules.ts';
import { addCheckRun } from './check-runs.ts';
import { timestamp } from './clock.ts';
import {
  commitTree,
  createBareRepository,
  moveRef,
  type TreeChange,
  writeBlob,
  writeTree,
  zeroSha,
} from './git-repository.ts';
import { tellRepositories } from './installation-changes.ts';
import { gitPerson } from './merge-pull.ts';
import { takeName } from './repository-changes.ts';
import { installationShape } from './shapes/app.ts';
import { shortShape } from './shapes/repository.ts';
import type { CheckApp, Installation, Permissions, Repository, Role } from './state.ts';
import type { Webhooks } from './webhooks.ts';
import { ensureUser, findRepository, gitDirectory, sameName, type World } from './world.ts';

export interface RepositoryOptions {
  /** Content by path, for the first commit. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly collaborators?: Readonly<Record<string, Role>>;
  /** Paths that are committed as executable. */
  readonly executable?: readonly string[];
  /** What the installation grants the app; what the app asks for when absent. Counts for the owner's first repository. */
  readonly permissions?: Permissions;
  readonly private?: boolean;
}

/** First segments of paths that mean something else than an owner. */
const reserved = new Set([
  'repos',
  'app',
  'apps',
  'user',
  'users',
  'api',
  'graphql',
  'rate_limit',
  'installation',
  'repositories',
  'app-manifests',
  'settings',
  'login',
  'deliveries',
]);

/** Splits `owner/name`, refusing what GitHub would refuse. */
function readFullName(fullName: string): { owner: string; name: string } {
  const found = /^([A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)\/([A-Za-z0-9_][\w.-]*)$/.exec(fullName);
  if (!found || reserved.has(found[1]!.toLowerCase()) || found[2]!.endsWith('.git')) {
    throw new Error(`${fullName} is no name for a repository`);
  }
  return { owner: found[1]!, name: found[2]! };
}

/** Makes a repository with one commit on main and installs the app on it. */
export async function addRepository(
  world: World,
  webhooks: Webhooks,
  fullName: string,
  options: RepositoryOptions,
): Promise<void> {
  const { owner, name } = readFullName(fullName);
  if (findRepository(world, owner, name)) throw new Error(`${fullName} exists already`);
  ensureUser(world, owner);
  for (const login of Object.keys(options.collaborators ?? {})) ensureUser(world, login);
  const repository = emptyRepository(world.nextId(), owner, name, options);
  const directory = gitDirectory(world, repository);
  await createBareRepository(directory);
  await moveRef(directory, 'refs/heads/main', await firstCommit(world, directory, owner, options), zeroSha);
  world.state.repositories.push(repository);
  takeName(world, owner, name);
  install(world, webhooks, repository, options.permissions ?? world.appPermissions);
}

function emptyRepository(id: number, owner: string, name: string, options: RepositoryOptions): Repository {
  const at = timestamp();
  return {
    id,
    owner,
    name,
    private: options.private ?? false,
    defaultBranch: 'main',
    createdAt: at,
    pushedAt: at,
    nextNumber: 1,
    collaborators: { ...options.collaborators },
    labels: [],
    issues: [],
    comments: [],
    events: [],
    reactions: [],
    pulls: [],
    reviews: [],
    reviewComments: [],
    checkSuites: [],
    checkRuns: [],
    statuses: [],
    protections: {},
    rulesets: [],
  };
}

async function firstCommit(
  world: World,
  directory: string,
  owner: string,
  options: RepositoryOptions,
): Promise<string> {
  const executable = new Set(options.executable ?? []);
  const changes: TreeChange[] = [];
  for (const [path, content] of Object.entries(options.files)) {
    const sha = await writeBlob(directory, typeof content === 'string' ? Buffer.from(content) : content);
    changes.push({ path, mode: executable.has(path) ? '100755' : '100644', sha });
  }
  const tree = await writeTree(directory, null, changes);
  return commitTree(directory, tree, [], 'Start the repository\n', gitPerson(world, owner));
}

function install(world: World, webhooks: Webhooks, repository: Repository, permissions: Permissions): void {
  const found = world.state.installations.find((one) => sameName(one.account, repository.owner));
  if (found) {
    tellRepositories(world, webhooks, found, 'added', repository, repository.owner);
    return;
  }
  const installation = newInstallation(world, repository.owner, permissions);
  const shape = installationShape(world, installation);
  const payload = { installation: shape, repositories: [shortShape(repository)], requester: null };
  webhooks.emitFor(installation, 'installation', 'created', payload, repository.owner);
}

const allEvents = [
  'push',
  'create',
  'delete',
  'status',
  'issues',
  'issue_comment',
  'label',
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'repository',
  'check_run',
  'check_suite',
  'merge_group',
];

function newInstallation(world: World, account: string, permissions: Permissions): Installation {
  const installation: Installation = {
    id: world.nextId(),
    account,
    permissions: { ...permissions },
    events: [...(world.appEvents ?? allEvents)],
    createdAt: timestamp(),
  };
  world.state.installations.push(installation);
  world.changed();
  return installation;
}

/** The repository of that name; throws when there is none. */
export function requireRepository(world: World, fullName: string): Repository {
  const { owner, name } = readFullName(fullName);
  const repository = findRepository(world, owner, name);
  if (!repository) throw new Error(`there is no repository ${fullName}`);
  return repository;
}

/** Gives a person a role in a repository. */
export function setPermission(world: World, fullName: string, login: string, role: Role): void {
  ensureUser(world, login);
  const { collaborators } = requireRepository(world, fullName);
  const known = Object.keys(collaborators).find((name) => sameName(name, login));
  collaborators[known ?? login] = role;
  world.changed();
}

/** A ruleset as GitHub is given it. */
export interface RulesetInput {
  name: string;
  enforcement: Ruleset['enforcement'];
  bypass_actors?: Ruleset['bypassActors'];
  conditions?: { ref_name?: { include?: string[]; exclude?: string[] } };
  rules?: Ruleset['rules'];
}

/** A ruleset of the repository, or one that an organisation has set over it. */
export function addRuleset(
  world: World,
  repository: Repository,
  { name, enforcement, bypass_actors, conditions, rules }: RulesetInput,
  organisation?: string,
): Ruleset {
  const ruleset: Ruleset = {
    id: world.nextId(),
    name,
    enforcement,
    include: conditions?.ref_name?.include ?? ['~DEFAULT_BRANCH'],
    exclude: conditions?.ref_name?.exclude ?? [],
    rules: rules ?? [],
    bypassActors: bypass_actors ?? [],
    ...(organisation && { organisation }),
    createdAt: timestamp(),
  };
  repository.rulesets.push(ruleset);
  world.changed();
  return ruleset;
}

export interface ForeignCheck {
  readonly app: CheckApp;
  readonly name: string;
  readonly headSha: string;
  readonly conclusion?: string;
}

/** A check run of another app. */
export function addForeignCheck(world: World, fullName: string, check: ForeignCheck): void {
  const { app, name, headSha, conclusion } = check;
  const input = { name, head_sha: headSha, ...(conclusion ? { conclusion } : {}) };
  addCheckRun(world, requireRepository(world, fullName), app, input, `${app.slug}[bot]`);
}
