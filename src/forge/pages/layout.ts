import { raw } from 'hono/html';
import { form } from './parts.ts';
import { type Markup, markup, type Part, shown } from './text.ts';
import type { Visit } from './visit.ts';

export interface PageOptions {
  /** `owner/name` when the page is about a repository, for its line of links. */
  readonly repository?: string;
  /** Which of the repository's links is the page's own. */
  readonly here?: 'files' | 'issues' | 'pulls';
  /** What must not change behind the reader's back; a newer one asks for a reload. */
  readonly head?: string;
  /** Lets the parts marked `data-live` follow what happens. */
  readonly live?: boolean;
}

/** A whole page. */
export function page(visit: Visit, title: string, body: Part, options: PageOptions = {}): Markup {
  const { repository, head, live = false } = options;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Local forge</title>
<link rel="stylesheet" href="/style.css">
${live && raw('<script src="/live.js" defer></script>')}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top"><div class="wide">
<a class="home" href="/"><span class="mark" aria-hidden="true">▲</span> Local forge</a>
<nav aria-label="Forge"><a href="/">Repositories</a> <a href="/deliveries">Deliveries</a></nav>
${whoYouAre(visit)}
</div></header>
${repository && repositoryBar(repository, options.here)}
<main id="main" class="wide" ${head && raw(`data-head="${head}"`)}>
<p id="moved" class="notice" hidden>Something newer is here. <a href="${visit.path}">Reload</a> to see it.</p>
${body}
</main>
<footer class="wide">A local forge for trying out: it speaks GitHub’s API on this machine only.</footer>
</body>
</html>`;
}

function whoYouAre(visit: Visit): Markup {
  const { session, forge, path } = visit;
  if (!session) return markup`<p class="who">You are nobody: you can read. Open a sign-in address to act.</p>`;
  const others = forge.sessions.actors.filter((login) => login !== session.login);
  const back = markup`<input type="hidden" name="back" value="${path}">`;
  const button = (login: string) => markup`<button name="login" value="${login}">Act as ${shown(login)}</button>`;
  const switching = others.length > 0 && form(visit, '/login/act-as', [back, others.map(button)], undefined, 'inline');
  const leave = form(visit, '/login/out', markup`<button class="plain">Sign out</button>`, undefined, 'inline');
  return markup`<div class="who"><span>You are <b>${shown(session.login)}</b></span>${switching}${leave}</div>`;
}

function repositoryBar(repository: string, here: PageOptions['here']): Markup {
  const [owner, name] = repository.split('/') as [string, string];
  const link = (key: PageOptions['here'], href: string, words: string) =>
    markup`<a href="${href}" ${key === here && raw('aria-current="page"')}>${words}</a>`;
  return markup`<div class="bar"><div class="wide">
<p class="name">${shown(owner)} / <a href="/${repository}"><b>${shown(name)}</b></a></p>
<nav aria-label="Repository">${link('files', `/${repository}`, 'Files')}${link('issues', `/${repository}/issues`, 'Issues')}${link('pulls', `/${repository}/pulls`, 'Pull requests')}</nav>
</div></div>`;
}

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // Without the origin of the page, browsers would send `Origin: null` with its forms.
  'referrer-policy': 'same-origin',
};

/** A page as an answer. Nothing of it may run, load or be framed but what the forge itself serves. */
export function respond(content: Markup, status = 200, formTargets: readonly string[] = []): Response {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    `form-action ${["'self'", ...formTargets].join(' ')}`,
  ].join('; ');
  return new Response(String(content), { status, headers: { ...headers, 'content-security-policy': policy } });
}

/** A page in plain words for what cannot be done. */
export function errorPage(visit: Visit, status: number, words: string, more: Part = null): Response {
  const titles: Record<number, string> = {
    403: 'Not allowed',
    404: 'Nothing here',
    409: 'Out of date',
    422: 'Not accepted',
  };
  const title = titles[status] ?? (status >= 500 ? 'Something broke' : 'Refused');
  const body = markup`<section class="error"><p class="code">${status}</p><h1>${title}</h1><p>${shown(words)}</p>${more}
<p><a href="/">To the repositories</a></p></section>`;
  return respond(page(visit, title, body), status);
}
