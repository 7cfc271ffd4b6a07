import { emitIssue } from './emit.ts';
import { issueShape } from './shapes/issue.ts';
import { repositoryShape } from './shapes/repository.ts';
import type { Issue, Repository } from './state.ts';
import type { World } from './world.ts';

/** Takes an issue with its comments and events out of its repository. */
function takeOut(repository: Repository, issue: Issue, to: { repository: number; number: number } | null) {
  const { number } = issue;
  const of = <T extends { issue: number }>(all: T[]) => all.filter((one) => one.issue === number);
  const taken = { comments: of(repository.comments), events: of(repository.events) };
  repository.issues = repository.issues.filter((one) => one !== issue);
  repository.comments = repository.comments.filter((one) => one.issue !== number);
  repository.events = repository.events.filter((one) => one.issue !== number);
  repository.departed = [...(repository.departed ?? []), { number, to }];
  return taken;
}

/** Deletes an issue. Whoever asks for it then is told 410. */
export async function deleteIssue(world: World, repository: Repository, issue: Issue, by: string): Promise<void> {
  await emitIssue(world, repository, 'deleted', issue, by);
  takeOut(repository, issue, null);
  world.changed();
}

/** Moves an issue to another repository of the same owner, under a new number. GitHub keeps only labels known there. */
export async function transferIssue(
  world: World,
  repository: Repository,
  issue: Issue,
  target: Repository,
  by: string,
): Promise<Issue> {
  const labels = issue.labels.filter((label) => target.labels.some(({ name }) => name === label));
  const moved: Issue = { ...issue, id: world.nextId(), number: target.nextNumber++, labels };
  target.issues.push(moved);
  const changes = {
    new_issue: issueShape(world, target, moved),
    new_repository: repositoryShape(world, target),
  };
  await emitIssue(world, repository, 'transferred', issue, by, { changes });
  const taken = takeOut(repository, issue, { repository: target.id, number: moved.number });
  target.comments.push(...taken.comments.map((one) => ({ ...one, issue: moved.number })));
  target.events.push(...taken.events.map((one) => ({ ...one, issue: moved.number })));
  world.changed();
  await emitIssue(world, target, 'opened', moved, by);
  return moved;
}
