import { checkList, type Status } from './checks.ts';
import { diff } from './diff.ts';
import { liveLabels, titleOf } from './issue.ts';
import { page, respond } from './layout.ts';
import { byline, type Failed, failedIn, input, kept, sha, time } from './parts.ts';
import { pullBadge } from './pull-badge.ts';
import { reviewForm, reviewPanel, reviewPost } from './reviews.ts';
import { type Markup, markup, type Part, shown } from './text.ts';
import { happening, loadThread, opening, type Thread } from './thread.ts';
import { reply } from './thread-forms.ts';
import type { ChangedFile, CheckRun, Commit, Pull, Review, ReviewComment } from './types.ts';
import type { Visit } from './visit.ts';

export interface PullView extends Thread {
  readonly pull: Pull;
  readonly reviews: readonly Review[];
  readonly remarks: readonly ReviewComment[];
  readonly checks: readonly CheckRun[];
  readonly statuses: readonly Status[];
  readonly commits: readonly Commit[];
  readonly files: readonly ChangedFile[];
}

async function loadPull(visit: Visit, repository: string, number: number, failed?: Failed): Promise<PullView> {
  const at = `/repos/${repository}`;
  const pull = await visit.get<Pull>(`${at}/pulls/${number}`);
  // Only what belongs to this very head is shown beside it.
  const head = `${at}/commits/${pull.head.sha}`;
  const [thread, reviews, remarks, checks, status, commits, files] = await Promise.all([
    loadThread(visit, repository, number, failed),
    visit.all<Review>(`${at}/pulls/${number}/reviews`),
    visit.all<ReviewComment>(`${at}/pulls/${number}/comments`),
    visit.all<CheckRun>(`${head}/check-runs`, 'check_runs'),
    visit.get<{ statuses: Status[] }>(`${head}/status`),
    visit.all<Commit>(`${at}/pulls/${number}/commits`),
    visit.all<ChangedFile>(`${at}/pulls/${number}/files`),
  ]);
  return { ...thread, pull, reviews, remarks, checks, statuses: status.statuses, commits, files };
}

/** The page of one pull request; with `failed`, beside the form that failed. */
export async function showPull(visit: Visit, repository: string, number: number, failed?: Failed): Promise<Response> {
  const view = await loadPull(visit, repository, number, failed);
  const { issue, pull, commits, files, checks, statuses } = view;
  const wants = markup`${pullBadge(pull)} ${byline(pull.user)} ${pull.merged ? 'merged' : 'wants to merge'} <code>${shown(pull.head.ref)}</code> into <code>${shown(pull.base.ref)}</code> · head ${sha(repository, pull.head.sha)}`;
  const body = [
    titleOf(issue, wants),
    sections(checks.length + statuses.length, commits.length, files.length, pull.state === 'open'),
    markup`<div class="columns"><div>
${section('conversation', 'Conversation', conversation(view), true)}
${section('checks', 'Checks', [checkList(repository, checks, statuses), mergeWords(view)], true)}
${section('commits', 'Commits', commitList(repository, commits))}
${section('files', 'Files changed', diff(files))}
${pull.state === 'open' && markup`<div id="acting" data-while-open>${reviewForm(view)}${pushForm(view)}</div>`}
${reply(view)}
</div><aside>${reviewPanel(view)}${liveLabels(view)}</aside></div>`,
  ];
  const options = { repository, here: 'pulls', head: pull.head.sha, live: pull.state === 'open' } as const;
  return respond(page(visit, `${issue.title} · #${number}`, body, options), failed?.status ?? 200);
}

function sections(checks: number, commits: number, files: number, open: boolean): Markup {
  return markup`<nav class="filters" aria-label="Parts of this page"><a href="#conversation">Conversation</a><a href="#checks">Checks <span class="count">${checks}</span></a><a href="#commits">Commits <span class="count">${commits}</span></a><a href="#files">Files changed <span class="count">${files}</span></a>${open && markup`<a href="#review" id="to-review" data-while-open>Review</a>`}</nav>`;
}

function section(id: string, title: string, body: Part, live = false): Markup {
  return markup`<section id="${id}" ${live && 'data-live'} aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>`;
}

/** Comments, events and reviews in the order in which they came; ids grow with time. */
function conversation(view: PullView): Markup {
  const items = [
    ...view.timeline.map((item) => ({ id: item.id, show: () => happening(view, item) })),
    ...view.reviews.map((review) => ({ id: review.id, show: () => reviewPost(view, review) })),
  ].sort((a, b) => a.id - b.id);
  return markup`${opening(view)}${items.map(({ show }) => show())}`;
}

const mergeable: Record<string, string> = {
  clean: 'GitHub’s rules of this branch allow a merge. The app merges once a person has approved.',
  blocked: 'A rule of the branch is not met yet.',
  behind: 'The branch is behind its base.',
  dirty: 'There are conflicts with the base.',
  draft: 'Drafts are not merged.',
};

function mergeWords({ pull, repository }: PullView): Markup {
  if (pull.merged)
    return markup`<p class="verdict">Merged ${pull.merge_commit_sha && ['as ', sha(repository, pull.merge_commit_sha)]} ${time(pull.merged_at)}.</p>`;
  if (pull.state === 'closed') return markup`<p class="verdict">Closed without a merge.</p>`;
  return markup`<p class="verdict">${mergeable[pull.mergeable_state] ?? 'Merging is left to the app and the API.'}</p>`;
}

export function commitList(repository: string, commits: readonly Commit[]): Markup {
  const row = ({ sha: id, commit }: Commit) =>
    markup`<li><div><a class="row-title" href="/${repository}/commit/${id}"><bdi>${shown(commit.message.split('\n')[0]!)}</bdi></a><p class="quiet">${sha(repository, id)} by ${shown(commit.author.name)} ${time(commit.author.date)}</p></div></li>`;
  return markup`<ul class="rows">${commits.map(row)}</ul>`;
}

/** Leads to the editor: which file of the branch is to be changed? */
function pushForm({ visit, repository, pull, files, failed }: PullView): Markup | null {
  if (!visit.session) return null;
  const wrong = failedIn(failed, 'push');
  const known = files.filter(({ status }) => status !== 'removed');
  const path = input('path', 'File', kept(wrong, 'path', known[0]?.filename ?? ''), { required: true, mono: true });
  return markup`<section class="reply" id="push"><h2>Push a commit</h2><p class="quiet">Edit one file on <code>${shown(pull.head.ref)}</code>.</p>
<form method="get" action="/${repository}/pull/${pull.number}/edit">${path}<button>Edit this file</button></form></section>`;
}
