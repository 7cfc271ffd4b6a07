import { z } from 'zod';
import { requireLoopbackUrl } from '../loopback.ts';
import { field, readForm } from './guard.ts';
import { errorPage, page, respond } from './layout.ts';
import { form } from './parts.ts';
import { markup, shown } from './text.ts';
import { type PageContext, type Pages, Refusal } from './visit.ts';

const Manifest = z.looseObject({
  name: z.string().optional(),
  redirect_url: z.string(),
  default_permissions: z.record(z.string(), z.string()).default({}),
  default_events: z.array(z.string()).default([]),
});
type Manifest = z.infer<typeof Manifest>;

/** Reads what the app's own page sent. The answer goes only to this machine, where that page came from. */
function readManifest(text: string): Manifest {
  let manifest: Manifest;
  try {
    manifest = Manifest.parse(JSON.parse(text));
    requireLoopbackUrl(manifest.redirect_url);
  } catch (error) {
    const because = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new Refusal(422, `This is no manifest that the forge can take: ${because}`);
  }
  return manifest;
}

const help = markup`<p>An app sends its manifest here, as it does on GitHub. Start the app’s own set-up page, and point it at this forge.</p>`;

/** Whatever page sent it: a person of this forge still has to say yes. */
async function propose(context: PageContext): Promise<Response> {
  const visit = context.get('visit');
  const values = await context.req.raw.formData().catch(() => new FormData());
  const text = field(values, 'manifest');
  const manifest = readManifest(text);
  if (!visit.session) throw new Refusal(403, 'Sign in to this forge first, then send the manifest again.');
  const permissions = Object.entries(manifest.default_permissions).map(
    ([name, level]) => markup`<li>${shown(name)}: ${shown(level)}</li>`,
  );
  const state = context.req.query('state') ?? '';
  const body = markup`<header class="title"><h1>Create ${shown(manifest.name ?? 'an app')}?</h1><p>The forge has one app; whoever finishes this gets its credentials.</p></header>
<section class="panel"><h2>It asks for</h2><ul>${permissions}</ul><p class="quiet">Events: ${shown(manifest.default_events.join(', ') || 'none')}</p></section>
${form(visit, '/settings/apps/create', [
  markup`<input type="hidden" name="manifest" value="${text}"><input type="hidden" name="state" value="${state}">`,
  markup`<button class="primary">Create it, and go back to ${new URL(manifest.redirect_url).host}</button>`,
])}`;
  // Browsers apply form-action to where a form's answer redirects, too.
  return respond(page(visit, 'New app', body), 200, [new URL(manifest.redirect_url).origin]);
}

async function create(context: PageContext): Promise<Response> {
  const visit = context.get('visit');
  const values = await readForm(context, visit);
  const manifest = readManifest(field(values, 'manifest'));
  const target = new URL(manifest.redirect_url);
  target.searchParams.set('code', visit.forge.createManifestCode(manifest));
  const state = field(values, 'state');
  if (state) target.searchParams.set('state', state);
  return context.redirect(target.href, 302);
}

export function addManifest(pages: Pages): void {
  pages.get('/settings/apps/new', (context) => errorPage(context.get('visit'), 422, 'There is no manifest yet.', help));
  pages.post('/settings/apps/new', propose);
  pages.post('/settings/apps/create', create);
}
