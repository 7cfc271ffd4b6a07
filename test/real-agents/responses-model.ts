import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Body {
  readonly input?: readonly { readonly type?: string }[];
  readonly tools?: readonly { readonly name?: string }[];
}

const usage = { input_tokens: 100, output_tokens: 20, total_tokens: 120 };

/** What a model answers that has one command run, and then says that it is done. */
function itemFor({ input = [], tools = [] }: Body, command: string): object {
  if (input.some(({ type }) => type === 'function_call_output'))
    return { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'It adds now.' }] };
  const name = tools.find((tool) => tool.name === 'exec_command' || tool.name === 'shell')?.name ?? 'shell';
  const given = name === 'shell' ? { command: ['sh', '-c', command] } : { cmd: command };
  return { type: 'function_call', call_id: 'call_1', name, arguments: JSON.stringify(given) };
}

/** Serves OpenAI's responses as events. Counts its requests. */
export async function responsesModel(command: string) {
  let requests = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    requests += 1;
    const item = itemFor(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Body, command);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const id = `resp_${requests}`;
    const of = { id, object: 'response', status: 'completed', output: [item], usage };
    for (const event of [
      { type: 'response.created', response: { id, object: 'response', status: 'in_progress', output: [] } },
      { type: 'response.output_item.added', output_index: 0, item },
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response: of },
    ])
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    response.end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests: () => requests,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
