import type { IncomingMessage, ServerResponse } from 'node:http';
import { webhookAnswer } from '../../domain/messages/github.ts';
import { at, id, repositoryName, text } from './event-fields.ts';
import { readBody } from './read-body.ts';

/** A webhook that GitHub signed, to be stored as it came. */
export interface Received {
  /** GitHub's GUID: the same when it is delivered again. */
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  /** 0 when the event is about no installation. */
  readonly installation: number;
  readonly repo: string | null;
  readonly payload: Uint8Array;
  readonly receivedAt: Date;
}

export interface IntakeOptions {
  verify(rawBody: string, signature: string): Promise<boolean>;
  /** Resolves once the delivery is durable. */
  deliver(delivery: Received): Promise<'new' | 'known'>;
  /** GitHub sends at most 25 MB. */
  readonly maxBytes?: number;
}

export const WEBHOOK_PATH = '/api/github/webhooks';
const MAX_BYTES = 25 * 1024 * 1024;

interface Answer {
  readonly status: number;
  readonly message: string;
}
const answer = (status: number, message: string): Answer => ({ status, message });

interface Head {
  readonly guid: string;
  readonly event: string;
  readonly signature: string;
}

/**
 * Takes webhooks at `WEBHOOK_PATH`: verified, then stored, then answered. False when the request is for somebody else.
 * A 5xx means only that the store failed; GitHub shows the delivery as failed then, and it is asked for again.
 */
export function intake(
  options: IntakeOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  const maxBytes = options.maxBytes ?? MAX_BYTES;
  return async (request, response) => {
    if (request.url?.split('?')[0] !== WEBHOOK_PATH) return false;
    const head = headOf(request, maxBytes);
    const body = 'status' in head ? 'unread' : await readBody(request, maxBytes);
    if (body === 'gone') return true;
    if ('status' in head) refuse(response, head);
    else if (typeof body === 'string') refuse(response, answer(413, webhookAnswer.tooLarge()));
    else send(response, await take(options, head, body));
    return true;
  };
}

/** What the headers tell, or why the body need not be read. */
function headOf(request: IncomingMessage, maxBytes: number): Head | Answer {
  if (request.method !== 'POST') return answer(405, webhookAnswer.onlyPost());
  const { headers } = request;
  const event = String(headers['x-github-event'] ?? '');
  const guid = String(headers['x-github-delivery'] ?? '').toLowerCase();
  const signature = String(headers['x-hub-signature-256'] ?? '');
  if (!/^sha256=[0-9a-f]{64}$/.test(signature)) return answer(401, webhookAnswer.badSignature());
  const formed = /^[a-z][a-z0-9_]{0,60}$/.test(event) && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(guid);
  if (!formed) return answer(400, webhookAnswer.noHeaders());
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json' || headers['content-encoding'] !== undefined)
    return answer(415, webhookAnswer.notJson());
  if (Number(headers['content-length'] ?? 0) > maxBytes) return answer(413, webhookAnswer.tooLarge());
  return { guid, event, signature };
}

async function take(options: IntakeOptions, head: Head, body: Buffer): Promise<Answer> {
  const raw = body.toString('utf8');
  if (!(await options.verify(raw, head.signature))) return answer(401, webhookAnswer.badSignature());
  const payload = objectOf(raw);
  if (payload === null) return answer(400, webhookAnswer.unreadable());
  try {
    const found = await options.deliver({
      guid: head.guid,
      event: head.event,
      action: text(at(payload, 'action')) ?? null,
      installation: id(at(payload, 'installation', 'id')) ?? 0,
      repo: repositoryName(at(payload, 'repository', 'full_name')) ?? null,
      payload: body,
      receivedAt: new Date(),
    });
    return found === 'new' ? answer(202, webhookAnswer.accepted()) : answer(200, webhookAnswer.known());
  } catch {
    return answer(503, webhookAnswer.notStored());
  }
}

function objectOf(raw: string): object | null {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function send(response: ServerResponse, { status, message }: Answer): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${message}\n`);
}

/** Answers without having read the body, so the connection cannot be used again. */
function refuse(response: ServerResponse, { status, message }: Answer): void {
  if (status === 405) response.setHeader('allow', 'POST');
  response.setHeader('connection', 'close');
  send(response, { status, message });
}
