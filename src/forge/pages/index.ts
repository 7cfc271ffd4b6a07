import { readFileSync } from 'node:fs';
import type { Forge } from '../forge.ts';
import { addChecks } from './checks.ts';
import { addDeliveries } from './deliveries.ts';
import { addFiles } from './files.ts';
import { readSession } from './guard.ts';
import { addHome } from './home.ts';
import { addLists } from './issue-list.ts';
import { errorPage } from './layout.ts';
import { liveScript } from './live-script.ts';
import { addManifest } from './manifest.ts';
import { addNewIssue } from './new-issue.ts';
import { addPush } from './push.ts';
import { addReviews } from './review-actions.ts';
import { addThreads } from './thread-actions.ts';
import { makeVisit, newPages, noSuchPage, Refusal } from './visit.ts';

const pages = newPages();

pages.use(async (context, next) => {
  const { pathname } = new URL(context.req.url);
  context.set('visit', makeVisit(context.env.forge, readSession(context), pathname));
  await next();
});

function addAsset(path: string, type: string, text: string): void {
  const headers = {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
  };
  pages.get(path, () => new Response(text, { headers }));
}

addAsset('/style.css', 'text/css', readFileSync(new URL('./style.css', import.meta.url), 'utf8'));
addAsset('/live.js', 'text/javascript', liveScript);
for (const add of [
  addHome,
  addDeliveries,
  addManifest,
  addLists,
  addNewIssue,
  addThreads,
  addReviews,
  addPush,
  addChecks,
  addFiles,
]) {
  add(pages);
}

pages.notFound((context) => errorPage(context.get('visit'), 404, noSuchPage().message));
pages.onError((error, context) => {
  const visit = context.get('visit');
  if (error instanceof Refusal) return errorPage(visit, error.status, error.message);
  return errorPage(visit, 500, `The forge failed: ${error.message}`);
});

/** Answers a browser with a page. Null for methods that no page takes. */
export async function handlePage(forge: Forge, request: Request): Promise<Response | null> {
  if (!['GET', 'HEAD', 'POST'].includes(request.method)) return null;
  return pages.fetch(request, { forge });
}
