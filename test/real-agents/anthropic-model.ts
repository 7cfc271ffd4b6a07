import { eventServer } from './event-server.ts';

interface Body {
  readonly stream?: boolean;
  readonly messages?: readonly { readonly content?: unknown }[];
  readonly tools?: readonly { readonly name?: string }[];
}

const usage = { input_tokens: 100, output_tokens: 20 };

/** What a model answers that has one command run, and then says that it is done. */
function blockFor({ messages = [], tools = [] }: Body, command: string): Record<string, unknown> {
  const shell = tools.find(({ name }) => /^(?:bash|shell|run)/i.test(name ?? ''))?.name;
  // Agents ask for titles beside their work.
  if (shell === undefined) return { type: 'text', text: 'A title' };
  if (JSON.stringify(messages).includes('"tool_result"')) return { type: 'text', text: 'It adds now.' };
  return { type: 'tool_use', id: 'toolu_1', name: shell, input: { command, description: 'Adds up' } };
}

function eventsOf(block: Record<string, unknown>) {
  const isText = block['type'] === 'text';
  const head = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, usage };
  const delta = isText
    ? { type: 'text_delta', text: block['text'] }
    : { type: 'input_json_delta', partial_json: JSON.stringify(block['input']) };
  return [
    { type: 'message_start', message: head },
    {
      type: 'content_block_start',
      index: 0,
      content_block: isText ? { type: 'text', text: '' } : { ...block, input: {} },
    },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: isText ? 'end_turn' : 'tool_use', stop_sequence: null }, usage },
    { type: 'message_stop' },
  ].map((data) => ({ event: data.type, data }));
}

/** Serves Anthropic's messages, streamed or whole. Counts its requests. */
export const anthropicModel = (command: string) =>
  eventServer<Body>('', (body) => {
    const block = blockFor(body, command);
    const stop = block['type'] === 'text' ? 'end_turn' : 'tool_use';
    const whole = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [block],
      stop_reason: stop,
      usage,
    };
    return body.stream === true ? { events: eventsOf(block) } : { whole };
  });
