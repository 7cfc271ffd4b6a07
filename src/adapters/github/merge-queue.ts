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

const enqueued = z.object({
  enqueuePullRequest: z.object({ mergeQueueEntry: z.object({ id: z.string() }).nullable() }),
});

async function entryOf({ octokit, at }: GithubRepository, number: number) {
  const variables = { owner: at.owner, name: at.repo, number };
  const { pullRequest } = (await askGraphql(octokit, 'mergeQueueEntry', variables, entry)).repository;
  return { id: pullRequest.id, queued: pullRequest.mergeQueueEntry !== null };
}

export const isQueued =
  (on: GithubRepository): Forge['isQueued'] =>
  async (number) =>
    (await entryOf(on, number)).queued;

/** When the answer got lost, or is a refusal, it is read back: it may be there already. */
export const enqueue =
  (on: GithubRepository): Forge['enqueue'] =>
  async (permit, number, { head }, look) => {
    const { id, queued } = await entryOf(on, number);
    if (look && queued) return { queued: true };
    try {
      await askGraphql(on.writing(permit), 'enqueuePullRequest', { pullRequestId: id, head }, enqueued);
      return { queued: true };
    } catch (error) {
      const ours = ourError(error);
      if (!(ours instanceof GithubRefused || ours instanceof Weather)) throw ours;
      if ((await entryOf(on, number)).queued) return { queued: true };
      if (ours instanceof Weather) throw ours;
      return { queued: false, message: ours.words };
    }
  };
