import { field, readForm } from './guard.ts';
import { showPull } from './pull.ts';
import { explain, inRepository, numberOf, type PageContext, type Pages, repositoryOf } from './visit.ts';

const events = new Set(['APPROVE', 'REQUEST_CHANGES', 'COMMENT']);

async function review(context: PageContext): Promise<Response> {
  const visit = context.get('visit');
  const [repository, number] = [repositoryOf(context), numberOf(context, 'number')];
  const values = await readForm(context, visit);
  const [event, body, commit] = ['event', 'body', 'commit_id'].map((name) => field(values, name)) as [
    string,
    string,
    string,
  ];
  const refuse = (status: number, words: string) =>
    showPull(visit, repository, number, { form: 'review', status, words, values });
  if (!events.has(event)) return refuse(422, 'Choose what the review says.');
  // An API without a commit takes the newest head, which nobody may have seen.
  if (!/^[0-9a-f]{40}$/.test(commit)) return refuse(422, 'This review names no commit.');
  const answer = await visit.api('POST', `/repos/${repository}/pulls/${number}/reviews`, {
    event,
    body,
    commit_id: commit,
  });
  if (answer.status >= 400) return refuse(answer.status, explain(answer));
  return context.redirect(`/${repository}/pull/${number}#pullrequestreview-${answer.body.id}`, 303);
}

export function addReviews(pages: Pages): void {
  pages.get(`${inRepository}/pull/:number{[0-9]+}`, (context) =>
    showPull(context.get('visit'), repositoryOf(context), numberOf(context, 'number')),
  );
  pages.post(`${inRepository}/pull/:number{[0-9]+}/review`, review);
}
