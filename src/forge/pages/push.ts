import { field, readForm } from './guard.ts';
import { page, respond } from './layout.ts';
import { area, type Failed, form, input, kept } from './parts.ts';
import { markup, shown } from './text.ts';
import type { Entry, Pull } from './types.ts';
import {
  explain,
  filePath,
  inRepository,
  numberOf,
  type PageContext,
  type Pages,
  Refusal,
  repositoryOf,
  type Visit,
} from './visit.ts';

interface EditedFile {
  readonly path: string;
  readonly content: string;
  /** The blob that is edited; empty for a new file. */
  readonly sha: string;
}

async function readFile(visit: Visit, repository: string, pull: Pull, path: string): Promise<EditedFile> {
  const answer = await visit.api(
    'GET',
    `/repos/${repository}/contents${filePath(path)}?ref=${encodeURIComponent(pull.head.ref)}`,
  );
  if (answer.status === 404) return { path, content: '', sha: '' };
  const entry = answer.body as Entry;
  const bytes = Buffer.from(entry.content ?? '', 'base64');
  if (entry.type !== 'file' || entry.encoding !== 'base64' || bytes.includes(0)) {
    throw new Refusal(422, `${path} is no text that could be edited here.`);
  }
  return { path, content: bytes.toString('utf8'), sha: entry.sha };
}

function editor(visit: Visit, repository: string, pull: Pull, file: EditedFile, failed?: Failed): Response {
  const rows = Math.min(40, Math.max(15, file.content.split('\n').length + 2));
  const back = `/${repository}/pull/${pull.number}`;
  const body = [
    markup`<input type="hidden" name="path" value="${file.path}"><input type="hidden" name="sha" value="${file.sha}">`,
    area('content', `Content of ${file.path}`, kept(failed, 'content', file.content), { rows, mono: true }),
    input('message', 'What the commit does', kept(failed, 'message', `Change ${file.path}`), { required: true }),
    markup`<div class="buttons"><button class="primary">Commit to ${pull.head.ref}</button> <a href="${back}">Back without a commit</a></div>`,
  ];
  const content = markup`<header class="title"><h1 class="mono">${shown(file.path)}</h1><p>${file.sha === '' ? 'A new file' : 'Edited'} on <code>${shown(pull.head.ref)}</code>, for pull request <a href="${back}">#${pull.number}</a></p></header>
${form(visit, `${back}/push`, body, failed)}`;
  return respond(page(visit, `Edit ${file.path}`, content, { repository, here: 'pulls' }), failed?.status ?? 200);
}

async function edit(context: PageContext): Promise<Response> {
  const visit = context.get('visit');
  const repository = repositoryOf(context);
  const pull = await visit.get<Pull>(`/repos/${repository}/pulls/${numberOf(context, 'number')}`);
  const path = context.req.query('path')?.trim() ?? '';
  if (path === '') throw new Refusal(422, 'Name the file to edit.');
  return editor(visit, repository, pull, await readFile(visit, repository, pull, path));
}

async function push(context: PageContext): Promise<Response> {
  const visit = context.get('visit');
  const repository = repositoryOf(context);
  const number = numberOf(context, 'number');
  const values = await readForm(context, visit);
  const pull = await visit.get<Pull>(`/repos/${repository}/pulls/${number}`);
  const [path, sha, message] = [field(values, 'path'), field(values, 'sha'), field(values, 'message')];
  // Files keep plain line ends; only the browser turned them into CRLF.
  const content = field(values, 'content').replace(/\r\n/g, '\n');
  const answer = await visit.api('PUT', `/repos/${repository}/contents${filePath(path)}`, {
    message,
    content: Buffer.from(content).toString('base64'),
    branch: pull.head.ref,
    ...(sha ? { sha } : {}),
  });
  if (answer.status < 400) return context.redirect(`/${repository}/pull/${number}#commits`, 303);
  const words =
    answer.status === 409 ? `The branch has moved since you opened the file: ${explain(answer)}` : explain(answer);
  return editor(
    visit,
    repository,
    pull,
    { path, content, sha },
    { form: 'push', status: answer.status, words, values },
  );
}

export function addPush(pages: Pages): void {
  pages.get(`${inRepository}/pull/:number{[0-9]+}/edit`, edit);
  pages.post(`${inRepository}/pull/:number{[0-9]+}/push`, push);
}
