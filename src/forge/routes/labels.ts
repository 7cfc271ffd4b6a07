import { created, GitHubError, noContent, notFound, ok, validationFailed } from '../answers.ts';
import { addLabel, removeLabel } from '../change-issue.ts';
import { emitLabel } from '../emit.ts';
import { type Operations, type RepositoryCall, reads, writes } from '../operation.ts';
import { page } from '../pages-of-results.ts';
import { labelShape, labelsOf } from '../shapes/issue.ts';
import type { Label } from '../state.ts';
import { findIssue, sameName } from '../world.ts';
import { setLabels } from './issues.ts';

const either = ['issues', 'pull_requests'];

function namesIn(body: unknown): string[] {
  const { labels = [] } = body as { labels?: (string | { name: string })[] };
  return labels.map((label) => (typeof label === 'string' ? label : label.name));
}

const issueOf = (call: RepositoryCall) => findIssue(call.repository, call.number('issue_number'));
const labelsOn = (call: RepositoryCall) => labelsOf(call.world, call.repository, issueOf(call));
const shapeOf = (call: RepositoryCall) => (label: Label) => labelShape(call.world, call.repository, label);

async function add(call: RepositoryCall) {
  for (const name of namesIn(call.body)) await addLabel(call.world, call.repository, issueOf(call), name, call.person);
  return ok(labelsOn(call));
}

async function set(call: RepositoryCall) {
  await setLabels(call, issueOf(call), namesIn(call.body));
  return ok(labelsOn(call));
}

async function remove(call: RepositoryCall) {
  const issue = issueOf(call);
  const name = call.parameters['name']!;
  if (!issue.labels.some((label) => sameName(label, name))) throw new GitHubError(404, 'Label does not exist');
  await removeLabel(call.world, call.repository, issue, name, call.person);
  return ok(labelsOn(call));
}

function findLabel(call: RepositoryCall): Label {
  const label = call.repository.labels.find((one) => sameName(one.name, call.parameters['name']!));
  if (!label) throw notFound();
  return label;
}

interface LabelFields {
  name?: string;
  new_name?: string;
  color?: string;
  description?: string | null;
}

function refuseTaken(call: RepositoryCall, name: string): void {
  if (!call.repository.labels.some((label) => sameName(label.name, name))) return;
  throw validationFailed({ resource: 'Label', code: 'already_exists', field: 'name' });
}

function create(call: RepositoryCall) {
  const { name, color = 'ededed', description = null } = call.body as LabelFields;
  refuseTaken(call, name!);
  const label: Label = { id: call.world.nextId(), name: name!, color, description };
  call.repository.labels.push(label);
  call.world.changed();
  emitLabel(call.world, call.repository, 'created', label.name, call.person.login);
  return created(shapeOf(call)(label));
}

function update(call: RepositoryCall) {
  const label = findLabel(call);
  const {
    new_name: name = label.name,
    color = label.color,
    description = label.description,
  } = call.body as LabelFields;
  if (!sameName(name, label.name)) refuseTaken(call, name);
  for (const issue of call.repository.issues) {
    issue.labels = issue.labels.map((one) => (sameName(one, label.name) ? name : one));
  }
  Object.assign(label, { name, color, description });
  call.world.changed();
  emitLabel(call.world, call.repository, 'edited', label.name, call.person.login);
  return ok(shapeOf(call)(label));
}

function destroy(call: RepositoryCall) {
  const label = findLabel(call);
  emitLabel(call.world, call.repository, 'deleted', label.name, call.person.login);
  call.repository.labels = call.repository.labels.filter((one) => one !== label);
  for (const issue of call.repository.issues) issue.labels = issue.labels.filter((one) => !sameName(one, label.name));
  call.world.changed();
  return noContent();
}

export const labelOperations: Operations = {
  'issues/list-labels-on-issue': reads(either, (call) => page(call, labelsOn(call), (label) => label)),
  'issues/add-labels': writes(either, 'triage', add),
  'issues/set-labels': writes(either, 'triage', set),
  'issues/remove-label': writes(either, 'triage', remove),
  'issues/list-labels-for-repo': reads(either, (call) => page(call, call.repository.labels, shapeOf(call))),
  'issues/create-label': writes(either, 'write', create),
  'issues/get-label': reads(either, (call) => ok(shapeOf(call)(findLabel(call)))),
  'issues/update-label': writes(either, 'write', update),
  'issues/delete-label': writes(either, 'write', destroy),
};
