// The peer: a bare Probot server with an empty handler. It verifies and parses each webhook and keeps nothing.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createNodeMiddleware, Probot } from 'probot';
import { offer } from '../support/offer.ts';

const probot = new Probot({
  appId: 1,
  privateKey: process.env['PRIVATE_KEY'] ?? '',
  secret: process.env['WEBHOOK_SECRET'] ?? '',
  logLevel: 'fatal',
});
const middleware = await createNodeMiddleware((app) => app.onAny(() => {}), {
  probot,
  webhooksPath: '/api/github/webhooks',
});
const server = createServer((request, response) => void middleware(request, response));
server.listen(0, '127.0.0.1', () => offer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {}));
