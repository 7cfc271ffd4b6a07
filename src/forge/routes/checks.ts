import { created, GitHubError, notFound, ok } from '../answers.ts';
import { addCheckRun, applyCheckInput, type CheckInput } from '../check-runs.ts';
import { emitCheckRun } from '../emit.ts';
import { resolveCommit, resolveName } from '../git-repository.ts';
import { appWrites, type Operations, type RepositoryCall, reads, writes } from '../operation.ts';
import { page } from '../pages-of-results.ts';
import { checkRunShape, checkSuiteShape } from '../shapes/check.ts';
import type { CheckRun, CheckSuite } from '../state.ts';

const shapeOf = (call: RepositoryCall) => (run: CheckRun) => checkRunShape(call.world, call.repository, run);
const suiteShapeOf = (call: RepositoryCall) => (suite: CheckSuite) =>
  checkSuiteShape(call.world, call.repository, suite);

function runOf(call: RepositoryCall): CheckRun {
  const run = call.repository.checkRuns.find((one) => one.id === call.number('check_run_id'));
  if (!run) throw notFound();
  return run;
}

function suiteOf(call: RepositoryCall): CheckSuite {
  const suite = call.repository.checkSuites.find((one) => one.id === call.number('check_suite_id'));
  if (!suite) throw notFound();
  return suite;
}

async function create(call: RepositoryCall) {
  const input = call.body as CheckInput & { name: string; head_sha: string };
  if (!(await resolveCommit(call.directory, input.head_sha))) {
    throw new GitHubError(422, `No commit found for SHA: ${input.head_sha}`);
  }
  const { id, slug } = call.world.app;
  const run = addCheckRun(call.world, call.repository, { id, slug }, input, call.person.login);
  return created(shapeOf(call)(run));
}

function update(call: RepositoryCall) {
  const run = runOf(call);
  if (run.app.id !== call.world.app.id)
    throw new GitHubError(403, 'Invalid app_id `check run` can only be modified by the GitHub App that created it.');
  const before = run.status;
  applyCheckInput(run, call.body as CheckInput);
  call.world.changed();
  if (before !== 'completed' && run.status === 'completed') {
    emitCheckRun(call.world, call.repository, 'completed', run, call.person.login);
  }
  return ok(shapeOf(call)(run));
}

function rerequest(call: RepositoryCall) {
  const run = runOf(call);
  emitCheckRun(call.world, call.repository, 'rerequested', run, call.person.login);
  return created({});
}

/** The latest run of each name and app, unless all are asked for. */
function select(call: RepositoryCall, runs: readonly CheckRun[]): CheckRun[] {
  const { query } = call;
  const name = query.get('check_name');
  const status = query.get('status');
  const appId = query.get('app_id');
  const found = runs.filter(
    (run) =>
      (!name || run.name === name) && (!status || run.status === status) && (!appId || run.app.id === Number(appId)),
  );
  if (query.get('filter') === 'all') return found.reverse();
  const latest = new Map(found.map((run) => [`${run.app.id} ${run.name}`, run]));
  return [...latest.values()].sort((a, b) => b.id - a.id);
}

function pageOfRuns(call: RepositoryCall, runs: readonly CheckRun[]) {
  const found = select(call, runs);
  return page(call, found, shapeOf(call), (check_runs) => ({ total_count: found.length, check_runs }));
}

async function shaOf(call: RepositoryCall): Promise<string> {
  const ref = call.parameters['ref']!;
  const sha = await resolveName(call.directory, ref);
  if (!sha) throw new GitHubError(422, `No commit found for SHA: ${ref}`);
  return sha;
}

async function listForRef(call: RepositoryCall) {
  const sha = await shaOf(call);
  return pageOfRuns(
    call,
    call.repository.checkRuns.filter((run) => run.headSha === sha),
  );
}

async function listSuitesForRef(call: RepositoryCall) {
  const sha = await shaOf(call);
  const appId = call.query.get('app_id');
  const found = call.repository.checkSuites.filter(
    (suite) => suite.headSha === sha && (!appId || suite.app.id === Number(appId)),
  );
  return page(call, found, suiteShapeOf(call), (check_suites) => ({ total_count: found.length, check_suites }));
}

export const checkOperations: Operations = {
  'checks/create': appWrites('checks', create),
  'checks/update': appWrites('checks', update),
  'checks/get': reads('checks', (call) => ok(shapeOf(call)(runOf(call)))),
  'checks/list-annotations': reads('checks', (call) => page(call, runOf(call).annotations, (one) => one)),
  'checks/rerequest-run': writes('checks', 'write', rerequest),
  'checks/list-for-ref': reads('checks', listForRef),
  'checks/list-suites-for-ref': reads('checks', listSuitesForRef),
  'checks/list-for-suite': reads('checks', (call) =>
    pageOfRuns(
      call,
      call.repository.checkRuns.filter((run) => run.suite === suiteOf(call).id),
    ),
  ),
  'checks/get-suite': reads('checks', (call) => ok(suiteShapeOf(call)(suiteOf(call)))),
};
