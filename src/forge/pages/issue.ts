import { page, respond } from './layout.ts';
import { badge, byline, type Failed, time } from './parts.ts';
import { type Markup, markup, type Part, shown } from './text.ts';
import { happening, loadThread, opening, type Thread } from './thread.ts';
import { labelPanel, reply } from './thread-forms.ts';
import type { Issue } from './types.ts';
import type { Visit } from './visit.ts';

export function issueBadge({ state, state_reason }: Pick<Issue, 'state' | 'state_reason'>): Markup {
  if (state === 'open') return badge('good', 'Open');
  return state_reason === 'not_planned' ? badge('quiet', 'Closed, not planned') : badge('done', 'Closed');
}

export function titleOf(issue: Pick<Issue, 'title' | 'number'>, below: Part): Markup {
  return markup`<header class="title"><h1 dir="auto">${shown(issue.title)} <span class="quiet">#${issue.number}</span></h1>
<p data-live id="state">${below}</p></header>`;
}

/** The page of one issue; with `failed`, beside the form that failed. */
export async function showIssue(visit: Visit, repository: string, number: number, failed?: Failed): Promise<Response> {
  const thread = await loadThread(visit, repository, number, failed);
  const { issue } = thread;
  const status = [issueBadge(issue), ' ', byline(issue.user), ' opened this ', time(issue.created_at)];
  const body = [
    titleOf(issue, status),
    markup`<div class="columns"><div>${conversation(thread)}${reply(thread)}</div><aside>${liveLabels(thread)}</aside></div>`,
  ];
  const content = page(visit, `${issue.title} · #${number}`, body, {
    repository,
    here: 'issues',
    live: issue.state === 'open',
  });
  return respond(content, failed?.status ?? 200);
}

function conversation(thread: Thread): Markup {
  const items = thread.timeline.map((item) => happening(thread, item));
  return markup`<section class="conversation" data-live id="conversation" aria-label="Conversation">${opening(thread)}${items}</section>`;
}

export function liveLabels(thread: Thread): Markup {
  return markup`<div data-live id="labels">${labelPanel(thread)}</div>`;
}
