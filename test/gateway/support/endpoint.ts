import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openGateway } from '../../../src/adapters/gateway/gateway.ts';
import type { ModelApi, NamedModel } from '../../../src/domain/named-model.ts';
import type { Gateway, GatewayBudget, GatewayEntry } from '../../../src/ports.ts';

export const KEY = 'sk-canary-0123456789';

interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: a body of four APIs.
  readonly body: any;
}

/** How an endpoint answers one request. */
export type Answer = (response: ServerResponse, seen: Seen) => void;

export interface Endpoint extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly Seen[];
}

/** An endpoint that answers everything in one way, and remembers what it was asked. */
export async function endpoint(answer: Answer): Promise<Endpoint> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    seen.push({ path: request.url ?? '', headers: request.headers, body: text === '' ? null : JSON.parse(text) });
    answer(response, seen.at(-1)!);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

export const events =
  (all: readonly (object | string)[]): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const one of all) response.write(`data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`);
    response.end();
  };

/** An answer of 100 tokens in and 20 out, as each API gives it. */
export const WHOLE: Readonly<Record<ModelApi, unknown>> = {
  'openai-chat': {
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
  },
  'openai-responses': {
    object: 'response',
    status: 'completed',
    output: [],
    usage: { input_tokens: 100, output_tokens: 20, total_tokens: 120 },
  },
  anthropic: {
    type: 'message',
    content: [{ type: 'text', text: 'Hi.' }],
    usage: { input_tokens: 60, cache_read_input_tokens: 30, cache_creation_input_tokens: 10, output_tokens: 20 },
  },
  gemini: {
    candidates: [{ content: { role: 'model', parts: [{ text: 'Hi.' }] }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 15, thoughtsTokenCount: 5, totalTokenCount: 120 },
  },
};

/** The same, streamed. */
export const STREAMED: Readonly<Record<ModelApi, readonly (object | string)[]>> = {
  'openai-chat': [
    { choices: [{ index: 0, delta: { content: 'Hi.' } }], usage: null },
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: null },
    { choices: [], usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 } },
    '[DONE]',
  ],
  'openai-responses': [
    { type: 'response.created', response: { status: 'in_progress', usage: null } },
    { type: 'response.output_text.delta', delta: 'Hi.' },
    { type: 'response.completed', response: WHOLE['openai-responses'] },
  ],
  anthropic: [
    {
      type: 'message_start',
      message: {
        usage: { input_tokens: 60, cache_read_input_tokens: 30, cache_creation_input_tokens: 10, output_tokens: 1 },
      },
    },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi.' } },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 20 } },
    { type: 'message_stop' },
  ],
  gemini: [
    { candidates: [{ content: { parts: [{ text: 'H' }] } }], usageMetadata: { promptTokenCount: 100 } },
    WHOLE.gemini as object,
  ],
};

/** Where each API is asked, whole and streamed. */
export const PATHS: Readonly<Record<ModelApi, { readonly whole: string; readonly streamed: string }>> = {
  'openai-chat': { whole: '/v1/chat/completions', streamed: '/v1/chat/completions' },
  'openai-responses': { whole: '/v1/responses', streamed: '/v1/responses' },
  anthropic: { whole: '/v1/messages', streamed: '/v1/messages?beta=true' },
  gemini: {
    whole: '/v1beta/models/any:generateContent',
    streamed: '/v1beta/models/any:streamGenerateContent?alt=sse',
  },
};

/** The smallest request that each API takes. */
export const HELLO: Readonly<Record<ModelApi, Readonly<Record<string, unknown>>>> = {
  'openai-chat': { model: 'any', messages: [{ role: 'user', content: 'Hello' }] },
  'openai-responses': { model: 'any', input: 'Hello' },
  anthropic: { model: 'any', max_tokens: 1000, messages: [{ role: 'user', content: 'Hello' }] },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
};

/** A body that asks for a stream where the body says so. */
export const streaming = (api: ModelApi, body: object): object => (api === 'gemini' ? body : { ...body, stream: true });

interface Opening {
  readonly model?: Partial<NamedModel>;
  readonly budget?: Partial<GatewayBudget>;
  readonly patience?: { readonly silenceMs: number; readonly answerMs: number };
  readonly signal?: AbortSignal;
}

/** A gateway to an endpoint, and everything it told. */
export function gatewayTo(api: ModelApi, url: string, { model, budget, patience, signal }: Opening = {}) {
  const entries: GatewayEntry[] = [];
  const gateway = openGateway(
    {
      model: { name: 'strong', api, url, key: KEY, model: 'big-one', most: 4_000, ...model },
      budget: { tokens: 1_000_000, requests: 100, ...budget },
      signal: signal ?? new AbortController().signal,
      onEntry: (entry) => entries.push(entry),
    },
    patience,
  );
  return { gateway, entries };
}

export const post = (path: string, body: unknown, headers: Record<string, string> = {}): Request =>
  new Request(`http://gateway${path}`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** What an agent reads of a failure, in whatever API. */
export async function failureOf(gateway: Gateway, request: Request): Promise<{ status: number; message: string }> {
  const response = await gateway.handle(request);
  const body = (await response.json()) as { error: { message: string } };
  return { status: response.status, message: body.error.message };
}
