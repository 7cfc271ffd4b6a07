import { timestamp } from './clock.ts';
import { emitCheckRun } from './emit.ts';
import type { CheckApp, CheckRun, CheckSuite, Repository } from './state.ts';
import type { World } from './world.ts';

export interface CheckInput {
  name?: string;
  head_sha?: string;
  details_url?: string;
  external_id?: string;
  status?: CheckRun['status'];
  conclusion?: string;
  started_at?: string;
  completed_at?: string;
  output?: { title?: string; summary?: string; text?: string; annotations?: Record<string, unknown>[] };
}

/** Makes a check run in its app's suite for that commit, and tells of it. */
export function addCheckRun(
  world: World,
  repository: Repository,
  app: CheckApp,
  input: CheckInput & { name: string; head_sha: string },
  sender: string,
): CheckRun {
  const suite = ensureSuite(world, repository, app, input.head_sha);
  const run: CheckRun = {
    id: world.nextId(),
    suite: suite.id,
    app,
    name: input.name,
    headSha: input.head_sha,
    externalId: '',
    detailsUrl: null,
    status: 'queued',
    conclusion: null,
    startedAt: input.started_at ?? timestamp(),
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
  };
  applyCheckInput(run, input);
  repository.checkRuns.push(run);
  world.changed();
  // GitHub tells an app of its own runs only.
  if (app.id === world.app.id) {
    emitCheckRun(world, repository, 'created', run, sender);
    if (run.status === 'completed') emitCheckRun(world, repository, 'completed', run, sender);
  }
  return run;
}

function ensureSuite(world: World, repository: Repository, app: CheckApp, sha: string): CheckSuite {
  const found = repository.checkSuites.find((suite) => suite.headSha === sha && suite.app.id === app.id);
  if (found) return found;
  const headBranch = repository.pulls.find((pull) => pull.headSha === sha && pull.fork === undefined)?.head ?? null;
  const suite: CheckSuite = { id: world.nextId(), app, headSha: sha, headBranch, createdAt: timestamp() };
  repository.checkSuites.push(suite);
  return suite;
}

/** Changes a run; a conclusion completes it, and annotations are added to those it has. */
export function applyCheckInput(run: CheckRun, input: CheckInput): void {
  if (input.name) run.name = input.name;
  if (input.details_url) run.detailsUrl = input.details_url;
  if (input.external_id !== undefined) run.externalId = input.external_id;
  if (input.started_at) run.startedAt = input.started_at;
  if (input.conclusion) {
    run.status = 'completed';
    run.conclusion = input.conclusion;
    run.completedAt = input.completed_at ?? timestamp();
  } else if (input.status) {
    Object.assign(run, { status: input.status, conclusion: null, completedAt: null });
  }
  const { output } = input;
  if (!output) return;
  run.title = output.title ?? run.title;
  run.summary = output.summary ?? run.summary;
  run.text = output.text ?? run.text;
  run.annotations.push(...(output.annotations ?? []));
}
