import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';

export interface Handlers {
  /** Git's requests need the raw streams; true when it was one. */
  git(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** Everything else; null cuts the connection. */
  answer(request: Request): Promise<Response | null>;
}

/** Only the machine itself may speak to a forge that lets anybody act as anybody. */
export function requireLoopback(host: string): void {
  if (host === '127.0.0.1' || host === 'localhost') return;
  throw new Error(`The local forge answers only this machine: host must be 127.0.0.1 or localhost, not ${host}.`);
}

/** Listens on 127.0.0.1 and answers requests that name it by its own address and come from its own pages. */
export async function listen(port: number, handlers: Handlers): Promise<{ server: Server; port: number }> {
  const web = getRequestListener(
    async (request, { outgoing }) => {
      const answer = await handlers.answer(request);
      if (answer) return answer;
      outgoing.destroy();
      return new Response(null);
    },
    { overrideGlobalObjects: false },
  );
  const server = createServer((request, response) => {
    const refusal = refusalOf(request, (server.address() as AddressInfo).port);
    if (refusal) return void response.writeHead(refusal.status, { 'content-type': 'text/plain' }).end(refusal.message);
    handlers.git(request, response).then(
      (taken) => void (taken || web(request, response)),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

/** A page of another site could reach us through the browser: by a name that resolves here, or by a form. */
function refusalOf(request: IncomingMessage, port: number): { status: number; message: string } | null {
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!own.includes(request.headers.host ?? ''))
    return { status: 421, message: 'This forge answers only to 127.0.0.1 and localhost.' };
  const { origin } = request.headers;
  const writes = request.method !== 'GET' && request.method !== 'HEAD';
  // An app's own page sends its manifest here; the forge's page then asks a person before it does anything.
  if (request.url?.split('?')[0] === '/settings/apps/new') return null;
  if (!writes || origin === undefined || own.some((host) => origin === `http://${host}`)) return null;
  return { status: 403, message: 'Writes from another origin are refused.' };
}
