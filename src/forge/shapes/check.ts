import type { CheckRun, CheckSuite, Repository, Status } from '../state.ts';
import { fullName, type World } from '../world.ts';
import { appShape } from './app.ts';
import { repositoryShape } from './repository.ts';
import { userShape } from './user.ts';

/** The open pull requests whose head is this commit, as checks list them: none of forks. */
function pullsAt(world: World, repository: Repository, sha: string) {
  const url = `${world.url}/repos/${fullName(repository)}`;
  const repo = { id: repository.id, url, name: repository.name };
  const open = new Set(repository.issues.filter((issue) => issue.state === 'open').map((issue) => issue.number));
  return repository.pulls
    .filter((pull) => pull.headSha === sha && pull.fork === undefined && open.has(pull.number))
    .map((pull) => ({
      id: repository.issues.find((issue) => issue.number === pull.number)!.id,
      number: pull.number,
      url: `${url}/pulls/${pull.number}`,
      head: { ref: pull.head, sha: pull.headSha, repo },
      base: { ref: pull.base, sha: pull.baseSha, repo },
    }));
}

export function checkRunShape(world: World, repository: Repository, run: CheckRun) {
  const url = `${world.url}/repos/${fullName(repository)}/check-runs/${run.id}`;
  const address = `${world.url}/${fullName(repository)}/runs/${run.id}`;
  return {
    id: run.id,
    node_id: `CR_${run.id}`,
    name: run.name,
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: address,
    details_url: run.detailsUrl ?? address,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suite },
    app: appShape(world, run.app),
    pull_requests: pullsAt(world, repository, run.headSha),
  };
}

/** A suite; its status and conclusion follow from its runs. */
export function checkSuiteShape(world: World, repository: Repository, suite: CheckSuite) {
  const runs = repository.checkRuns.filter((run) => run.suite === suite.id);
  const done = runs.length > 0 && runs.every((run) => run.status === 'completed');
  const failed = runs.find((run) => !['success', 'neutral', 'skipped'].includes(run.conclusion ?? ''));
  const url = `${world.url}/repos/${fullName(repository)}/check-suites/${suite.id}`;
  return {
    id: suite.id,
    node_id: `CS_${suite.id}`,
    head_sha: suite.headSha,
    head_branch: suite.headBranch,
    status: done ? 'completed' : runs.length > 0 ? 'in_progress' : 'queued',
    conclusion: done ? (failed?.conclusion ?? 'success') : null,
    url,
    check_runs_url: `${url}/check-runs`,
    latest_check_runs_count: runs.length,
    before: null,
    after: suite.headSha,
    created_at: suite.createdAt,
    updated_at: suite.createdAt,
    app: appShape(world, suite.app),
    repository: repositoryShape(world, repository),
    pull_requests: pullsAt(world, repository, suite.headSha),
  };
}

export function statusShape(world: World, repository: Repository, status: Status) {
  return {
    id: status.id,
    node_id: `SC_${status.id}`,
    state: status.state,
    context: status.context,
    description: status.description,
    target_url: status.targetUrl,
    url: `${world.url}/repos/${fullName(repository)}/statuses/${status.sha}`,
    avatar_url: userShape(world, status.creator).avatar_url,
    created_at: status.createdAt,
    updated_at: status.createdAt,
  };
}
