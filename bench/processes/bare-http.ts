// The limit: Node's own server, which reads a webhook, compares its HMAC and answers.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { offer } from '../support/offer.ts';

const secret = process.env['WEBHOOK_SECRET'] ?? '';
const server = createServer((request, response) => {
  const hmac = createHmac('sha256', secret);
  request.on('data', (chunk: Buffer) => hmac.update(chunk));
  request.on('end', () => {
    const wanted = Buffer.from(`sha256=${hmac.digest('hex')}`);
    const given = Buffer.from(String(request.headers['x-hub-signature-256'] ?? ''));
    const same = wanted.length === given.length && timingSafeEqual(wanted, given);
    response.writeHead(same ? 202 : 401).end();
  });
});
server.listen(0, '127.0.0.1', () => offer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {}));
