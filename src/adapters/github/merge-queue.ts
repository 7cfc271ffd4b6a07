import { z } from 'zod';
import { type Forge, Weather } from '../../ports.ts';
import { askGraphql } from './graphql.ts';
import { GithubRefused, ourError } from './refused.ts';
import type { GithubRepository } from './repository.ts';

const entry = z.object({
  repository: z.object({
    pullRequest: z.object({ id: z.string(), mergeQueueEntry: z.object({}).nullable() }),
  }),
});

const changed = z.object({ mergeQueueEntry: z.object({ id: z.string() }).nullable() });
const enqueued = z.object({ enqueuePullRequest: changed });
const dequeued = z.object({ dequeuePullRequest: changed });

async function entryOf({ octokit, at }: GithubRepository, number: number) {
  const variables = { owner: at.owner, name: at.repo, number };
  const { pullRequest } = (await askGraphql(octokit, 'mergeQueueEntry', variables, entry)).repository;
  return { id: pullRequest.id, queued: pullRequest.mergeQueueEntry !== null };
}

export const isQueued =
  (on: GithubRepository): Forge['isQueued'] =>
  async (number) =>
    (await entryOf(on, number)).queued;

/**
 * Changes the queue, and returns GitHub's words where it refuses; null when it is as `wanted`. When the answer got lost, or
 * is a refusal, it is read back: it may be so already.
 */
async function change(
  on: GithubRepository,
  number: number,
  wanted: boolean,
  call: () => Promise<unknown>,
): Promise<string | null> {
  try {
    await call();
    return null;
  } catch (error) {
    const ours = ourError(error);
    if (!(ours instanceof GithubRefused || ours instanceof Weather)) throw ours;
    if ((await entryOf(on, number)).queued === wanted) return null;
    if (ours instanceof Weather) throw ours;
    return ours.words;
  }
}

export const enqueue =
  (on: GithubRepository): Forge['enqueue'] =>
  async (permit, number, { head }, look) => {
    const { id, queued } = await entryOf(on, number);
    if (look && queued) return { queued: true };
    const put = () => askGraphql(on.writing(permit), 'enqueuePullRequest', { pullRequestId: id, head }, enqueued);
    const message = await change(on, number, true, put);
    return message === null ? { queued: true } : { queued: false, message };
  };

export const dequeue =
  (on: GithubRepository): Forge['dequeue'] =>
  async (permit, number) => {
    const { id, queued } = await entryOf(on, number);
    if (!queued) return true;
    const take = () => askGraphql(on.writing(permit), 'dequeuePullRequest', { pullRequestId: id }, dequeued);
    return (await change(on, number, false, take)) === null;
  };
