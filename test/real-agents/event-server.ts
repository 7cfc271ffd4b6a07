import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer as a stream of events, or as one. */
type Answer =
  | { readonly events: readonly { readonly event?: string; readonly data: object }[] }
  | { readonly whole: object };

/** A model on the loopback address, whose API is below `path`. Counts its requests. */
export async function eventServer<Body>(path: string, answerTo: (body: Body, url: string) => Answer) {
  let requests = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    requests += 1;
    const answer = answerTo(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Body, request.url ?? '');
    if ('whole' in answer) {
      response.writeHead(200, { 'content-type': 'application/json' });
      return void response.end(JSON.stringify(answer.whole));
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const { event, data } of answer.events)
      response.write(`${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`);
    response.end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    requests: () => requests,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
