import { GitHubError } from '../answers.ts';
import { dequeue, enqueue } from '../merge-queue.ts';
import type { Repository } from '../state.ts';
import { findIssue, findPull } from '../world.ts';
import { type GraphCall, readsByName, writesIn } from './operation.ts';

/** As REST gives it. */
const pullId = (repository: Repository, number: number): string => `PR_${findIssue(repository, number).id}`;

export const mergeQueueEntry = readsByName('merge_queues', (call) => {
  const { repository } = call;
  const { number } = findPull(repository, call.number('number'));
  const entry = repository.mergeQueue?.find((one) => one.pull === number);
  const headCommit = entry?.group ? { oid: entry.group.head } : null;
  const pullRequest = { id: pullId(repository, number), mergeQueueEntry: entry ? { headCommit } : null };
  return { repository: { pullRequest } };
});

/** What GitHub wants of an app for it is not documented: all that merging by hand and changing a queue needs. */
function pullIn(call: GraphCall) {
  const id = call.text('pullRequestId');
  const of = (repository: Repository) => repository.pulls.find(({ number }) => pullId(repository, number) === id);
  const repository = call.world.state.repositories.find(of);
  const pull = repository && of(repository);
  if (!pull) throw new GitHubError(404, `Could not resolve to a node with the global id of '${id}'`);
  return { pull, ...writesIn(call, repository, ['contents', 'pull_requests', 'merge_queues']) };
}

export async function enqueuePullRequest(call: GraphCall) {
  const { world, repository, pull, person } = pullIn(call);
  const entry = await enqueue(world, repository, pull, call.text('head'), person);
  return { enqueuePullRequest: { mergeQueueEntry: { id: `MQE_${entry.id}` } } };
}

export async function dequeuePullRequest(call: GraphCall) {
  const { world, repository, pull } = pullIn(call);
  const entry = await dequeue(world, repository, pull);
  return { dequeuePullRequest: { mergeQueueEntry: { id: `MQE_${entry.id}` } } };
}
