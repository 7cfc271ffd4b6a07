// A GitHub that answers from a script and keeps nothing. Without SCRIPT no issue of any repository is a rejection; with
// it (a folder that `makeWaiting` filled) each is one whose draft waits for a maintainer.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { LABELS } from '../../src/domain/labels.ts';
import { offer } from '../support/offer.ts';
import type { Scripted } from '../support/waiting.ts';

const folder = process.env['SCRIPT'];
const script: Scripted =
  folder === undefined
    ? {
        issue: {
          title: 'A question',
          body: '',
          user: { login: 'rita', id: 7, type: 'User' },
          state: 'open',
          labels: [],
        },
        events: [],
        comments: {},
      }
    : JSON.parse(await readFile(join(folder, 'script.json'), 'utf8'));

const app = { id: 1, slug: 'corrigible', name: 'corrigible', permissions: {}, events: [] };
const later = () => new Date(Date.now() + 3_600_000).toISOString();
let calls = 0;
const unknown = new Map<string, number>();

const ROUTES: readonly (readonly [RegExp, (...ids: readonly string[]) => unknown])[] = [
  [/^GET \/app$/, () => app],
  [/^GET \/app\/(?:installations|hook\/deliveries)$/, () => []],
  [/^POST \/app\/installations\/\d+\/access_tokens$/, () => ({ token: 'ghs_script', expires_at: later() })],
  [/^GET \/repos\/([^/]+\/[^/]+)$/, (name) => ({ id: 1, full_name: name })],
  [/^GET \/repos\/[^/]+\/[^/]+\/labels$/, () => [{ name: LABELS.rejection }, { name: LABELS.clear }]],
  [/^GET \/repos\/[^/]+\/[^/]+\/issues\/(\d+)$/, (number) => ({ ...script.issue, number: Number(number) })],
  [/^GET \/repos\/[^/]+\/[^/]+\/issues\/\d+\/events$/, () => script.events],
  [/^GET \/repos\/[^/]+\/[^/]+\/issues\/\d+\/comments$/, () => Object.values(script.comments)],
  [/^GET \/repos\/[^/]+\/[^/]+\/issues\/comments\/(\d+)$/, (id = '') => script.comments[id]],
];

/** Git's plain protocol: the files of the bare repository, the same for every name. */
async function gitFile(path: string, response: ServerResponse): Promise<boolean> {
  const file = /^\/[^/]+\/[^/]+\.git\/((?:info|objects)\/[\w./-]+|HEAD)$/.exec(path)?.[1];
  if (file === undefined || folder === undefined || file.includes('..')) return false;
  const bytes = await readFile(join(folder, 'base.git', file)).catch(() => null);
  response.writeHead(bytes === null ? 404 : 200).end(bytes ?? undefined);
  return true;
}

function answerOf(at: string): unknown {
  for (const [route, make] of ROUTES) {
    const found = route.exec(at);
    if (found !== null) return make(...found.slice(1));
  }
  return undefined;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  const path = request.url?.split('?')[0] ?? '/';
  if (await gitFile(path, response)) return;
  calls += 1;
  const body = answerOf(`${request.method} ${path}`);
  if (body === undefined) unknown.set(`${request.method} ${path}`, (unknown.get(`${request.method} ${path}`) ?? 0) + 1);
  const status = body === undefined ? 404 : request.method === 'POST' ? 201 : 200;
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify(body ?? { message: 'Not Found' }));
}

const server = createServer((request, response) => void answer(request, response));
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () =>
  offer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    calls: () => calls,
    unknown: () => [...unknown],
  }),
);
