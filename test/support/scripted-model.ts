import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came over the wire. */
export interface SeenRequest {
  /** The exact bytes. */
  readonly raw: string;
  readonly authorization: string | undefined;
  readonly body: RequestBody;
  /** The text of the last message. */
  readonly last: string;
}

export interface RequestBody {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly {
    role: string;
    content: string | null;
    tool_call_id?: string;
    tool_calls?: readonly { id: string; function: { name: string; arguments: string } }[];
  }[];
  readonly tools?: readonly { function: { name: string; parameters: unknown } }[];
}

export type Reply =
  | { readonly text: string; readonly finish?: string; readonly usage?: false }
  | { readonly tool: string; readonly args: unknown }
  | { readonly tools: readonly { tool: string; args: unknown }[] }
  | { readonly json: unknown }
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  /** `hang`: never answers. `cut`: stops in the middle. */
  | 'hang'
  | 'cut';

export interface Line {
  readonly expect?: RegExp | ((request: SeenRequest) => void);
  readonly reply: Reply;
}

/** The same draft from each of the readers that are asked side by side, whatever way they are told. */
export const drafts = (spec: unknown, of = 3): readonly Reply[] => Array.from({ length: of }, () => ({ json: spec }));

/** A dialogue, line by line, or an actor that answers whatever it is asked. */
export type Script = readonly (Line | Reply)[] | ((request: SeenRequest) => Reply | Promise<Reply>);

export interface ScriptedModel extends AsyncDisposable {
  readonly baseUrl: string;
  readonly requests: readonly SeenRequest[];
  /** Calls that the script did not foresee and expectations that did not hold. */
  readonly complaints: readonly string[];
  /** Stops the server. Throws when there are complaints, or lines that nobody asked for. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Serves chat.completions (JSON and SSE, with tools) on 127.0.0.1 and answers from the script. */
export async function scriptedModel(script: Script): Promise<ScriptedModel> {
  const requests: SeenRequest[] = [];
  const complaints: string[] = [];
  const waiting = typeof script === 'function' ? [] : script.map(asLine);

  const answer = async (request: SeenRequest): Promise<Reply> => {
    if (typeof script === 'function') return script(request);
    const line = waiting.shift();
    if (line === undefined) return complain(`unexpected call: ${request.raw.slice(0, 500)}`);
    try {
      if (line.expect instanceof RegExp) {
        if (!line.expect.test(request.raw)) throw new Error(`does not match ${line.expect}`);
      } else line.expect?.(request);
    } catch (error) {
      return complain(`call ${requests.length}: ${(error as Error).message}`);
    }
    return line.reply;
  };
  const complain = (complaint: string): Reply => {
    complaints.push(complaint);
    return { status: 400, body: { error: { message: complaint, code: 'unscripted' } } };
  };

  const server = createServer(async (request, response) => {
    const raw = await textOf(request);
    const body = JSON.parse(raw) as RequestBody;
    const last = body.messages.at(-1)?.content ?? '';
    requests.push({ raw, body, last, authorization: request.headers.authorization });
    const asked = requests.at(-1)!;
    send(response, body, request.url === '/v1/chat/completions' ? await answer(asked) : { status: 404 });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    complaints,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      if (waiting.length > 0) complaints.push(`${waiting.length} lines were never asked for`);
      if (complaints.length > 0) throw new Error(complaints.join('\n'));
    },
  };
}

const asLine = (entry: Line | Reply): Line =>
  typeof entry === 'object' && 'reply' in entry ? entry : { reply: entry as Reply };

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Writes one reply in the form the request asked for. Also used where answers come from elsewhere. */
export function send(response: ServerResponse, body: RequestBody, reply: Reply): void {
  if (reply === 'hang') return;
  if (reply !== 'cut' && 'status' in reply) {
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(JSON.stringify(reply.body ?? { error: { message: 'scripted' } }));
    return;
  }
  const whole = wholeOf(reply);
  if (body.stream === true) sendEvents(response, body.model, whole, reply === 'cut');
  else sendJson(response, body.model, whole);
}

interface Whole {
  readonly text: string;
  readonly calls: readonly { id: string; name: string; text: string }[];
  readonly finish: string;
  readonly usage: object;
}

function wholeOf(reply: Exclude<Reply, 'hang' | { status: number }>): Whole {
  const counted = { usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 } };
  const said = { calls: [], finish: 'stop', usage: counted };
  if (reply === 'cut') return { ...said, text: 'The beginning of an ans' };
  if ('text' in reply)
    return { ...said, ...(reply.usage === false && { usage: {} }), text: reply.text, finish: reply.finish ?? 'stop' };
  if ('json' in reply) return { ...said, text: JSON.stringify(reply.json) };
  const calls = ('tools' in reply ? reply.tools : [reply]).map(({ tool, args }, at) => ({
    id: `call_${at}`,
    name: tool,
    text: typeof args === 'string' ? args : JSON.stringify(args),
  }));
  return { text: '', calls, finish: 'tool_calls', usage: counted };
}

function sendEvents(response: ServerResponse, model: string, whole: Whole, cut: boolean): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const event = (choices: readonly unknown[], more: object = {}): void => {
    const chunk = { id: 'c', object: 'chat.completion.chunk', created: 0, model, choices, ...more };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  const delta = (part: object, finish_reason: string | null = null) =>
    event([{ index: 0, delta: part, finish_reason }]);
  delta({ role: 'assistant', content: '' });
  for (let at = 0; at < whole.text.length; at += 4000) delta({ content: whole.text.slice(at, at + 4000) });
  whole.calls.forEach(({ id, name, text }, index) => {
    const half = text.length >> 1;
    delta({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: text.slice(0, half) } }] });
    delta({ tool_calls: [{ index, function: { arguments: text.slice(half) } }] });
  });
  if (!cut) {
    delta({}, whole.finish);
    event([], whole.usage);
    response.write('data: [DONE]\n\n');
  }
  response.end();
}

function sendJson(response: ServerResponse, model: string, whole: Whole): void {
  const calls = whole.calls.map(({ id, name, text }) => ({
    id,
    type: 'function',
    function: { name, arguments: text },
  }));
  const message = { role: 'assistant', content: whole.text, ...(calls.length > 0 && { tool_calls: calls }) };
  const choices = [{ index: 0, finish_reason: whole.finish, message }];
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ id: 'c', object: 'chat.completion', created: 0, model, choices, ...whole.usage }));
}
