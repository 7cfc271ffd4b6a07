import { githubTrouble } from '../../domain/messages/github.ts';
import { type Forge, type MergeResult, Weather } from '../../ports.ts';
import { GithubRefused, ourError, statusOf } from './refused.ts';
import { allPages, type GithubRepository, PER_PAGE } from './repository.ts';

type Pull = Awaited<ReturnType<GithubRepository['octokit']['rest']['pulls']['get']>>['data'];
const not = (why: 'retry' | 'moved' | 'queue' | 'refused', message: string): MergeResult => ({
  merged: false,
  why,
  message,
});

/** The best first: one commit that says everything, then the branch as it is, then its commits one by one. */
const METHODS = ['squash', 'merge', 'rebase'] as const;
type Method = (typeof METHODS)[number];

/** The repository allows other ways of merging. */
const isOtherWay = (error: unknown): boolean => {
  const ours = ourError(error);
  return (
    ours instanceof GithubRefused &&
    ours.status === 405 &&
    /\b(?:squash merges?|merge commits?|rebase merges?)\b.* not allowed\b/i.test(ours.words)
  );
};

/**
 * Merges this head or tells why not. When the answer got lost, or says only that the pull request cannot be merged, the
 * pull request is read back: it may be merged already.
 */
export const merge =
  (on: GithubRepository): Forge['merge'] =>
  async (permit, pull_number, approval, { title, body }) => {
    const message = { commit_title: title, commit_message: body };
    const request = { ...on.at, pull_number, sha: approval.head, ...message };
    const by = (merge_method: Method) => on.writing(permit).rest.pulls.merge({ ...request, merge_method });
    try {
      const { data } = await firstAllowed(by);
      if (data.merged) return { merged: true, sha: data.sha };
      return await readBack(on, pull_number, approval.head, () => not('refused', data.message));
    } catch (error) {
      const ours = ourError(error);
      if (ours instanceof GithubRefused) return refusalOf(on, pull_number, approval.head, ours);
      if (!(ours instanceof Weather) || isBeforeWork(error)) throw ours;
      return readBack(on, pull_number, approval.head, () => {
        throw ours;
      });
    }
  };

/** Tries the ways of merging in their order until the repository allows one. */
async function firstAllowed<T>(
  by: (method: Method) => Promise<T>,
  [method, ...others]: readonly Method[] = METHODS,
): Promise<T> {
  try {
    return await by(method ?? 'squash');
  } catch (error) {
    if (others.length === 0 || !isOtherWay(error)) throw error;
    return firstAllowed(by, others);
  }
}

/** A limit, a refused token, or a call that was not sent in time: GitHub has not begun to merge. */
const isBeforeWork = (error: unknown): boolean => {
  const status = statusOf(error);
  const unsent = error instanceof Error && error.cause instanceof Weather;
  return unsent || error instanceof Weather || (status !== null && status < 500);
};

async function refusalOf(on: GithubRepository, number: number, head: string, no: GithubRefused): Promise<MergeResult> {
  if (no.status === 409) return not('moved', no.words);
  if (no.status === 403 || no.status === 422) return not('refused', no.words);
  if (no.status !== 405) throw no;
  if (/\bmerge queue\b/i.test(no.words)) return not('queue', no.words);
  // The same status says that the base moved between GitHub's check and its merge.
  if (/base branch was modified/i.test(no.words)) return not('retry', no.words);
  return readBack(on, number, head, (pull) => not(pull.mergeable === null ? 'retry' : 'refused', no.words));
}

async function readBack(
  on: GithubRepository,
  pull_number: number,
  head: string,
  otherwise: (pull: Pull) => MergeResult,
): Promise<MergeResult> {
  const { data } = await on.octokit.rest.pulls.get({ ...on.at, pull_number });
  if (!data.merged) return otherwise(data);
  if (data.head.sha !== head) return not('moved', '');
  return { merged: true, sha: data.merge_commit_sha ?? (await mergeCommit(on, pull_number)) };
}

/** Newer versions of the API drop `merge_commit_sha`; the event of the merge names the same commit. */
async function mergeCommit({ octokit, at }: GithubRepository, issue_number: number): Promise<string> {
  const read = (page: number) => octokit.rest.issues.listEvents({ ...at, issue_number, per_page: PER_PAGE, page });
  const merged = (await allPages(read)).findLast(({ event, commit_id }) => event === 'merged' && commit_id !== null);
  if (merged?.commit_id == null) throw new Weather(githubTrouble.mergeUnseen());
  return merged.commit_id;
}
