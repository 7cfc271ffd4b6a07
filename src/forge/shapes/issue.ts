import type { Reaction } from '../reaction.ts';
import type { Comment, Issue, IssueEvent, Label, Repository } from '../state.ts';
import { fullName, sameName, type World } from '../world.ts';
import { viaAppShape } from './app.ts';
import { userShape } from './user.ts';

/** How GitHub would call the author's relation to the repository, as far as the forge knows. */
export function associationOf(repository: Repository, login: string): string {
  if (sameName(login, repository.owner)) return 'OWNER';
  return Object.keys(repository.collaborators).some((name) => sameName(name, login)) ? 'COLLABORATOR' : 'NONE';
}

export function labelShape(world: World, repository: Repository, label: Label) {
  return {
    id: label.id,
    node_id: `LA_${label.id}`,
    url: `${world.url}/repos/${fullName(repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    description: label.description,
    default: false,
  };
}

/** The labels of an issue, in the order in which they were set. */
export function labelsOf(world: World, repository: Repository, issue: Issue) {
  return issue.labels.flatMap((name) => {
    const label = repository.labels.find((one) => sameName(one.name, name));
    return label ? [labelShape(world, repository, label)] : [];
  });
}

export function issueShape(world: World, repository: Repository, issue: Issue) {
  const repositoryUrl = `${world.url}/repos/${fullName(repository)}`;
  const url = `${repositoryUrl}/issues/${issue.number}`;
  const assignees = issue.assignees.map((login) => userShape(world, login));
  return {
    id: issue.id,
    node_id: `I_${issue.id}`,
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    state_reason: issue.stateReason,
    user: userShape(world, issue.author),
    labels: labelsOf(world, repository, issue),
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    locked: issue.locked ?? false,
    active_lock_reason: null,
    comments: repository.comments.filter((comment) => comment.issue === issue.number).length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    closed_by: issue.closedBy ? userShape(world, issue.closedBy) : null,
    author_association: associationOf(repository, issue.author),
    performed_via_github_app: viaAppShape(world, issue.viaApp),
    reactions: reactionsShape(`${url}/reactions`, reactionsOn(repository, 'issue', issue.number)),
    url,
    repository_url: repositoryUrl,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: issueAddress(world, repository, issue),
    ...(issue.isPull ? { pull_request: pullLinks(world, repository, issue) } : {}),
  };
}

function issueAddress(world: World, repository: Repository, issue: Issue): string {
  return `${world.url}/${fullName(repository)}/${issue.isPull ? 'pull' : 'issues'}/${issue.number}`;
}

function pullLinks(world: World, repository: Repository, issue: Issue) {
  const address = issueAddress(world, repository, issue);
  return {
    url: `${world.url}/repos/${fullName(repository)}/pulls/${issue.number}`,
    html_url: address,
    diff_url: `${address}.diff`,
    patch_url: `${address}.patch`,
    merged_at: repository.pulls.find((pull) => pull.number === issue.number)?.mergedAt ?? null,
  };
}

export function commentShape(world: World, repository: Repository, comment: Comment) {
  const repositoryUrl = `${world.url}/repos/${fullName(repository)}`;
  const url = `${repositoryUrl}/issues/comments/${comment.id}`;
  const issue = repository.issues.find((one) => one.number === comment.issue)!;
  return {
    id: comment.id,
    node_id: `IC_${comment.id}`,
    body: comment.body,
    user: userShape(world, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: associationOf(repository, comment.author),
    performed_via_github_app: viaAppShape(world, comment.viaApp),
    reactions: reactionsShape(`${url}/reactions`, reactionsOn(repository, 'comment', comment.id)),
    url,
    issue_url: `${repositoryUrl}/issues/${comment.issue}`,
    html_url: `${issueAddress(world, repository, issue)}#issuecomment-${comment.id}`,
  };
}

export function eventShape(world: World, repository: Repository, event: IssueEvent) {
  const assignee = event.assignee ? userShape(world, event.assignee) : undefined;
  return {
    id: event.id,
    node_id: `IE_${event.id}`,
    url: `${world.url}/repos/${fullName(repository)}/issues/events/${event.id}`,
    actor: userShape(world, event.actor),
    event: event.event,
    commit_id: event.commit ?? null,
    commit_url: event.commit ? `${world.url}/repos/${fullName(repository)}/commits/${event.commit}` : null,
    created_at: event.createdAt,
    performed_via_github_app: viaAppShape(world, event.viaApp),
    ...(event.label ? { label: event.label } : {}),
    ...(event.rename ? { rename: event.rename } : {}),
    ...(assignee ? { assignee, assigner: userShape(world, event.actor) } : {}),
  };
}

export function reactionShape(world: World, reaction: Reaction) {
  return {
    id: reaction.id,
    node_id: `RE_${reaction.id}`,
    user: userShape(world, reaction.user),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}

export function reactionsOn(repository: Repository, on: Reaction['on'], subject: number): Reaction[] {
  return repository.reactions.filter((reaction) => reaction.on === on && reaction.subject === subject);
}

const contents = ['+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes'];

function reactionsShape(url: string, reactions: readonly Reaction[]) {
  const count = (content: string) => reactions.filter((reaction) => reaction.content === content).length;
  return {
    url,
    total_count: reactions.length,
    ...Object.fromEntries(contents.map((content) => [content, count(content)])),
  };
}
