import { field, readForm } from './guard.ts';
import { showIssue } from './issue.ts';
import type { Failed } from './parts.ts';
import { showPull } from './pull.ts';
import { threadRequest } from './thread-forms.ts';
import type { Issue } from './types.ts';
import {
  explain,
  inRepository,
  noSuchPage,
  numberOf,
  type PageContext,
  type Pages,
  repositoryOf,
  type Visit,
} from './visit.ts';

/** The page of an issue or of a pull request, whichever has this number. */
async function showThread(visit: Visit, repository: string, number: number, failed?: Failed): Promise<Response> {
  const issue = await visit.get<Issue>(`/repos/${repository}/issues/${number}`);
  return (issue.pull_request ? showPull : showIssue)(visit, repository, number, failed);
}

async function act(context: PageContext): Promise<Response> {
  const visit = context.get('visit');
  const repository = repositoryOf(context);
  const number = numberOf(context, 'number');
  const action = context.req.param('action') ?? '';
  const values = await readForm(context, visit);
  const request = threadRequest(action, `/repos/${repository}/issues/${number}`, values);
  if (!request) throw noSuchPage();
  const answer = await visit.api(...request);
  if (answer.status >= 400) {
    const name = action === 'unlabel' ? 'label' : action;
    return showThread(visit, repository, number, { form: name, status: answer.status, words: explain(answer), values });
  }
  const anchor = action === 'comment' ? `#issuecomment-${answer.body.id}` : '';
  return context.redirect(`/${repository}/issues/${number}${anchor}`, 303);
}

async function editComment(context: PageContext): Promise<Response> {
  const visit = context.get('visit');
  const repository = repositoryOf(context);
  const id = numberOf(context, 'id');
  const values = await readForm(context, visit);
  const at = `/repos/${repository}/issues/comments/${id}`;
  const { issue_url } = await visit.get<{ issue_url: string }>(at);
  const number = Number(issue_url.split('/').at(-1));
  const answer = await visit.api('PATCH', at, { body: field(values, 'body') });
  if (answer.status < 400) return context.redirect(`/${repository}/issues/${number}#issuecomment-${id}`, 303);
  return showThread(visit, repository, number, {
    form: `comment-${id}`,
    status: answer.status,
    words: explain(answer),
    values,
  });
}

export function addThreads(pages: Pages): void {
  pages.get(`${inRepository}/issues/:number{[0-9]+}`, async (context) => {
    const [visit, repository, number] = [context.get('visit'), repositoryOf(context), numberOf(context, 'number')];
    const issue = await visit.get<Issue>(`/repos/${repository}/issues/${number}`);
    if (issue.pull_request) return context.redirect(`/${repository}/pull/${number}`, 302);
    return showIssue(visit, repository, number);
  });
  pages.post(`${inRepository}/issues/:number{[0-9]+}/:action{[a-z]+}`, act);
  pages.post(`${inRepository}/comments/:id{[0-9]+}`, editComment);
}
