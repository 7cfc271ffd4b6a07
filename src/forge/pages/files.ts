import { diff } from './diff.ts';
import { page, respond } from './layout.ts';
import { renderMarkdown } from './markdown.ts';
import { sha, time } from './parts.ts';
import { commitList } from './pull.ts';
import { type Markup, markup, type Part, shown } from './text.ts';
import type { Branch, ChangedFile, Commit, Entry, Repository } from './types.ts';
import { filePath, inRepository, noSuchPage, type PageContext, type Pages, repositoryOf, type Visit } from './visit.ts';

/** What is looked at: a folder or file at a branch or commit. */
interface Spot {
  readonly repository: string;
  readonly ref: string;
  readonly path: string;
}

/** Splits `<ref>/<path>` of an address. Branches may have slashes, so the longest that fits is the ref. */
async function spotOf(context: PageContext): Promise<Spot> {
  const repository = repositoryOf(context);
  const visit = context.get('visit');
  const rest = new URL(context.req.url).pathname.split('/').slice(4).map(decode).join('/').replace(/\/$/, '');
  const branches = await visit.all<Branch>(`/repos/${repository}/branches`);
  const fits = branches.map(({ name }) => name).filter((name) => rest === name || rest.startsWith(`${name}/`));
  const ref = fits.sort((a, b) => b.length - a.length)[0] ?? rest.split('/')[0]!;
  return { repository, ref, path: rest.slice(ref.length + 1) };
}

function decode(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    throw noSuchPage();
  }
}

function read<T>(visit: Visit, { repository, ref, path }: Spot): Promise<T> {
  return visit.get<T>(`/repos/${repository}/contents${filePath(path)}?ref=${encodeURIComponent(ref)}`);
}

const href = (kind: string, { repository, ref, path }: Spot) =>
  `/${repository}/${kind}/${ref.split('/').map(encodeURIComponent).join('/')}${path ? `/${path.split('/').map(encodeURIComponent).join('/')}` : ''}`;

function crumbs(spot: Spot): Markup {
  const pieces = spot.path === '' ? [] : spot.path.split('/');
  const up = pieces
    .slice(0, -1)
    .map(
      (piece, index) =>
        markup` / <a href="${href('tree', { ...spot, path: pieces.slice(0, index + 1).join('/') })}">${shown(piece)}</a>`,
    );
  const last = pieces.length > 0 && markup` / <b>${shown(pieces.at(-1)!)}</b>`;
  return markup`<h1 class="crumbs mono"><a href="${href('tree', { ...spot, path: '' })}">${shown(spot.ref)}</a>${up}${last}</h1>`;
}

function folderTable(spot: Spot, entries: readonly Entry[]): Markup {
  const sorted = [...entries].sort(
    (a, b) => Number(a.type !== 'dir') - Number(b.type !== 'dir') || (a.name < b.name ? -1 : 1),
  );
  const row = (entry: Entry) => {
    const folder = entry.type === 'dir';
    const to = href(folder ? 'tree' : 'blob', { ...spot, path: entry.path });
    return markup`<li><span class="kind" aria-hidden="true">${folder ? '▸' : '·'}</span><a class="mono" href="${to}">${shown(entry.name)}${folder && '/'}</a><span class="quiet">${!folder && size(entry.size)}</span></li>`;
  };
  return markup`<ul class="entries">${sorted.map(row)}</ul>`;
}

