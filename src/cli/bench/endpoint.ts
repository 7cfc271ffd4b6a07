import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ReaderRole, readerRoles } from '../../domain/named-model.ts';
import type { Answers } from './answers.ts';
import { writeAnswer } from './chat-wire.ts';
import type { Exchange } from './transcript.ts';

/** Largest request that is taken. */
const MOST_BYTES = 20_000_000;
/** Longest pause between two requests on one connection. */
const KEPT_MS = 600_000;

/** What was asked and answered, and what for. */
export interface Answered extends Exchange {
  readonly role: ReaderRole;
}

/** Between the product and whoever answers: sees every byte that is sent. */
export interface Endpoint extends AsyncDisposable {
  /** For specs; each role has its own below it, by its name. */
  readonly baseUrl: string;
  /** What was asked since the last call, in order, answered or not; whatever is asked from now on is asked for `of`. */
  next(of: string): readonly string[];
  /** Everything that was asked and answered. */
  readonly exchanges: readonly Answered[];
}

async function bytesOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > MOST_BYTES) throw new Error('the request is too long');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const roleOf = (path: string): ReaderRole => readerRoles.find((role) => path.startsWith(`/v1/${role}/`)) ?? 'draft';

/** Serves chat.completions on 127.0.0.1, answered by `answers`. */
export async function openEndpoint(answers: Answers): Promise<Endpoint> {
  const exchanges: Answered[] = [];
  let asked: string[] = [];
  let of = '';
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bytesOf(request);
    asked.push(body);
    const mine = of;
    const role = roleOf(request.url ?? '');
    const found = await answers(body, role);
    if ('status' in found) {
      response.writeHead(found.status, { 'content-type': 'application/json' }).end(found.body);
      return;
    }
    exchanges.push({ of: mine, role, request: body, answer: found });
    const { stream } = JSON.parse(body) as { readonly stream?: boolean };
    const written = writeAnswer(found, stream === true);
    response.writeHead(200, { 'content-type': written.type }).end(written.body);
  };
  const server = createServer((request, response) => {
    // The product hears that the endpoint is out of reach, as it would of the real one.
    answer(request, response).catch(() => response.destroy());
  });
  // A case may take longer than a connection is kept by default, and a client does not notice in time that it is gone.
  server.keepAliveTimeout = KEPT_MS;
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    exchanges,
    next(id) {
      const before = asked;
      asked = [];
      of = id;
      return before;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
