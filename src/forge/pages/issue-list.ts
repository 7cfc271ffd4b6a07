import { issueBadge } from './issue.ts';
import { page, respond } from './layout.ts';
import { chip, time } from './parts.ts';
import { pullBadge } from './pull-badge.ts';
import { type Markup, markup, type Part, shown } from './text.ts';
import type { Issue, Pull } from './types.ts';
import { inRepository, type Pages, repositoryOf, type Visit } from './visit.ts';

type Filter = 'open' | 'closed' | 'all';
const readFilter = (text: string | undefined): Filter => (text === 'closed' || text === 'all' ? text : 'open');

function filters(path: string, now: Filter): Markup {
  const link = (filter: Filter, words: string) =>
    markup`<a href="${path}?state=${filter}" ${filter === now && markup`aria-current="page"`}>${words}</a>`;
  return markup`<nav class="filters" aria-label="Filter">${link('open', 'Open')}${link('closed', 'Closed')}${link('all', 'All')}</nav>`;
}

function row(
  state: Markup,
  href: string,
  item: Pick<Issue, 'number' | 'title' | 'labels' | 'user' | 'created_at'>,
  more: Part,
): Markup {
  return markup`<li>${state}<div><a class="row-title" href="${href}"><bdi>${shown(item.title)}</bdi></a> ${item.labels.map((label) => [chip(label), ' '])}
<p class="quiet">#${item.number} opened by ${shown(item.user.login)} ${time(item.created_at)}${more}</p></div></li>`;
}

const nothing = (what: string) => markup`<p class="empty">No ${what} here.</p>`;

async function issues(visit: Visit, repository: string, filter: Filter): Promise<Response> {
  const all = await visit.all<Issue>(`/repos/${repository}/issues?state=${filter}`);
  const found = all.filter((issue) => !issue.pull_request);
  const counted = (issue: Issue) =>
    issue.comments > 0 && ` · ${issue.comments} comment${issue.comments === 1 ? '' : 's'}`;
  const rows = found.map((issue) =>
    row(issueBadge(issue), `/${repository}/issues/${issue.number}`, issue, counted(issue)),
  );
  const body = markup`<header class="title with-action"><h1>Issues</h1><a class="button primary" href="/${repository}/issues/new">New issue</a></header>
${filters(`/${repository}/issues`, filter)}<div data-live id="list">${rows.length > 0 ? markup`<ul class="rows">${rows}</ul>` : nothing('issues')}</div>`;
  return respond(page(visit, `Issues · ${repository}`, body, { repository, here: 'issues', live: true }));
}

async function pulls(visit: Visit, repository: string, filter: Filter): Promise<Response> {
  const found = await visit.all<Pull>(`/repos/${repository}/pulls?state=${filter}`);
  const branches = (pull: Pull) =>
    markup` · <code>${shown(pull.head.ref)}</code> into <code>${shown(pull.base.ref)}</code>`;
  const rows = found.map((pull) => row(pullBadge(pull), `/${repository}/pull/${pull.number}`, pull, branches(pull)));
  const body = markup`<header class="title"><h1>Pull requests</h1></header>
${filters(`/${repository}/pulls`, filter)}<div data-live id="list">${rows.length > 0 ? markup`<ul class="rows">${rows}</ul>` : nothing('pull requests')}</div>`;
  return respond(page(visit, `Pull requests · ${repository}`, body, { repository, here: 'pulls', live: true }));
}

export function addLists(pages: Pages): void {
  pages.get(`${inRepository}/issues`, (context) =>
    issues(context.get('visit'), repositoryOf(context), readFilter(context.req.query('state'))),
  );
  pages.get(`${inRepository}/pulls`, (context) =>
    pulls(context.get('visit'), repositoryOf(context), readFilter(context.req.query('state'))),
  );
}
