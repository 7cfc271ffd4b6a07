import type { Forge } from '../../ports.ts';
import { ourError } from './refused.ts';
import { actorOf, allPages, type GithubRepository, PER_PAGE } from './repository.ts';
import { shut } from './shut.ts';

export const issue =
  (on: GithubRepository): Forge['issue'] =>
  async (issue_number) => {
    const { octokit, at } = on;
    const { data, url } = await octokit.rest.issues.get({ ...at, issue_number });
    if (!url.endsWith(`/repos/${at.owner}/${at.repo}/issues/${issue_number}`))
      await refuseOther(on, issue_number, data);
    const { by, byPerson } = actorOf(data.user);
    return {
      number: data.number,
      title: data.title,
      body: data.body ?? '',
      author: by,
      authorIsPerson: byPerson,
      open: data.state === 'open',
      labels: data.labels.map((label) => (typeof label === 'string' ? label : (label.name ?? ''))),
      isPullRequest: data.pull_request !== undefined,
      closedBy: data.closed_by?.login ?? null,
    };
  };

/** GitHub leads on from an issue that went to another repository as from a repository that was renamed. */
async function refuseOther(
  { octokit, at }: GithubRepository,
  number: number,
  found: { readonly number: number; readonly repository_url: string },
): Promise<void> {
  const { data } = await octokit.rest.repos.get(at);
  const same = found.number === number && found.repository_url.endsWith(`/repos/${data.full_name}`);
  if (!same) throw shut('issue-gone');
}

export const labelEvents =
  ({ octokit, at }: GithubRepository): Forge['labelEvents'] =>
  async (issue_number) => {
    const read = (page: number) => octokit.rest.issues.listEvents({ ...at, issue_number, per_page: PER_PAGE, page });
    return (await allPages(read)).flatMap((event) => {
      if ((event.event !== 'labeled' && event.event !== 'unlabeled') || !('label' in event)) return [];
      const viaApp = event.performed_via_github_app != null;
      const on = event.event === 'labeled';
      return [{ id: event.id, label: event.label.name, on, ...actorOf(event.actor), viaApp, at: event.created_at }];
    });
  };

export const closeIssue =
  ({ writing, at }: GithubRepository): Forge['closeIssue'] =>
  async (permit, issue_number, state_reason) => {
    await writing(permit).rest.issues.update({ ...at, issue_number, state: 'closed', state_reason });
  };

export const ensureLabels =
  ({ octokit, writing, at }: GithubRepository): Forge['ensureLabels'] =>
  async (permit, labels) => {
    const read = (page: number) => octokit.rest.issues.listLabelsForRepo({ ...at, per_page: PER_PAGE, page });
    // GitHub compares labels without case.
    const there = new Set((await allPages(read)).map(({ name }) => name.toLowerCase()));
    const failed: string[] = [];
    for (const label of labels.filter(({ name }) => !there.has(name.toLowerCase()))) {
      try {
        await writing(permit).rest.issues.createLabel({ ...at, ...label });
      } catch (error) {
        if (!isRefusal(error)) throw error;
        failed.push(label.name);
      }
    }
    return failed;
  };

const isRefusal = (error: unknown): boolean => {
  const ours = ourError(error);
  return ours instanceof Error && ours.name === 'GithubRefused';
};
