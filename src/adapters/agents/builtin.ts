import type { ChatMessage } from '../../domain/chat.ts';
import { renderBrief } from '../../domain/prompts/brief.ts';
import { texts } from '../../domain/prompts/texts.ts';
import type { Chat } from './chat.ts';
import type { Opening, Thread, ThreadKind } from './thread.ts';
import { toolLoop } from './tool-loop.ts';
import { workplace } from './workplace.ts';

interface Builtin {
  /** Of the model. */
  readonly name: string;
  /** Such as `openaiChat(settings)`, through this door. */
  readonly chat: (fetch: Fetch) => Chat;
  /** Tokens that the model takes, its answer included. */
  readonly context: number;
  /** Most answers of the model in one round. Default 80. */
  readonly steps?: number;
}

type Fetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

const DEFAULT_STEPS = 80;

/** The agent that ships: any model that can call tools, in a loop of our own. Every tool runs in the sandbox. */
export const builtin = ({ name, chat, context, steps = DEFAULT_STEPS }: Builtin): ThreadKind => ({
  model: name,
  first: renderBrief,
  open: async (opening) => {
    const { handle } = opening.gateway;
    return conversation(
      chat((url, init) => handle(new Request(url, init))),
      { context, steps },
      opening,
    );
  },
});

function conversation(
  chat: Chat,
  { context, steps }: { context: number; steps: number },
  { sandbox, checkout, log }: Opening,
): Thread {
  const messages: ChatMessage[] = [{ role: 'system', text: texts.agent.text }];
  const meter = { steps: 0, counted: { tokens: 0, of: 0 } };
  return {
    turn(text, on, signal) {
      messages.push({ role: 'user', text });
      const place = workplace(sandbox, checkout, signal);
      return toolLoop({
        chat,
        workplace: place,
        messages,
        most: steps,
        meter,
        context,
        on,
        signal,
        log,
      });
    },
    close: async () => {},
  };
}
