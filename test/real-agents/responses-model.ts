import { eventServer } from './event-server.ts';

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
export function responsesModel(command: string) {
  let answers = 0;
  return eventServer<Body>('/v1', (body) => {
    const item = itemFor(body, command);
    const id = `resp_${++answers}`;
    const of = { id, object: 'response', status: 'completed', output: [item], usage };
    return {
      events: [
        { type: 'response.created', response: { id, object: 'response', status: 'in_progress', output: [] } },
        { type: 'response.output_item.added', output_index: 0, item },
        { type: 'response.output_item.done', output_index: 0, item },
        { type: 'response.completed', response: of },
      ].map((data) => ({ event: data.type, data })),
    };
  });
}
