import type { Place } from './inline.ts';
import { renderMarkdown } from './markdown.ts';
import {
  type AreaOptions,
  area,
  avatar,
  byline,
  chip,
  type Failed,
  failedIn,
  form,
  input,
  kept,
  sha,
  time,
} from './parts.ts';
import { type Markup, markup, type Part, shown } from './text.ts';
import type { Issue, Label, TimelineItem, User } from './types.ts';
import type { Visit } from './visit.ts';

/** What an issue's page and a pull request's have in common. */
export interface Thread {
  readonly visit: Visit;
  readonly repository: string;
  readonly issue: Issue;
  readonly timeline: readonly TimelineItem[];
  /** The repository's labels. */
  readonly labels: readonly Label[];
  /** True for those who may edit everybody's words. */
  readonly writes: boolean;
  readonly place: Place;
  readonly failed: Failed | undefined;
}

const writers = new Set(['write', 'maintain', 'admin']);

export async function loadThread(visit: Visit, repository: string, number: number, failed?: Failed): Promise<Thread> {
  const at = `/repos/${repository}`;
  const issue = await visit.get<Issue>(`${at}/issues/${number}`);
  const [timeline, labels, role] = await Promise.all([
    visit.all<TimelineItem>(`${at}/issues/${number}/timeline`),
    visit.all<Label>(`${at}/labels`),
    visit.login && visit.get<{ role_name: string }>(`${at}/collaborators/${visit.login}/permission`),
  ]);
  const place = { url: visit.forge.url, repository };
  return { visit, repository, issue, timeline, labels, writes: !!role && writers.has(role.role_name), place, failed };
}

/** Where the forms of a thread go. */
export const threadPath = ({ repository, issue }: Pick<Thread, 'repository' | 'issue'>) =>
  `/${repository}/issues/${issue.number}`;

export interface Post {
  readonly id: string;
  readonly user: User;
  readonly said: Part;
  readonly at: string | null | undefined;
  readonly body: string | null;
  readonly edit?: Markup | null;
  readonly below?: Part;
}

/** Something that somebody said. */
export function post({ place }: Pick<Thread, 'place'>, { id, user, said, at, body, edit, below }: Post): Markup {
  const words = body?.trim() ? renderMarkdown(body, place) : markup`<p class="quiet">No words.</p>`;
  return markup`<article class="post" id="${id}">
<header>${avatar(user)} <p>${byline(user)} ${said} <a class="quiet" href="#${id}">${time(at)}</a></p></header>
${edit}
<div class="prose" dir="auto">${words}</div>${below}
</article>`;
}

/** The first words of the thread, with a form to edit them. */
export function opening(thread: Thread): Markup {
  const { issue } = thread;
  const edit = editor(thread, issue.user, 'edit', `${threadPath(thread)}/edit`, (wrong) => [
    input('title', 'Title', kept(wrong, 'title', issue.title), { required: true, key: 'edit' }),
    area('body', 'Description', kept(wrong, 'body', issue.body ?? ''), editing('edit', issue.body)),
    markup`<button class="primary">Save</button>`,
  ]);
  const id = `issue-${issue.number}`;
  const { user, created_at: at, body } = issue;
  return post(thread, { id, user, said: 'opened this', at, body, edit });
}

/** A form to edit somebody's words, folded away; null for those who may not. */
function editor(
  { visit, writes, failed }: Thread,
  author: User,
  name: string,
  action: string,
  fields: (wrong: Failed | undefined) => Part,
): Markup | null {
  if (visit.login === null || !(writes || author.login === visit.login)) return null;
  const wrong = failedIn(failed, name);
  const body = form(visit, action, fields(wrong), wrong);
  return markup`<details class="editor" ${wrong && 'open'}><summary>Edit</summary>${body}</details>`;
}

function editing(key: string, text: string | null | undefined): AreaOptions {
  return { key, mono: true, rows: Math.min(40, Math.max(12, (text ?? '').split('\n').length + 3)) };
}

/** A comment or an event of the timeline. */
export function happening(thread: Thread, item: TimelineItem): Markup | null {
  if (item.event === 'commented') return comment(thread, item);
  const words = eventWords(thread, item);
  if (!words) return null;
  return markup`<p class="event">${avatar(item.actor)} <span>${byline(item.actor)} ${words} <span class="quiet">${time(item.created_at)}</span></span></p>`;
}

function comment(thread: Thread, item: TimelineItem): Markup {
  const { id, actor: user, created_at: at, body = '' } = item;
  const name = `comment-${id}`;
  const edit = editor(thread, user, name, `/${thread.repository}/comments/${id}`, (wrong) => [
    area('body', `Comment of ${user.login}`, kept(wrong, 'body', body), editing(name, body)),
    markup`<button class="primary">Save comment</button>`,
  ]);
  const said = item.updated_at === at ? 'commented' : 'commented, edited later';
  return post(thread, { id: `issuecomment-${id}`, user, said, at, body, edit });
}

function eventWords({ repository }: Thread, item: TimelineItem): Part {
  const { event, label, rename, assignee, commit_id: commit } = item;
  if (event === 'labeled' && label) return ['set the label ', chip(label)];
  if (event === 'unlabeled' && label) return ['took off the label ', chip(label)];
  if (event === 'renamed' && rename)
    return markup`renamed this from <del>${shown(rename.from)}</del> to <b>${shown(rename.to)}</b>`;
  if (event === 'assigned' && assignee) return markup`assigned <b>${shown(assignee.login)}</b>`;
  if (event === 'unassigned' && assignee) return markup`unassigned <b>${shown(assignee.login)}</b>`;
  if (event === 'merged') return ['merged this', commit ? [' as ', sha(repository, commit)] : null];
  if (event === 'closed' || event === 'reopened') return `${event} this`;
  return null;
}
