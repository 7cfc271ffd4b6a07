import { createSign } from 'node:crypto';
import type { Delivery, Forge } from '../forge.ts';
import { readForm } from './guard.ts';
import { page, respond } from './layout.ts';
import { badge, form, time } from './parts.ts';
import { type Markup, markup, shown } from './text.ts';
import { explain, noSuchPage, numberOf, type PageContext, type Pages, Refusal, type Visit } from './visit.ts';

const perPage = 50;

const repositoryIn = ({ payload }: Delivery) =>
  (payload['repository'] as { full_name?: string } | undefined)?.full_name;

/** Newest first, without those about repositories that the visitor may not see. */
async function visible(visit: Visit): Promise<Delivery[]> {
  const { log } = visit.forge.webhooks;
  const names = [...new Set(log.map(repositoryIn).filter((name) => name !== undefined))];
  const answers = await Promise.all(names.map((name) => visit.api('GET', `/repos/${name}`)));
  const hidden = new Set(names.filter((_, index) => answers[index]!.status !== 200));
  return [...log].reverse().filter((delivery) => !hidden.has(repositoryIn(delivery) ?? ''));
}

const eventOf = ({ event, action }: Delivery) => (action ? `${event}.${action}` : event);

function outcome({ status, statusCode, redelivery }: Delivery): Markup {
  const good = statusCode >= 200 && statusCode < 300;
  return markup`${badge(good ? 'good' : 'bad', statusCode > 0 ? String(statusCode) : status)}${redelivery && markup` <span class="chip">redelivery</span>`}`;
}

function redeliver(visit: Visit, { id }: Delivery): Markup {
  return form(visit, `/deliveries/${id}/redeliver`, markup`<button>Redeliver</button>`, undefined, 'inline');
}

async function list(visit: Visit, from: number): Promise<Response> {
  const all = await visible(visit);
  const shownNow = all.slice(from, from + perPage);
  const row = (delivery: Delivery) => markup`<tr><td>${outcome(delivery)}</td>
<td><a class="mono" href="/deliveries/${delivery.id}">${shown(eventOf(delivery))}</a></td><td>${shown(repositoryIn(delivery) ?? '')}</td>
<td>${time(delivery.deliveredAt, true)}</td><td class="number">${Math.round(delivery.duration * 1000)} ms</td><td>${visit.session && redeliver(visit, delivery)}</td></tr>`;
  const table = markup`<div class="scroll boxed" tabindex="0" role="region" aria-label="Deliveries"><table class="listing"><thead><tr><th>Answer</th><th>Event</th><th>Repository</th><th>Sent</th><th>Took</th><th><span class="unseen">Again</span></th></tr></thead>
<tbody>${shownNow.map(row)}</tbody></table></div>`;
  const older = from + perPage < all.length && markup`<p><a href="/deliveries?from=${from + perPage}">Older</a></p>`;
  const body = markup`<header class="title"><h1>Deliveries</h1><p>Webhooks that went to the app, newest first.</p></header>
<div data-live id="list">${shownNow.length > 0 ? table : markup`<p class="empty">Nothing was sent yet.</p>`}${older}</div>`;
  return respond(page(visit, 'Deliveries', body, { live: from === 0 }));
}

async function find(visit: Visit, id: number): Promise<Delivery> {
  const found = (await visible(visit)).find((delivery) => delivery.id === id);
  if (!found) throw noSuchPage();
  return found;
}

async function show(visit: Visit, id: number): Promise<Response> {
  const delivery = await find(visit, id);
  const headers = (list: Readonly<Record<string, string>>) =>
    Object.entries(list)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n');
  const block = (title: string, text: string) =>
    markup`<h2>${title}</h2><div class="code"><pre tabindex="0"><code>${shown(text || '(nothing)')}</code></pre></div>`;
  const body = markup`<header class="title with-action"><div><h1 class="mono">${shown(eventOf(delivery))}</h1>
<p>${outcome(delivery)} ${time(delivery.deliveredAt, true)} · <span class="mono">${delivery.guid}</span> · to <span class="mono">${shown(delivery.url || 'nowhere: no webhook address is set')}</span></p></div>${visit.session && redeliver(visit, delivery)}</header>
${block('Request headers', headers(delivery.requestHeaders))}${block('Payload', JSON.stringify(delivery.payload, null, 2))}
${block('Response headers', headers(delivery.responseHeaders))}${block('Response', delivery.responseBody)}`;
  return respond(page(visit, `${eventOf(delivery)} · Deliveries`, body));
}

/** The app speaks for itself by a token of a minute, which only its key can sign. */
function appToken({ app }: Forge): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: now - 5, exp: now + 60, iss: app.id })}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(app.privateKey, 'base64url')}`;
}

async function again(context: PageContext): Promise<Response> {
  const visit = context.get('visit');
  await readForm(context, visit);
  const { id } = await find(visit, numberOf(context, 'id'));
  const answer = await visit.forge.api(appToken(visit.forge), 'POST', `/app/hook/deliveries/${id}/attempts`);
  if (answer.status >= 400) throw new Refusal(answer.status, explain(answer));
  await visit.forge.webhooks.settled();
  return context.redirect('/deliveries', 303);
}

export function addDeliveries(pages: Pages): void {
  pages.get('/deliveries', (context) => {
    const from = Number(context.req.query('from') ?? 0);
    return list(context.get('visit'), Number.isSafeInteger(from) && from > 0 ? from : 0);
  });
  pages.get('/deliveries/:id{[0-9]+}', (context) => show(context.get('visit'), numberOf(context, 'id')));
  pages.post('/deliveries/:id{[0-9]+}/redeliver', again);
}
