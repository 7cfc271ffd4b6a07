// A model's endpoint that answers every request at once: one hundred events of a stream, and what they cost.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { offer } from '../support/offer.ts';

const piece = { choices: [{ index: 0, delta: { content: 'a word or two ' } }], usage: null };
const end = { choices: [], usage: { prompt_tokens: 1_000, completion_tokens: 200, total_tokens: 1_200 } };
const events = [...Array<object>(98).fill(piece), { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }, end];
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`);
    response.end('data: [DONE]\n\n');
  });
});
server.listen(0, '127.0.0.1', () => offer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {}));
