import { GitHubError } from '../answers.ts';
import type { ApiAnswer } from '../forge.ts';
import { field, readForm } from './guard.ts';
import {
  choicesOf,
  composeBody,
  type FormElement,
  fieldName,
  type IssueForm,
  missingIn,
  parseIssueForm,
} from './issue-form.ts';
import { page, respond } from './layout.ts';
import { renderMarkdown } from './markdown.ts';
import { area, chip, type Failed, form, input, kept } from './parts.ts';
import { type Markup, markup, type Part, shown } from './text.ts';
import type { Entry, Repository } from './types.ts';
import { explain, inRepository, noSuchPage, type PageContext, type Pages, repositoryOf, type Visit } from './visit.ts';

const folder = '.github/ISSUE_TEMPLATE';
const blank = 'blank';

interface Template {
  readonly file: string;
  readonly form: IssueForm;
}

/** The issue forms on the default branch. */
async function templates(visit: Visit, repository: string): Promise<Template[]> {
  await visit.get<Repository>(`/repos/${repository}`);
  const at = `/repos/${repository}/contents/`;
  const listing = await visit.api('GET', at + folder);
  if (listing.status !== 200 || !Array.isArray(listing.body)) return [];
  const files = (listing.body as Entry[]).filter(
    ({ name }) => /^[\w.-]+\.ya?ml$/.test(name) && !/^config\.ya?ml$/.test(name),
  );
  const read = files.map(async ({ name }) => {
    const entry = await visit.get<Entry>(`${at}${folder}/${name}`);
    const parsed = parseIssueForm(Buffer.from(entry.content ?? '', 'base64').toString('utf8'));
    return parsed ? [{ file: name.replace(/\.ya?ml$/, ''), form: parsed }] : [];
  });
  return (await Promise.all(read)).flat();
}

async function choose(visit: Visit, repository: string): Promise<Response> {
  const found = await templates(visit, repository);
  const row = (file: string, name: string, description: string) =>
    markup`<li><div><a class="row-title" href="/${repository}/issues/new/${file}"><bdi>${shown(name)}</bdi></a><p class="quiet">${shown(description)}</p></div></li>`;
  const rows = [
    ...found.map(({ file, form: { name, description } }) => row(file, name, description)),
    row(blank, 'Blank issue', 'A title and a text of your own.'),
  ];
  const body = markup`<header class="title"><h1>New issue</h1></header><ul class="rows">${rows}</ul>`;
  return respond(page(visit, `New issue · ${repository}`, body, { repository, here: 'issues' }));
}

function element(visit: Visit, repository: string, one: FormElement, index: number, failed?: Failed): Markup {
  const { label, description, placeholder, value, multiple, render } = one.attributes;
  const { required } = one.validations;
  const place = { url: visit.forge.url, repository };
  if (one.type === 'markdown') return markup`<div class="prose">${renderMarkdown(value, place)}</div>`;
  const name = fieldName(index);
  const hint = description && markup`<div class="hint prose">${renderMarkdown(description, place)}</div>`;
  const given = failed?.values.getAll(name) ?? [];
  const words = `${label}${required ? ' *' : ''}`;
  const options = { required, placeholder };
  if (one.type === 'input')
    return markup`<div class="field">${input(name, words, kept(failed, name, value), options)}${hint}</div>`;
  if (one.type === 'textarea') {
    return markup`<div class="field">${area(name, words, kept(failed, name, value), { ...options, mono: render !== undefined })}${hint}</div>`;
  }
  if (one.type === 'dropdown') {
    const none = !multiple && markup`<option value="">${required ? 'Choose one' : 'None'}</option>`;
    const choices = choicesOf(one).map(
      (choice) =>
        markup`<option value="${choice.label}" ${given.includes(choice.label) && 'selected'}>${choice.label}</option>`,
    );
    return markup`<div class="field"><label for="${name}">${words}</label><select id="${name}" name="${name}" ${multiple && 'multiple'} ${required && 'required'}>${none}${choices}</select>${hint}</div>`;
  }
  if (one.type !== 'checkboxes') return markup``;
  const boxes = choicesOf(one).map(
    (choice, at) =>
      markup`<label class="box"><input type="checkbox" name="${name}" value="${at}" ${given.includes(String(at)) && 'checked'} ${choice.required && 'required'}> <bdi>${shown(choice.label)}</bdi></label>`,
  );
  return markup`<fieldset class="field"><legend>${words}</legend>${hint}${boxes}</fieldset>`;
}

function show(visit: Visit, repository: string, template: Template | null, failed?: Failed): Response {
  const { name, description, title, labels, body: elements } = template?.form ?? { ...blankForm, body: [] };
  const fields: Part = template
    ? elements.map((one, index) => element(visit, repository, one, index, failed))
    : area('body', 'Description', kept(failed, 'body'), { rows: 12, placeholder: 'Markdown works here' });
  const sets =
    labels.length > 0 &&
    markup`<p class="quiet">Sets ${labels.map((label) => chip({ name: label, color: '888888' }))}</p>`;
  const content = form(
    visit,
    `/${repository}/issues/new/${template?.file ?? blank}`,
    [
      input('title', 'Title *', kept(failed, 'title', title), { required: true }),
      fields,
      markup`<button class="primary">Open the issue</button>`,
    ],
    failed,
    'tall',
  );
  const body = markup`<header class="title"><h1>${shown(name)}</h1><p>${shown(description)}</p>${sets}</header>${content}`;
  return respond(page(visit, `${name} · ${repository}`, body, { repository, here: 'issues' }), failed?.status ?? 200);
}

const blankForm = { name: 'Blank issue', description: 'A title and a text of your own.', title: '', labels: [] };

/** The template that the address names; null for the blank issue. */
async function templateOf(context: PageContext): Promise<Template | null> {
  const file = context.req.param('template');
  const found = await templates(context.get('visit'), repositoryOf(context));
  const template = found.find((one) => one.file === file) ?? null;
  if (!template && file !== blank) throw noSuchPage();
  return template;
}

async function open(context: PageContext): Promise<Response> {
  const visit = context.get('visit');
  const repository = repositoryOf(context);
  const values = await readForm(context, visit);
  const template = await templateOf(context);
  const title = field(values, 'title');
  const missing = template ? missingIn(template.form, values) : [];
  const answer = missing.length > 0 ? null : await create(visit, repository, title, template, values);
  if (answer && answer.status < 400) return context.redirect(`/${repository}/issues/${answer.body.number}`, 303);
  const words = answer ? explain(answer) : missing.join(' ');
  return show(visit, repository, template, { form: 'new', status: answer?.status ?? 422, words, values });
}

async function create(
  visit: Visit,
  repository: string,
  title: string,
  template: Template | null,
  values: FormData,
): Promise<Pick<ApiAnswer, 'status' | 'body'>> {
  const { forge, login } = visit;
  if (!template) return visit.api('POST', `/repos/${repository}/issues`, { title, body: field(values, 'body') });
  const issue = { title, body: composeBody(template.form, values), labels: template.form.labels };
  try {
    return await forge.createIssueFromForm(forge.addUser(login!).token, repository, issue);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    return { status: error.status, body: { message: error.message, errors: error.errors } };
  }
}

export function addNewIssue(pages: Pages): void {
  pages.get(`${inRepository}/issues/new`, (context) => choose(context.get('visit'), repositoryOf(context)));
  pages.get(`${inRepository}/issues/new/:template`, async (context) =>
    show(context.get('visit'), repositoryOf(context), await templateOf(context)),
  );
  pages.post(`${inRepository}/issues/new/:template`, open);
}
