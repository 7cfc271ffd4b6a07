import { field } from './guard.ts';
import { area, chip, failedIn, form, kept } from './parts.ts';
import { type Markup, markup } from './text.ts';
import { type Thread, threadPath } from './thread.ts';
import type { Label } from './types.ts';
import { segment } from './visit.ts';

/** What everybody with a name can do: comment, close, reopen. The API decides whether they may. */
export function reply(thread: Thread): Markup {
  const { visit, issue, failed } = thread;
  const to = threadPath(thread);
  const wrong = failedIn(failed, 'comment');
  const comment = form(
    visit,
    `${to}/comment`,
    [
      area('body', 'Write a comment', kept(wrong, 'body'), {
        key: 'reply',
        required: true,
        placeholder: 'Markdown works here',
      }),
      markup`<button class="primary">Comment</button>`,
    ],
    wrong,
  );
  if (!visit.session) return markup`<section class="reply">${comment}</section>`;
  const [next, words] = issue.state === 'open' ? ['closed', 'Close'] : ['open', 'Reopen'];
  // What is merged stays closed.
  const state =
    !issue.pull_request?.merged_at &&
    form(
      visit,
      `${to}/state`,
      markup`<button name="state" value="${next!}">${words} this</button>`,
      failedIn(failed, 'state'),
    );
  return markup`<section class="reply"><h2>Add to it</h2>${comment}${state}</section>`;
}

/** The labels that are set, each with a way to take it off, and those that could be. */
export function labelPanel(thread: Thread): Markup {
  const { visit, issue, labels, failed } = thread;
  const set = new Set(issue.labels.map(({ name }) => name));
  const free = labels.filter(({ name }) => !set.has(name));
  const to = threadPath(thread);
  const off = (label: Label) =>
    markup`<button name="label" value="${label.name}" class="plain" aria-label="Take off ${label.name}">✕</button>`;
  const current = issue.labels.map(
    (label) =>
      markup`<li>${chip(label)} ${visit.session && form(visit, `${to}/unlabel`, off(label), undefined, 'inline')}</li>`,
  );
  const on = free.map(
    (label) =>
      markup`<button name="label" value="${label.name}" aria-label="Set ${label.name}"><span aria-hidden="true">+</span> ${chip(label)}</button>`,
  );
  const wrong = failedIn(failed, 'label');
  return markup`<section class="panel"><h2>Labels</h2>
<ul class="labels">${current.length > 0 ? current : markup`<li class="quiet">None yet</li>`}</ul>
${(free.length > 0 || wrong) && visit.session && form(visit, `${to}/label`, [markup`<p class="quiet">Set one:</p>`, on], wrong, 'choices')}
</section>`;
}

/** What a form of a thread asks of the API, by the last part of its address. */
export function threadRequest(
  action: string,
  at: string,
  values: FormData,
): readonly [method: string, path: string, body?: unknown] | null {
  const label = field(values, 'label');
  if (action === 'comment') return ['POST', `${at}/comments`, { body: field(values, 'body') }];
  if (action === 'edit') return ['PATCH', at, { title: field(values, 'title'), body: field(values, 'body') }];
  if (action === 'label') return ['POST', `${at}/labels`, { labels: [label] }];
  if (action === 'unlabel') return ['DELETE', `${at}/labels/${segment(label)}`];
  if (action === 'state') return ['PATCH', at, { state: field(values, 'state') === 'open' ? 'open' : 'closed' }];
  return null;
}
