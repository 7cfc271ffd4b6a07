import { field, keepSession, readForm } from './guard.ts';
import { errorPage, page, respond } from './layout.ts';
import { time } from './parts.ts';
import { type Markup, markup, shown } from './text.ts';
import type { Repository } from './types.ts';
import { type PageContext, type Pages, Refusal, type Visit } from './visit.ts';

async function home(visit: Visit): Promise<Response> {
  const answers = await Promise.all(visit.forge.repositories.map((name) => visit.api('GET', `/repos/${name}`)));
  const rows = answers.filter(({ status }) => status === 200).map(({ body }) => row(body));
  const list =
    rows.length > 0 ? markup`<ul class="rows">${rows}</ul>` : markup`<p class="empty">No repository yet.</p>`;
  const body = markup`<header class="title"><h1>Repositories</h1><p>${welcome(visit)}</p></header>${list}
<p>Every webhook that this forge has sent is among the <a href="/deliveries">deliveries</a>.</p>`;
  return respond(page(visit, 'Repositories', body));
}

function welcome({ login, forge }: Visit): Markup {
  if (!login)
    return markup`You can read everything public. To act, open one of the sign-in addresses that are printed where the forge runs.`;
  const others = forge.sessions.actors.filter((one) => one !== login);
  const also =
    others.length > 0 &&
    markup` To try another role, act as ${others.map((one, index) => [index > 0 && ' or ', markup`<b>${shown(one)}</b>`])} with the button above.`;
  return markup`You act as <b>${shown(login)}</b>.${also}`;
}

function row(repository: Repository): Markup {
  const { full_name: name } = repository;
  return markup`<li><div><a class="row-title" href="/${name}">${shown(name)}</a> ${repository.private && markup`<span class="chip">private</span>`}
<p class="quiet"><a href="/${name}/issues">Issues</a> · <a href="/${name}/pulls">Pull requests</a> · last push ${time(repository.pushed_at)}</p></div></li>`;
}

function signIn(context: PageContext): Response {
  const visit = context.get('visit');
  const session = visit.forge.sessions.signIn(context.req.query('token') ?? '');
  if (!session) {
    const more = visit.login
      ? markup`<p>You are signed in as <b>${shown(visit.login)}</b> all the same.</p>`
      : markup`<p>A fresh one has been printed where the forge runs.</p>`;
    return errorPage(
      visit,
      403,
      'This sign-in address was used before, or was never given. Each one works once.',
      more,
    );
  }
  keepSession(context, session);
  return context.redirect('/', 303);
}

async function actAs(context: PageContext): Promise<Response> {
  const visit = context.get('visit');
  const values = await readForm(context, visit);
  const login = field(values, 'login');
  if (!visit.forge.sessions.actAs(visit.session!, login)) {
    throw new Refusal(403, 'You can only act as somebody for whom a sign-in address was printed.');
  }
  return context.redirect(ownPath(field(values, 'back')), 303);
}

/** A path of this forge, never another site's. */
function ownPath(path: string): string {
  return /^\/(?![/\\])[\w./%-]*$/.test(path) && !path.startsWith('/login') ? path : '/';
}

async function signOut(context: PageContext): Promise<Response> {
  const visit = context.get('visit');
  await readForm(context, visit);
  visit.forge.sessions.signOut(visit.session!);
  keepSession(context, null);
  return context.redirect('/', 303);
}

export function addHome(pages: Pages): void {
  pages.get('/', (context) => home(context.get('visit')));
  pages.get('/login', signIn);
  pages.post('/login/act-as', actAs);
  pages.post('/login/out', signOut);
}
