import { created, GitHubError, noContent, ok } from '../answers.ts';
import { addLabel, changeIssueState, lockIssue, recordEvent, removeLabel } from '../change-issue.ts';
import { changePullState } from '../change-pull-state.ts';
import { emitAssignee, emitIssue } from '../emit.ts';
import { refuseLongBody, refuseLongTitle } from '../limits.ts';
import { newIssue } from '../new-issue.ts';
import { type Operations, type RepositoryCall, reads, writes } from '../operation.ts';
import { page } from '../pages-of-results.ts';
import { commentShape, eventShape, issueShape } from '../shapes/issue.ts';
import type { Issue, IssueEvent } from '../state.ts';
import { actorRole, findIssue, isAtLeast, roleOf, sameName, touchIssue } from '../world.ts';

const either = ['issues', 'pull_requests'];

interface IssueInput {
  title?: string | number | null;
  body?: string | null;
  state?: Issue['state'];
  state_reason?: Issue['stateReason'];
  labels?: (string | { name?: string })[];
  assignee?: string | null;
  assignees?: string[];
}

const labelNames = (labels: IssueInput['labels']) =>
  (labels ?? []).map((label) => (typeof label === 'string' ? label : (label.name ?? ''))).filter(Boolean);

const issueOf = (call: RepositoryCall) => findIssue(call.repository, call.number('issue_number'));

const shapeOf = (call: RepositoryCall) => (issue: Issue) => issueShape(call.world, call.repository, issue);

/** Writes an issue; `labels` are set whatever the author's role, which is for callers to decide. */
export async function createIssue(call: RepositoryCall, labels: string[], assignees: string[]): Promise<Issue> {
  const { world, repository, person } = call;
  const input = call.body as IssueInput;
  const title = String(input.title ?? '').trim();
  refuseLongTitle('Issue', title);
  refuseLongBody('Issue', input.body);
  const issue = newIssue(world, repository, person, { isPull: false, title, body: input.body ?? null });
  repository.issues.push(issue);
  world.changed();
  await emitIssue(world, repository, 'opened', issue, person.login);
  for (const label of labels) await addLabel(world, repository, issue, label, person);
  await setAssignees(call, issue, assignees);
  return issue;
}

async function create(call: RepositoryCall) {
  const input = call.body as IssueInput;
  // "Only users with push access can set labels for new issues. Labels are silently dropped otherwise."
  const maySet = isAtLeast(actorRole(call.repository, call.actor), 'write');
  const labels = maySet || call.actor.kind === 'installation' ? labelNames(input.labels) : [];
  const assignees = maySet ? (input.assignees ?? [input.assignee].filter((one) => typeof one === 'string')) : [];
  return created(shapeOf(call)(await createIssue(call, labels, assignees)));
}

async function update(call: RepositoryCall) {
  const { world, repository, person } = call;
  const issue = issueOf(call);
  const input = call.body as IssueInput;
  refuseUnlessEditor(call, issue, input);
  await editText(call, issue, input);
  if (input.labels) await setLabels(call, issue, labelNames(input.labels));
  if (input.assignees) await setAssignees(call, issue, input.assignees);
  const pull = repository.pulls.find((one) => one.number === issue.number);
  if (input.state && pull) await changePullState(world, repository, pull, input.state, person);
  else if (input.state)
    await changeIssueState(world, repository, issue, input.state, input.state_reason ?? null, person);
  return ok(shapeOf(call)(issue));
}

/** Authors edit and close their own; labels and assignees are for those with triage. */
function refuseUnlessEditor(call: RepositoryCall, issue: Issue, input: IssueInput): void {
  if (call.actor.kind === 'installation') return;
  const role = roleOf(call.repository, call.person.login);
  const triages = isAtLeast(role, 'triage');
  const edits = input.title !== undefined || input.body !== undefined;
  if (edits && !isAtLeast(role, 'write') && !sameName(issue.author, call.person.login)) throw forbidden();
  if (!triages && (input.labels || input.assignees || !sameName(issue.author, call.person.login))) throw forbidden();
}

const forbidden = () => new GitHubError(403, 'Must have admin rights to Repository.');

/** Changes title and body and says in the webhook what they were. Used for both halves of a pull request. */
export async function editText(call: RepositoryCall, issue: Issue, input: IssueInput): Promise<void> {
  const title = input.title === undefined || input.title === null ? issue.title : String(input.title);
  const body = input.body === undefined ? issue.body : input.body;
  refuseLongTitle('Issue', title);
  refuseLongBody('Issue', body);
  const changes = {
    ...(title === issue.title ? {} : { title: { from: issue.title } }),
    ...(body === issue.body ? {} : { body: { from: issue.body ?? '' } }),
  };
  if (Object.keys(changes).length === 0) return;
  if (changes.title) {
    const rename = { from: issue.title, to: title };
    recordEvent(call.world, call.repository, issue, call.person, { event: 'renamed', rename });
  }
  Object.assign(issue, { title, body });
  touchIssue(call.world, issue);
  await emitIssue(call.world, call.repository, 'edited', issue, call.person.login, { changes });
}

