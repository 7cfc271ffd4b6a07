import * as say from '../../domain/messages/gateway.ts';
import type { NamedModel } from '../../domain/named-model.ts';
import { type Call, memberOf, NotLetThrough } from './api.ts';
import { hideKey } from './hide-key.ts';
import { textWithin } from './relay.ts';

/** Statuses below 500 that may pass by themselves. */
const PASSING = new Set([408, 409, 425, 429]);
/** What an endpoint that answers no model may say, in bytes. */
const MOST_FAILURE = 100_000;

/** The endpoint does not answer, and will not in this run. */
export class EndpointRefused extends Error {
  override readonly name = 'EndpointRefused';
}

/** The endpoint did not answer this time. `sent`: it may have worked all the same, and charges for it. */
export class EndpointFailed extends NotLetThrough {
  readonly sent: boolean;
  readonly retryAfter: string | null;
  constructor(message: string, status: number, sent: boolean, retryAfter: string | null = null) {
    super(message, status);
    this.sent = sent;
    this.retryAfter = retryAfter;
  }
}

/**
 * Sends one request to the endpoint, with nothing in it but what was let through. Resolves only to an answer of the model;
 * throws `EndpointRefused` where only the operator can help, `EndpointFailed` for all else.
 */
export async function askEndpoint(
  model: NamedModel,
  call: Omit<Call, 'body'> & { readonly body: string },
  signal: AbortSignal,
  send: typeof fetch = fetch,
): Promise<Response> {
  const response = await send(call.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-encoding': 'identity', ...call.headers },
    body: call.body,
    // Followed, a redirect would carry the key and the conversation to an address that the operator did not choose.
    redirect: 'manual',
    signal,
  }).catch((error: unknown) => {
    if (signal.aborted) throw new EndpointFailed(say.slow(model.name), 504, true);
    throw new EndpointFailed(say.unreachable(model.name), 502, !wasNeverSent(error));
  });
  if (response.ok) return response;
  const { status } = response;
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    await response.body?.cancel();
    throw new EndpointRefused(say.redirected(model.name));
  }
  throw await failureOf(model, response);
}

const wasNeverSent = (error: unknown): boolean =>
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/.test(
    String(memberOf(memberOf(error, 'cause'), 'code')),
  );

async function failureOf(model: NamedModel, response: Response): Promise<Error> {
  const { status } = response;
  const said = await textWithin(response.body, MOST_FAILURE).catch(() => '');
  const error = memberOf(parsed(said), 'error');
  const empty = memberOf(error, 'code') === 'insufficient_quota';
  if (status === 401 || status === 402 || status === 403 || empty)
    return new EndpointRefused(say.keyRefused(model.name, status));
  const ours = say.failed(model.name, status);
  // Passing or not, a failure of the endpoint's own says nothing that an agent could use.
  if (status >= 500 || PASSING.has(status)) {
    const after = response.headers.get('retry-after');
    return new EndpointFailed(ours, status, false, after !== null && /^\d{1,5}$/.test(after) ? after : null);
  }
  return new EndpointFailed([ours, wordsOf(memberOf(error, 'message'), model.key)].join(' ').trim(), status, false);
}

/** What the endpoint says is wrong with a request: agents act on it. Nothing in it may look like a key. */
const wordsOf = (message: unknown, key: string): string =>
  typeof message === 'string'
    ? hideKey(message, key)
        .replace(/\b(?:sk|key|AIza)[-_\w*]{6,}/g, '[key]')
        .slice(0, 500)
    : '';

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
