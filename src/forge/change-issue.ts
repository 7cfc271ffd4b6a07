import { timestamp } from './clock.ts';
import { emitIssue } from './emit.ts';
import { labelShape } from './shapes/issue.ts';
import type { Issue, IssueEvent, Label, Repository } from './state.ts';
import { type Person, sameName, touchIssue, type World } from './world.ts';

/** Writes an entry into the issue's list of events, in the name of who did it. */
export function recordEvent(
  world: World,
  repository: Repository,
  issue: Issue,
  person: Person,
  event: Pick<IssueEvent, 'event' | 'label' | 'rename' | 'assignee' | 'commit'>,
): void {
  repository.events.push({
    id: world.nextId(),
    issue: issue.number,
    actor: person.login,
    viaApp: person.kind === 'installation',
    createdAt: timestamp(),
    ...event,
  });
  touchIssue(world, issue);
}

/** The repository's label of that name, made in grey when there is none, as GitHub does. */
function ensureLabel(world: World, repository: Repository, name: string): Label {
  const found = repository.labels.find((label) => sameName(label.name, name));
  if (found) return found;
  const label: Label = { id: world.nextId(), name, color: 'ededed', description: null };
  repository.labels.push(label);
  return label;
}

export async function addLabel(
  world: World,
  repository: Repository,
  issue: Issue,
  name: string,
  person: Person,
): Promise<void> {
  const label = ensureLabel(world, repository, name);
  if (issue.labels.some((one) => sameName(one, name))) return;
  issue.labels.push(label.name);
  const { color } = label;
  recordEvent(world, repository, issue, person, { event: 'labeled', label: { name: label.name, color } });
  await emitIssue(world, repository, 'labeled', issue, person.login, { label: labelShape(world, repository, label) });
}

export async function removeLabel(
  world: World,
  repository: Repository,
  issue: Issue,
  name: string,
  person: Person,
): Promise<void> {
  const label = repository.labels.find((one) => sameName(one.name, name));
  if (!label || !issue.labels.some((one) => sameName(one, name))) return;
  issue.labels = issue.labels.filter((one) => !sameName(one, name));
  const { color } = label;
  recordEvent(world, repository, issue, person, { event: 'unlabeled', label: { name: label.name, color } });
  await emitIssue(world, repository, 'unlabeled', issue, person.login, { label: labelShape(world, repository, label) });
}

/** Closes or reopens an issue or pull request; says nothing when it already is so. */
export async function changeIssueState(
  world: World,
  repository: Repository,
  issue: Issue,
  state: Issue['state'],
  reason: Issue['stateReason'],
  person: Person,
): Promise<void> {
  if (issue.state === state) return;
  setIssueState(issue, state, reason, person.login);
  const event = state === 'closed' ? 'closed' : 'reopened';
  recordEvent(world, repository, issue, person, { event });
  await emitIssue(world, repository, event, issue, person.login);
}

/** Locks a conversation, or unlocks it; says nothing when it already is so. */
export async function lockIssue(
  world: World,
  repository: Repository,
  issue: Issue,
  locked: boolean,
  person: Person,
): Promise<void> {
  if ((issue.locked ?? false) === locked) return;
  issue.locked = locked;
  const event = locked ? 'locked' : 'unlocked';
  recordEvent(world, repository, issue, person, { event });
  await emitIssue(world, repository, event, issue, person.login);
}

/** The fields alone, for what is told in other words, such as a merge. */
export function setIssueState(issue: Issue, state: Issue['state'], reason: Issue['stateReason'], login: string): void {
  const closed = state === 'closed';
  issue.state = state;
  issue.stateReason = issue.isPull ? null : closed ? (reason ?? 'completed') : 'reopened';
  issue.closedAt = closed ? timestamp() : null;
  issue.closedBy = closed ? login : null;
}
