import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Whether something holds, and what to read where it does not. */
export interface Probe {
  readonly ok: boolean;
  readonly words: string;
}

export interface Address {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** A page as it is answered. */
export interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is answered. */
export interface Answers {
  /** Answers what it is responsible for; false when a request is for somebody else. Absent where no webhooks are taken in. */
  readonly receive?: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
  /** The page at a path; null when it is for somebody else. Absent where none is shown. */
  readonly page?: (path: string) => Promise<Page | null>;
  /** Whether this process can go on at all: `GET /healthz`. */
  readonly alive: () => Promise<Probe>;
  /** Whether it can do its work now: `GET /readyz`. */
  readonly ready: () => Promise<Probe>;
  /** The page of `GET /metrics`. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: string }>;
}

export interface Http {
  readonly url: string;
  /** Answers like this from now on. */
  serve(answers: Answers): void;
  /** Takes no more connections and waits, for at most `graceMs`, until what was begun is answered. */
  close(graceMs: number): Promise<void>;
}

const PLAIN = 'text/plain; charset=utf-8';

async function answer(answers: Answers, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const say = (status: number, type: string, body: string) =>
    void response.writeHead(status, { 'content-type': type }).end(body);
  const probe = ({ ok, words }: Probe) => say(ok ? 200 : 503, PLAIN, `${words}\n`);
  const path = request.method === 'GET' || request.method === 'HEAD' ? request.url?.split('?')[0] : undefined;
  if (path === '/healthz') return probe(await answers.alive());
  if (path === '/readyz') return probe(await answers.ready());
  if (path === '/metrics') {
    const { contentType, body } = await answers.metrics();
    return say(200, contentType, body);
  }
  const page = path === undefined ? null : ((await answers.page?.(path)) ?? null);
  if (page !== null) return void response.writeHead(page.status, page.headers).end(page.body);
  if (answers.receive !== undefined && (await answers.receive(request, response))) return;
  say(404, PLAIN, 'not found\n');
}

/** Listens for webhooks, for who reads a page, and for whoever watches over this process. Rejects when the address cannot be had. */
export async function listen({ host, port }: Address, first: Answers): Promise<Http> {
  let answers = first;
  const server = createServer((request, response) => {
    answer(answers, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, host, done);
  });
  const at = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${at.port}`,
    serve: (next) => {
      answers = next;
    },
    close: async (graceMs) => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}
