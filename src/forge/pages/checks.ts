import { type Place, renderLink } from './inline.ts';
import { page, respond } from './layout.ts';
import { renderMarkdown } from './markdown.ts';
import { badge, sha, type Tone, time } from './parts.ts';
import { type Markup, markup, shown } from './text.ts';
import type { Annotation, CheckRun } from './types.ts';
import { inRepository, numberOf, type Pages, repositoryOf, type Visit } from './visit.ts';

/** A commit status, the older kind of check. */
export interface Status {
  readonly context: string;
  readonly state: string;
  readonly description: string | null;
}

const tones: Record<string, Tone> = {
  success: 'good',
  failure: 'bad',
  error: 'bad',
  timed_out: 'bad',
  action_required: 'bad',
  cancelled: 'quiet',
  neutral: 'quiet',
  skipped: 'quiet',
  stale: 'quiet',
};

function conclusion({ status, conclusion: result }: Pick<CheckRun, 'status' | 'conclusion'>): Markup {
  const words = (result ?? status).replaceAll('_', ' ');
  return badge(result ? (tones[result] ?? 'quiet') : 'busy', words);
}

/** All checks and statuses of a commit. */
export function checkList(repository: string, runs: readonly CheckRun[], statuses: readonly Status[]): Markup {
  if (runs.length + statuses.length === 0) return markup`<p class="empty">No check has reported on this commit.</p>`;
  const checks = [...runs]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(
      (run) =>
        markup`<li>${conclusion(run)} <a href="/${repository}/checks/${run.id}"><b>${shown(run.name)}</b></a> <span class="quiet">${shown(run.output.title ?? '')}</span></li>`,
    );
  const others = statuses.map(
    ({ context, state, description }) =>
      markup`<li>${badge(tones[state] ?? 'busy', state)} <b>${shown(context)}</b> <span class="quiet">${shown(description ?? '')}</span></li>`,
  );
  return markup`<ul class="checks">${checks}${others}</ul>`;
}

async function showCheck(visit: Visit, repository: string, id: number): Promise<Response> {
  const at = `/repos/${repository}/check-runs/${id}`;
  const run = await visit.get<CheckRun>(at);
  const annotations = await visit.all<Annotation>(`${at}/annotations`);
  const place: Place = { url: visit.forge.url, repository };
  const { output } = run;
  const elsewhere =
    run.details_url && run.details_url !== run.html_url && markup` · details: ${renderLink(run.details_url, place)}`;
  const body = markup`<header class="title"><h1>${shown(run.name)}</h1>
<p>${conclusion(run)} by ${shown(run.app.slug)} on ${sha(repository, run.head_sha)} ${time(run.completed_at ?? run.started_at)}${elsewhere}</p></header>
<div data-live id="check">
${output.title && markup`<h2>${shown(output.title)}</h2>`}
<div class="prose boxed">${output.summary ? renderMarkdown(output.summary, place) : markup`<p class="quiet">No summary.</p>`}${renderMarkdown(output.text, place)}</div>
${annotations.length > 0 && markup`<h2>Annotations</h2><ul class="rows">${annotations.map((one) => annotation(repository, run, one))}</ul>`}
</div>`;
  return respond(page(visit, run.name, body, { repository, here: 'pulls', live: run.status !== 'completed' }));
}

function annotation(repository: string, run: CheckRun, one: Annotation): Markup {
  const tone = one.annotation_level === 'failure' ? 'bad' : one.annotation_level === 'warning' ? 'busy' : 'quiet';
  const path = one.path.split('/').map(encodeURIComponent).join('/');
  const where = one.start_line === one.end_line ? one.start_line : `${one.start_line}–${one.end_line}`;
  return markup`<li>${badge(tone, one.annotation_level)}<div><a class="mono" href="/${repository}/blob/${run.head_sha}/${path}#L${one.start_line}">${shown(one.path)}:${where}</a>
${one.title && markup` <b>${shown(one.title)}</b>`}<pre class="message">${shown(one.message)}</pre>${one.raw_details && markup`<pre class="message">${shown(one.raw_details)}</pre>`}</div></li>`;
}

export function addChecks(pages: Pages): void {
  // `runs` is where GitHub has them, and what `html_url` of a check says.
  for (const word of ['checks', 'runs']) {
    pages.get(`${inRepository}/${word}/:id{[0-9]+}`, (context) =>
      showCheck(context.get('visit'), repositoryOf(context), numberOf(context, 'id')),
    );
  }
}
