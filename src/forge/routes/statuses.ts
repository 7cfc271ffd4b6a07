import { created, GitHubError, ok } from '../answers.ts';
import { timestamp } from '../clock.ts';
import { readCommits } from '../git-read.ts';
import { resolveCommit, resolveName } from '../git-repository.ts';
import { type Operations, type RepositoryCall, reads, writes } from '../operation.ts';
import { page } from '../pages-of-results.ts';
import { statusShape } from '../shapes/check.ts';
import { commitShape } from '../shapes/commit.ts';
import { repositoryShape } from '../shapes/repository.ts';
import { userShape } from '../shapes/user.ts';
import type { Status } from '../state.ts';
import { fullName } from '../world.ts';

interface StatusInput {
  state: Status['state'];
  context?: string;
  description?: string | null;
  target_url?: string | null;
}

async function create(call: RepositoryCall) {
  const { world, repository, person, directory } = call;
  const sha = await resolveCommit(directory, call.parameters['sha']!);
  if (!sha) throw new GitHubError(422, `No commit found for SHA: ${call.parameters['sha']}`);
  const input = call.body as StatusInput;
  const status: Status = {
    id: world.nextId(),
    sha,
    state: input.state,
    context: input.context ?? 'default',
    description: input.description ?? null,
    targetUrl: input.target_url ?? null,
    creator: person.login,
    createdAt: timestamp(),
  };
  repository.statuses.push(status);
  world.changed();
  await emitStatus(call, status);
  return created(withCreator(call)(status));
}

async function emitStatus(call: RepositoryCall, status: Status): Promise<void> {
  const { world, repository, person, directory } = call;
  const [commit] = await readCommits(directory, ['-1', status.sha]);
  const shape = statusShape(world, repository, status);
  const payload = {
    ...shape,
    sha: status.sha,
    name: fullName(repository),
    branches: [],
    commit: commitShape(world, repository, commit!),
  };
  world.emit('status', null, repository, payload, person.login);
}

const withCreator = (call: RepositoryCall) => (status: Status) => ({
  ...statusShape(call.world, call.repository, status),
  creator: userShape(call.world, status.creator),
});

/** Newest first, as GitHub lists them. */
async function statusesAt(call: RepositoryCall): Promise<{ sha: string; statuses: Status[] }> {
  const sha = await resolveName(call.directory, call.parameters['ref']!);
  if (!sha) throw new GitHubError(404, 'Not Found');
  return { sha, statuses: call.repository.statuses.filter((status) => status.sha === sha).reverse() };
}

async function list(call: RepositoryCall) {
  return page(call, (await statusesAt(call)).statuses, withCreator(call));
}

async function combined(call: RepositoryCall) {
  const { sha, statuses } = await statusesAt(call);
  const latest = [...new Map([...statuses].reverse().map((status) => [status.context, status])).values()];
  const url = `${call.world.url}/repos/${fullName(call.repository)}/commits/${sha}`;
  return ok({
    state: combine(latest),
    sha,
    total_count: latest.length,
    statuses: latest.map((status) => statusShape(call.world, call.repository, status)),
    repository: repositoryShape(call.world, call.repository),
    commit_url: url,
    url: `${url}/status`,
  });
}

function combine(statuses: readonly Status[]): 'failure' | 'pending' | 'success' {
  if (statuses.some(({ state }) => state === 'failure' || state === 'error')) return 'failure';
  return statuses.length === 0 || statuses.some(({ state }) => state === 'pending') ? 'pending' : 'success';
}

export const statusOperations: Operations = {
  'repos/create-commit-status': writes('statuses', 'write', create),
  'repos/list-commit-statuses-for-ref': reads('statuses', list),
  'repos/get-combined-status-for-ref': reads('statuses', combined),
};
