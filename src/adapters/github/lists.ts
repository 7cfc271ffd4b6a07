import { githubTrouble } from '../../domain/messages/github.ts';
import { Weather } from '../../ports.ts';
import { repositoryName } from './event-fields.ts';
import { ours } from './forge.ts';
import type { Octokit } from './octokit.ts';
import { statusOf } from './refused.ts';
import { PER_PAGE } from './repository.ts';

/** One page of a list, read only when it is another than the one with this entity tag. */
export interface Reading<T> {
  /** null: the very page that the tag names. */
  readonly items: readonly T[] | null;
  readonly etag: string | null;
  /** Whether GitHub has a next page. Only told with items. */
  readonly more: boolean;
  /** GitHub's time of the answer in ms since 1970. */
  readonly at: number;
}

/** Something on GitHub with a number, and what would differ after a change. */
export interface Listed {
  readonly number: number;
  /** GitHub's time of the last change, whole seconds. */
  readonly updatedAt: string;
  readonly state: readonly unknown[];
}

export interface ListedPull extends Listed {
  /** null for a branch of a fork. */
  readonly branch: string | null;
}

export interface ListedComment extends Listed {
  readonly createdAt: string;
  /** The webhook that told of it when it was written, but for the installation. */
  readonly told: { readonly event: 'issue_comment'; readonly payload: object };
}

export interface ListedRepository {
  readonly id: number;
  readonly name: string;
  readonly asOf: string | null;
  readonly archived: boolean;
}

type Page<T> = (repo: string, page: number, etag: string | null) => Promise<Reading<T>>;

/** Reads of one installation's repositories by `owner/name`. A 304 costs nothing of the quota. Throws like the port. */
export interface Lists {
  readonly repositories: (page: number, etag: string | null) => Promise<Reading<ListedRepository>>;
  /** Open issues with the label, oldest first: what is behind is seldom touched. */
  issues(label: string): Page<Listed>;
  readonly pulls: Page<ListedPull>;
  /** The comments that were written or edited last, newest first; `number` is the issue's or pull request's. */
  readonly comments: Page<ListedComment>;
  /** The commit at the head of the default branch; none in an empty repository. */
  readonly head: Page<{ readonly sha: string }>;
}

interface Answer<T> {
  readonly data: T;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

/** A list that is none must not look like one in which nothing is open any more. */
function readable<R, T>(data: R, pick: (data: R) => readonly T[]): readonly T[] {
  try {
    return pick(data);
  } catch (cause) {
    throw new Weather(githubTrouble.unreadable(), undefined, { cause });
  }
}

async function read<R, T>(
  etag: string | null,
  call: (headers: Record<string, string>) => Promise<Answer<R>>,
  pick: (data: R) => readonly T[],
): Promise<Reading<T>> {
  try {
    const { data, headers } = await call(etag === null ? {} : { 'if-none-match': etag });
    const items = readable(data, pick);
    const more = /rel="next"/.test(String(headers['link'] ?? ''));
    const at = Date.parse(String(headers['date'])) || Date.now();
    return { items, etag: typeof headers['etag'] === 'string' ? headers['etag'] : null, more, at };
  } catch (error) {
    if (statusOf(error) !== 304) throw error;
    return { items: null, etag, more: false, at: Date.now() };
  }
}

const placeOf = (name: string) => ({
  owner: name.slice(0, name.indexOf('/')),
  repo: name.slice(name.indexOf('/') + 1),
});

const oldestFirst = { sort: 'created', direction: 'asc', state: 'open', per_page: PER_PAGE } as const;

const repositories =
  (octokit: Octokit): Lists['repositories'] =>
  (page, etag) =>
    read(
      etag,
      (headers) => octokit.rest.apps.listReposAccessibleToInstallation({ per_page: PER_PAGE, page, headers }),
      (data) =>
        data.repositories
          .filter(({ full_name }) => repositoryName(full_name) !== undefined)
          .map(({ id, full_name, updated_at, archived }) => ({ id, name: full_name, asOf: updated_at, archived })),
    );

const issues =
  (octokit: Octokit, labels: string): Page<Listed> =>
  (repo, page, etag) =>
    read(
      etag,
      (headers) => octokit.rest.issues.listForRepo({ ...placeOf(repo), ...oldestFirst, labels, page, headers }),
      (data) =>
        data
          .filter((one) => one.pull_request === undefined)
          .map(({ number, updated_at, comments, title, body, locked }) => ({
            number,
            updatedAt: updated_at,
            state: [updated_at, comments, title, body, ...(locked ? ['locked'] : [])],
          })),
    );

const pulls =
  (octokit: Octokit): Page<ListedPull> =>
  (repo, page, etag) =>
    read(
      etag,
      (headers) => octokit.rest.pulls.list({ ...placeOf(repo), ...oldestFirst, page, headers }),
      (data) =>
        data.map(({ number, updated_at, head, base, draft }) => ({
          number,
          updatedAt: updated_at,
          state: [updated_at, head.sha, base.ref, draft],
          branch: head.repo?.id === base.repo.id ? head.ref : null,
        })),
    );

const comments = (octokit: Octokit): Page<ListedComment> => {
  const latestFirst = { sort: 'updated', direction: 'desc', per_page: PER_PAGE } as const;
  return (repo, page, etag) =>
    read(
      etag,
      (headers) => octokit.rest.issues.listCommentsForRepo({ ...placeOf(repo), ...latestFirst, page, headers }),
      (data) =>
        data.map(({ id, body, user, issue_url, html_url, created_at, updated_at }) => {
          const number = Number(/\/(\d+)$/.exec(issue_url)?.[1]);
          const issue = { number, ...(/\/pull\/\d+#/.test(html_url) && { pull_request: {} }) };
          const payload = { action: 'created', issue, comment: { id, body }, sender: user };
          const told = { event: 'issue_comment' as const, payload };
          return { number, updatedAt: updated_at, createdAt: created_at, state: [], told };
        }),
    );
};

const head =
  (octokit: Octokit): Lists['head'] =>
  async (repo, _, etag) => {
    const call = (headers: Record<string, string>) =>
      octokit.rest.repos.listCommits({ ...placeOf(repo), per_page: 1, headers });
    try {
      return await read(etag, call, (data) => data.map(({ sha }) => ({ sha })));
    } catch (error) {
      // An empty repository has no head.
      if (statusOf(error) === 409) return { items: [], etag: null, more: false, at: Date.now() };
      throw error;
    }
  };

export function listsOf(octokit: Octokit): Lists {
  return {
    repositories: ours(repositories(octokit)),
    issues: (label) => ours(issues(octokit, label)),
    pulls: ours(pulls(octokit)),
    comments: ours(comments(octokit)),
    head: ours(head(octokit)),
  };
}