function size(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`;
}

async function overview(visit: Visit, name: string): Promise<Response> {
  const at = `/repos/${name}`;
  const repository = await visit.get<Repository>(at);
  const spot = { repository: name, ref: repository.default_branch, path: '' };
  const [entries, branches, [latest]] = await Promise.all([
    read<Entry[]>(visit, spot),
    visit.all<Branch>(`${at}/branches`),
    visit.get<Commit[]>(`${at}/commits?per_page=1`),
  ]);
  const readme = entries.find((entry) => /^readme\.md$/i.test(entry.name));
  const text = readme && contentOf(await read<Entry>(visit, { ...spot, path: readme.path }));
  const prose =
    text &&
    markup`<section class="prose boxed">${renderMarkdown(text, { url: visit.forge.url, repository: name, joinLines: true })}</section>`;
  const body = markup`<header class="title"><h1>${shown(name)}</h1><p>${repository.private ? 'Private' : 'Public'} · clone with <code>git clone ${visit.forge.url}/${name}.git</code></p></header>
<div class="columns"><div>${latest && latestCommit(name, latest)}${folderTable(spot, entries)}${prose}</div>
<aside><section class="panel"><h2>Branches</h2><ul class="labels">${branches.map((branch) => branchRow(name, branch))}</ul></section>
<section class="panel"><h2>History</h2><p><a href="${href('commits', spot)}">Commits of ${shown(spot.ref)}</a></p></section></aside></div>`;
  return respond(page(visit, name, body, { repository: name, here: 'files' }));
}

function latestCommit(repository: string, { sha: id, commit }: Commit): Markup {
  return markup`<p class="latest"><b>${shown(commit.author.name)}</b> <bdi>${shown(commit.message.split('\n')[0]!)}</bdi> <span class="quiet">${sha(repository, id)} ${time(commit.author.date)}</span></p>`;
}

function branchRow(repository: string, { name, commit }: Branch): Markup {
  return markup`<li><a class="mono" href="${href('tree', { repository, ref: name, path: '' })}">${shown(name)}</a> ${sha(repository, commit.sha)}</li>`;
}

async function tree(context: PageContext): Promise<Response> {
  const visit = context.get('visit');
  const spot = await spotOf(context);
  const entries = await read<Entry[] | Entry>(visit, spot);
  if (!Array.isArray(entries)) return context.redirect(href('blob', spot), 302);
  return files(visit, spot, folderTable(spot, entries));
}

function files(visit: Visit, spot: Spot, body: Part): Response {
  const title = `${spot.path || spot.ref} · ${spot.repository}`;
  return respond(page(visit, title, [crumbs(spot), body], { repository: spot.repository, here: 'files' }));
}

/** A file's text; null for what is too large or not text. */
function contentOf(entry: Entry): string | null {
  const bytes = Buffer.from(entry.content ?? '', 'base64');
  return entry.type === 'file' && entry.encoding === 'base64' && !bytes.includes(0) ? bytes.toString('utf8') : null;
}

async function blob(context: PageContext): Promise<Response> {
  const visit = context.get('visit');
  const spot = await spotOf(context);
  const entry = await read<Entry | Entry[]>(visit, spot);
  if (Array.isArray(entry)) return context.redirect(href('tree', spot), 302);
  const text = contentOf(entry);
  const head = markup`<p class="quiet">${size(entry.size)} · <a href="${href('raw', spot)}">raw</a></p>`;
  if (text === null)
    return files(visit, spot, [head, markup`<p class="empty">This is not a text, or too large to be shown.</p>`]);
  return files(visit, spot, [head, source(spot.path, text)]);
}

function source(name: string, text: string): Markup {
  const lines = text.replace(/\n$/, '').split('\n');
  const rows = lines.map(
    (line, index) =>
      markup`<tr id="L${index + 1}"><td class="line">${index + 1}</td><td class="text">${shown(line)}</td></tr>`,
  );
  return markup`<div class="scroll boxed" tabindex="0" role="region" aria-label="Content of ${name}"><table class="diff"><tbody>${rows}</tbody></table></div>`;
}

/** The bytes as they are. They are nobody's page: the browser may neither run nor guess anything. */
async function rawFile(context: PageContext): Promise<Response> {
  const entry = await read<Entry | Entry[]>(context.get('visit'), await spotOf(context));
  if (Array.isArray(entry) || entry.encoding !== 'base64') throw noSuchPage();
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
  };
  return new Response(Buffer.from(entry.content ?? '', 'base64'), { headers });
}

async function history(context: PageContext): Promise<Response> {
  const spot = await spotOf(context);
  const visit = context.get('visit');
  const commits = await visit.all<Commit>(`/repos/${spot.repository}/commits?sha=${encodeURIComponent(spot.ref)}`);
  return files(visit, spot, commitList(spot.repository, commits));
}

async function commit(context: PageContext): Promise<Response> {
  const visit = context.get('visit');
  const repository = repositoryOf(context);
  const found = await visit.get<Commit & { files: ChangedFile[]; stats: { additions: number; deletions: number } }>(
    `/repos/${repository}/commits/${context.req.param('sha')}`,
  );
  const [title, ...rest] = found.commit.message.split('\n') as [string, ...string[]];
  const more = rest.join('\n').trim();
  const parents = found.parents.map((parent) => [' ', sha(repository, parent.sha)]);
  const body = markup`<header class="title"><h1><bdi>${shown(title)}</bdi></h1>
<p>${shown(found.commit.author.name)} committed ${sha(repository, found.sha)} ${time(found.commit.author.date)}${parents.length > 0 && [' on top of', parents]} · <span class="plus">+${found.stats.additions}</span> <span class="minus">−${found.stats.deletions}</span></p></header>
${more && markup`<pre class="message boxed">${shown(more)}</pre>`}${diff(found.files)}`;
  return respond(page(visit, title, body, { repository, here: 'files' }));
}

export function addFiles(pages: Pages): void {
  pages.get(inRepository, (context) => overview(context.get('visit'), repositoryOf(context)));
  pages.get(`${inRepository}/tree/*`, tree);
  pages.get(`${inRepository}/blob/*`, blob);
  pages.get(`${inRepository}/raw/*`, rawFile);
  pages.get(`${inRepository}/commits/*`, history);
  pages.get(`${inRepository}/commit/:sha{[0-9a-f]{4,40}}`, commit);
}
