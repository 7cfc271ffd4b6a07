import type { Forge } from '../../ports.ts';
import { fitBody } from './fit.ts';
import { ourError } from './refused.ts';
import { actorOf, allPages, authorOf, type GithubRepository, PER_PAGE } from './repository.ts';

export const issue =
  ({ octokit, at }: GithubRepository): Forge['issue'] =>
  async (issue_number) => {
    const { data } = await octokit.rest.issues.get({ ...at, issue_number });
    return {
      number: data.number,
      title: data.title,
      body: data.body ?? '',
      ...authorOf(data.user),
      authorIsPerson: actorOf(data.user).byPerson,
      open: data.state === 'open',
      labels: data.labels.map((label) => (typeof label === 'string' ? label : (label.name ?? ''))),
      isPullRequest: data.pull_request !== undefined,
      closedBy: data.closed_by?.login ?? null,
      createdAt: data.created_at,
    };
  };

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

export const findIssues =
  ({ octokit, at, me }: GithubRepository): Forge['findIssues'] =>
  async (line, since) => {
    const read = (page: number) =>
      octokit.rest.issues.listForRepo({ ...at, state: 'all', since, per_page: PER_PAGE, page });
    return (await allPages(read))
      .filter(
        ({ user, body, pull_request }) => user?.login === me.login && pull_request === undefined && holds(body, line),
      )
      .map(({ number, state }) => ({ number, open: state === 'open' }))
      .sort((a, b) => a.number - b.number);
  };

const holds = (body: string | null | undefined, line: string): boolean =>
  (body ?? '').split(/\r\n?|\n/).some((one) => one.trim() === line);

export const openIssue =
  ({ writing, at }: GithubRepository): Forge['openIssue'] =>
  async (permit, { title, body, labels }) =>
    (await writing(permit).rest.issues.create({ ...at, title, body: fitBody(body), labels: [...labels] })).data.number;

export const closeIssue =
  ({ writing, at }: GithubRepository): Forge['closeIssue'] =>
  async (permit, issue_number, state_reason) => {
    await writing(permit).rest.issues.update({ ...at, issue_number, state: 'closed', state_reason });
  };

export const reopenIssue =
  ({ writing, at }: GithubRepository): Forge['reopenIssue'] =>
  async (permit, issue_number) => {
    await writing(permit).rest.issues.update({ ...at, issue_number, state: 'open', state_reason: 'reopened' });
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