/** Makes the issue's labels exactly these. */
export async function setLabels(call: RepositoryCall, issue: Issue, names: readonly string[]): Promise<void> {
  const { world, repository, person } = call;
  const gone = issue.labels.filter((label) => !names.some((name) => sameName(name, label)));
  for (const name of gone) await removeLabel(world, repository, issue, name, person);
  for (const name of names) await addLabel(world, repository, issue, name, person);
}

async function setAssignees(call: RepositoryCall, issue: Issue, logins: readonly string[]): Promise<void> {
  for (const login of issue.assignees.filter((one) => !logins.includes(one))) await unassign(call, issue, login);
  for (const login of logins) await assign(call, issue, login);
}

async function assign(call: RepositoryCall, issue: Issue, login: string): Promise<void> {
  // GitHub ignores whoever cannot be assigned.
  if (issue.assignees.includes(login) || !isAtLeast(roleOf(call.repository, login), 'triage')) return;
  issue.assignees.push(login);
  recordEvent(call.world, call.repository, issue, call.person, { event: 'assigned', assignee: login });
  await emitAssignee(call.world, call.repository, 'assigned', issue, login, call.person.login);
}

async function unassign(call: RepositoryCall, issue: Issue, login: string): Promise<void> {
  if (!issue.assignees.includes(login)) return;
  issue.assignees = issue.assignees.filter((one) => one !== login);
  recordEvent(call.world, call.repository, issue, call.person, { event: 'unassigned', assignee: login });
  await emitAssignee(call.world, call.repository, 'unassigned', issue, login, call.person.login);
}

async function changeAssignees(call: RepositoryCall, change: typeof assign) {
  const issue = issueOf(call);
  for (const login of (call.body as IssueInput).assignees ?? []) await change(call, issue, login);
  return shapeOf(call)(issue);
}

function list(call: RepositoryCall) {
  const { query, repository } = call;
  const state = query.get('state') ?? 'open';
  const labels = (query.get('labels') ?? '').split(',').filter(Boolean);
  const since = query.get('since');
  const creator = query.get('creator');
  const found = repository.issues.filter(
    (issue) =>
      (state === 'all' || issue.state === state) &&
      labels.every((label) => issue.labels.some((name) => sameName(name, label))) &&
      (!since || Date.parse(issue.updatedAt) >= Date.parse(since)) &&
      (!creator || sameName(issue.author, creator)),
  );
  return page(call, sortIssues(found, query), shapeOf(call));
}

function sortIssues(issues: readonly Issue[], query: URLSearchParams): Issue[] {
  const key = { updated: 'updatedAt', created: 'createdAt' }[query.get('sort') ?? 'created'] as
    | 'updatedAt'
    | 'createdAt';
  const sorted = [...issues].sort((a, b) => (a[key] === b[key] ? a.number - b.number : a[key] < b[key] ? -1 : 1));
  return query.get('direction') === 'asc' ? sorted : sorted.reverse();
}

function listEvents(call: RepositoryCall) {
  const { number } = issueOf(call);
  const events = call.repository.events.filter((event) => event.issue === number);
  return page(call, events, (event) => eventShape(call.world, call.repository, event));
}

function listTimeline(call: RepositoryCall) {
  const { world, repository } = call;
  const { number } = issueOf(call);
  const events = repository.events.filter((event) => event.issue === number);
  const comments = repository.comments.filter((comment) => comment.issue === number);
  const shape = (item: IssueEvent | (typeof comments)[number]) => {
    if ('event' in item) return eventShape(world, repository, item);
    const comment = commentShape(world, repository, item);
    return { ...comment, event: 'commented', actor: comment.user };
  };
  return page(
    call,
    [...events, ...comments].sort((a, b) => a.id - b.id),
    shape,
  );
}

async function setLock(call: RepositoryCall, locked: boolean) {
  await lockIssue(call.world, call.repository, issueOf(call), locked, call.person);
  return noContent();
}

const get = (call: RepositoryCall) => ok(shapeOf(call)(issueOf(call)));

export const issueOperations: Operations = {
  'issues/list-for-repo': reads(either, list),
  'issues/create': writes('issues', 'read', create),
  'issues/get': reads(either, get),
  'issues/update': writes(either, 'read', update),
  'issues/lock': writes(either, 'write', (call) => setLock(call, true)),
  'issues/unlock': writes(either, 'write', (call) => setLock(call, false)),
  'issues/list-events': reads(either, listEvents),
  'issues/list-events-for-timeline': reads(either, listTimeline),
  'issues/add-assignees': writes(either, 'triage', async (call) => created(await changeAssignees(call, assign))),
  'issues/remove-assignees': writes(either, 'triage', async (call) => ok(await changeAssignees(call, unassign))),
};
