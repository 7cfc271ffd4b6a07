import { renderMarkdown } from './markdown.ts';
import { area, avatar, badge, byline, failedIn, form, kept, sha, type Tone, time } from './parts.ts';
import type { PullView } from './pull.ts';
import { type Markup, markup, type Part, shown } from './text.ts';
import { post } from './thread.ts';
import type { Review, ReviewComment } from './types.ts';

const verdicts: Record<Review['state'], readonly [Tone, string]> = {
  APPROVED: ['good', 'approved'],
  CHANGES_REQUESTED: ['bad', 'asked for changes'],
  COMMENTED: ['quiet', 'reviewed'],
  DISMISSED: ['quiet', 'dismissed'],
  PENDING: ['busy', 'not sent yet'],
};

const isOld = ({ pull }: PullView, review: Review) => pull.head.sha !== review.commit_id;

/** One review with its remarks on lines. */
export function reviewPost(view: PullView, review: Review): Markup {
  const [tone, words] = verdicts[review.state];
  const old = isOld(view, review) && ', which is no longer the head';
  const said: Part = [badge(tone, words), ' ', sha(view.repository, review.commit_id), old];
  const remarks = view.remarks
    .filter((one) => one.pull_request_review_id === review.id)
    .map((one) => remark(view, one));
  const id = `pullrequestreview-${review.id}`;
  const { user, body, submitted_at: at } = review;
  if (!body && remarks.length === 0)
    return markup`<p class="event" id="${id}">${avatar(user)} <span>${byline(user)} ${said} <span class="quiet">${time(at)}</span></span></p>`;
  return post(view, { id, user, said, at, body: body || null, below: remarks });
}

function remark({ place }: PullView, { id, path, line, user, body }: ReviewComment): Markup {
  return markup`<div class="remark" id="discussion_r${id}"><p class="mono">${shown(path)}${line !== null && `:${line}`}</p><p>${byline(user)}</p><div class="prose">${renderMarkdown(body, place)}</div></div>`;
}

/** The last word of each reviewer. */
export function reviewPanel(view: PullView): Markup {
  const last = new Map<string, Review>();
  for (const review of view.reviews)
    if (review.state !== 'COMMENTED' && review.state !== 'PENDING') last.set(review.user.login, review);
  const rows = [...last.values()].map((review) => {
    const [tone, words] = verdicts[review.state];
    return markup`<li>${byline(review.user)} ${badge(tone, words)}${isOld(view, review) && markup` <span class="quiet">an older head</span>`}</li>`;
  });
  return markup`<section class="panel" data-live id="reviewers"><h2>Reviews</h2><ul class="labels">${rows.length > 0 ? rows : markup`<li class="quiet">None yet</li>`}</ul></section>`;
}

/** Sends the head that this page shows along: a review is of what was seen, whatever came since. */
export function reviewForm(view: PullView): Markup {
  const { visit, repository, pull, failed } = view;
  const wrong = failedIn(failed, 'review');
  const body = [
    markup`<input type="hidden" name="commit_id" value="${pull.head.sha}">`,
    area('body', 'Say something about it (needed when you ask for changes)', kept(wrong, 'body'), { key: 'review' }),
    markup`<div class="buttons"><button class="primary" name="event" value="APPROVE">Approve ${pull.head.sha.slice(0, 7)}</button>
<button name="event" value="REQUEST_CHANGES">Request changes</button> <button name="event" value="COMMENT">Only comment</button></div>`,
  ];
  return markup`<section class="reply" id="review"><h2>Review</h2><p class="quiet">You review exactly the commit shown here, ${sha(repository, pull.head.sha)}.</p>
${form(visit, `/${repository}/pull/${pull.number}/review`, body, wrong)}</section>`;
}
