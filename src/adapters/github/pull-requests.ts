import type { Forge, SubmittedReview } from '../../ports.ts';
import { fitBody } from './fit.ts';
import { GithubRefused, ourError, statusOf } from './refused.ts';
import { actorOf, allPages, authorOf, type GithubRepository, PER_PAGE } from './repository.ts';

export const pullRequest =
  ({ octokit, at }: GithubRepository): Forge['pullRequest'] =>
  async (pull_number) => {
    const { data } = await octokit.rest.pulls.get({ ...at, pull_number });
    const own = data.head.repo?.id === data.base.repo.id;
    return {
      number: data.number,
      open: data.state === 'open',
      merged: data.merged,
      mergeSha: data.merged ? data.merge_commit_sha : null,
      draft: data.draft === true,
      ...authorOf(data.user),
      head: data.head.sha,
      // A fork may name its branch like one of ours. `owner:branch` is no name that git allows.
      headBranch: own ? data.head.ref : data.head.label,
      base: data.base.sha,
      baseBranch: data.base.ref,
      mergeable: data.mergeable,
      behind: data.mergeable_state === 'behind',
      labels: data.labels.map(({ name }) => name),
    };
  };

export const openPullRequest = ({ octokit, writing, at }: GithubRepository): Forge['openPullRequest'] => {
  const openOne = async (branch: string, base: string): Promise<number | undefined> => {
    const head = `${at.owner}:${branch}`;
    const { data } = await octokit.rest.pulls.list({ ...at, state: 'open', head, base, per_page: PER_PAGE });
    // Without this an answer that ignores the filter would hand us somebody else's pull request.
    return data.find((one) => one.head.ref === branch && one.head.repo?.id === one.base.repo.id)?.number;
  };
  return async (permit, { branch, base, title, body }) => {
    try {
      const request = { ...at, head: branch, base, title: title.slice(0, 256), body: fitBody(body) };
      return (await writing(permit).rest.pulls.create(request)).data.number;
    } catch (error) {
      // GitHub says 422 for one that exists already, and for much else.
      const known = statusOf(error) === 422 ? await openOne(branch, base) : undefined;
      if (known === undefined) throw error;
      return known;
    }
  };
};

/** Asking for a review is a courtesy: that GitHub does not let somebody be asked stops nothing. */
export const requestReview =
  ({ writing, at, log }: GithubRepository): Forge['requestReview'] =>
  async (permit, pull_number, { people, teams }) => {
    const team_reviewers = teams.map((team) => team.slice(team.indexOf('/') + 1));
    try {
      await writing(permit).rest.pulls.requestReviewers({
        ...at,
        pull_number,
        reviewers: [...people],
        ...(team_reviewers.length > 0 && { team_reviewers }),
      });
      return true;
    } catch (error) {
      const ours = ourError(error);
      // Teams may be out of an App's sight altogether.
      const courtesy = teams.length > 0 ? [422, 403, 404] : [422];
      if (!(ours instanceof GithubRefused && courtesy.includes(ours.status))) throw error;
      log.warn(ours.message, { pullRequest: pull_number });
      return false;
    }
  };

const states: Readonly<Record<string, SubmittedReview['state']>> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes-requested',
  COMMENTED: 'commented',
  DISMISSED: 'dismissed',
  PENDING: 'pending',
};

export const reviews =
  ({ octokit, at }: GithubRepository): Forge['reviews'] =>
  async (pull_number) => {
    const read = (page: number) => octokit.rest.pulls.listReviews({ ...at, pull_number, per_page: PER_PAGE, page });
    return (await allPages(read)).map((review) => ({
      id: review.id,
      ...actorOf(review.user),
      state: states[review.state] ?? 'commented',
      head: review.commit_id ?? '',
      body: review.body,
    }));
  };

export const deleteBranch =
  ({ writing, at }: GithubRepository): Forge['deleteBranch'] =>
  async (permit, branch) => {
    try {
      await writing(permit).rest.git.deleteRef({ ...at, ref: `heads/${branch}` });
    } catch (error) {
      const ours = ourError(error);
      // GitHub says 422 for a branch that is gone, and also for one that may not be deleted.
      const gone = ours instanceof GithubRefused && (ours.status === 404 || /does not exist/i.test(ours.words));
      if (!gone) throw error;
    }
  };
