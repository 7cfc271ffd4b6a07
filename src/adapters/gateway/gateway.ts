import { ModelRefused } from '../../domain/chat.ts';
import * as say from '../../domain/messages/gateway.ts';
import type { ModelApi } from '../../domain/named-model.ts';
import { type Gateway, GatewayCut, type GatewayRun } from '../../ports.ts';
import { openAccount } from './account.ts';
import { anthropic } from './anthropic.ts';
import { type Api, NotLetThrough } from './api.ts';
import { EndpointFailed, EndpointRefused } from './endpoint.ts';
import { openEstimate } from './estimate.ts';
import { type Door, exchange } from './exchange.ts';
import { gemini } from './gemini.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import { textWithin } from './relay.ts';
import { listenAt } from './socket.ts';

const MEGABYTES = 20;
/** Of all requests together that are read, wait or are under way: else an agent could fill the memory of the app with them. */
const MEGABYTES_AT_ONCE = 40;
/** Of all requests of a run that no budget counts, because no model was asked: reading each of them takes the app's time. */
const MEGABYTES_IN_VAIN = 200;
const MEGABYTE = 1_000_000;
/** Refused requests that are noted: an agent may ask in vain without end. */
const MOST_REFUSED = 100;
/** Longest silence of an endpoint, and longest answer. */
const PATIENCE = { silenceMs: 300_000, answerMs: 1_200_000 } as const;

const APIS: Readonly<Record<ModelApi, Api>> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  anthropic,
  gemini,
};

/**
 * Opens the door of one run to its model. Throws `ModelRefused` in words where the run cannot be held within its budget.
 */
export function openGateway(run: GatewayRun, patience: Door['patience'] = PATIENCE): Gateway {
  const { model, budget, signal } = run;
  if (budget.money !== undefined && model.price === undefined) throw new ModelRefused(say.noPrice(model.name));
  const cut = new AbortController();
  const shut = new AbortController();
  const door: Door = {
    model,
    api: APIS[model.api],
    account: openAccount(model, budget),
    over: AbortSignal.any([signal, shut.signal]),
    patience,
    onEntry: run.onEntry ?? (() => {}),
    fetch: run.fetch,
    underWay: new Set(),
    estimate: openEstimate(),
    seen: { asked: 0, answered: 0, refused: 0, held: 0, inVain: 0 },
  };
  const closers: (() => Promise<void>)[] = [];
  const handle = (request: Request) =>
    answerTo(door, cut, request).catch((error: unknown) => failed(door, cut, request, error));
  return {
    handle,
    async listen(dir) {
      const { path, close } = await listenAt(dir, handle);
      closers.push(close);
      return path;
    },
    spent: () => ({ ...door.account.spent(), answered: door.seen.answered }),
    cut: cut.signal,
    async close() {
      shut.abort(new NotLetThrough(say.closed));
      for (const sent of door.underWay) sent.lose();
      await Promise.all(closers.map((close) => close()));
    },
  };
}

const answerJson = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

const pathOf = (request: Request): string => new URL(request.url).pathname;

async function answerTo(door: Door, cut: AbortController, request: Request): Promise<Response> {
  const { api, model, over } = door;
  const url = new URL(request.url);
  const path = url.pathname;
  const wish = api.wish(url);
  // Some agents look whether anybody is there at all.
  if (request.method === 'HEAD' && path === '/') return new Response(null);
  if (request.method === 'GET' && wish === 'models') return answerJson(200, api.models(model.model));
  if (request.method !== 'POST' || wish === null || wish === 'models')
    throw new NotLetThrough(say.noSuchPath(request.method, path.slice(0, 200)), 403);
  if (cut.signal.aborted) throw cut.signal.reason;
  if (over.aborted) throw new NotLetThrough(say.closed);
  return withBody(door, request, async (text) => {
    const body = parsed(text);
    // Told here: it is never exact anyway, and nobody has to be asked.
    if (wish === 'count') {
      door.seen.inVain += Buffer.byteLength(text);
      return answerJson(200, api.count(door.estimate.likely(Buffer.byteLength(text))));
    }
    const asked = api.read(body, wish === 'stream');
    return exchange(door, { path, asked, headers: request.headers, signal: request.signal });
  });
}

/** Calls `use` with the text of a request, whose bytes count as held until that is over. */
async function withBody({ seen }: Door, request: Request, use: (text: string) => Promise<Response>): Promise<Response> {
  if (seen.inVain > MEGABYTES_IN_VAIN * MEGABYTE) throw new NotLetThrough(say.tooMuchInVain(MEGABYTES_IN_VAIN), 403);
  const encoding = request.headers.get('content-encoding');
  if (encoding !== null && encoding !== 'identity') throw new NotLetThrough(say.encoded, 415);
  let held = 0;
  const hold = (bytes: number): void => {
    held += bytes;
    seen.held += bytes;
    if (seen.held > MEGABYTES_AT_ONCE * MEGABYTE) throw new NotLetThrough(say.tooMuchAtOnce(MEGABYTES_AT_ONCE), 429);
  };
  try {
    const text = await textWithin(request.body, MEGABYTES * MEGABYTE, hold).catch((error: unknown) => {
      if (error instanceof RangeError) throw new NotLetThrough(say.tooLong(MEGABYTES), 413);
      throw error;
    });
    return await use(text);
  } catch (error) {
    if (!wasSent(error)) seen.inVain += held;
    throw error;
  } finally {
    seen.held -= held;
  }
}

/** Whether a request went to the model, or ended the run. */
const wasSent = (error: unknown): boolean =>
  error instanceof EndpointFailed || error instanceof EndpointRefused || error instanceof GatewayCut;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NotLetThrough(say.notJson);
  }
}

function toldOf(error: unknown): NotLetThrough {
  if (error instanceof NotLetThrough) return error;
  // An exhausted stack is hostile nesting; else whoever asked has left.
  return new NotLetThrough(error instanceof RangeError ? say.tooDeep : say.left);
}

/** What the agent is answered in the place of a model. */
function failed(door: Door, cut: AbortController, request: Request, error: unknown): Response {
  const { api, over } = door;
  if (error instanceof GatewayCut || error instanceof EndpointRefused) {
    const reason = error instanceof GatewayCut ? error : new GatewayCut('model-refused', error.message);
    if (!cut.signal.aborted) cut.abort(reason);
    note(door, request, 400, reason.message);
    return answerJson(400, api.failure(400, reason.message));
  }
  const told = over.aborted ? new NotLetThrough(say.closed) : toldOf(error);
  const sent = error instanceof EndpointFailed;
  const again = sent && error.retryAfter !== null ? { 'retry-after': error.retryAfter } : undefined;
  if (!sent) note(door, request, told.status, told.message);
  return answerJson(told.status, api.failure(told.status, told.message), again);
}

/** Notes what was refused, as long as it may still tell somebody something. */
function note({ seen, onEntry }: Door, request: Request, status: number, because: string): void {
  if (seen.refused++ < MOST_REFUSED) onEntry({ is: 'refused', path: pathOf(request).slice(0, 200), status, because });
}
