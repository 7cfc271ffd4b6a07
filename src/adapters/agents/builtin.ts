import type { ChatMessage } from '../../domain/chat.ts';
import { renderBrief } from '../../domain/prompts/brief.ts';
import { texts } from '../../domain/prompts/texts.ts';
import type { Chat } from './chat.ts';
import type { Opening, Thread, ThreadKind } from './thread.ts';
import { toolLoop } from './tool-loop.ts';
import { workplace } from './workplace.ts';

interface Builtin {
  /** Such as `openaiChat(settings)`. */
  readonly chat: Chat;
  /** Most answers of the model in one round. Default 80. */
  readonly steps?: number;
}

const DEFAULT_STEPS = 80;

/** The agent that ships: any model that can call tools, in a loop of our own. Every tool runs in the sandbox. */
export const builtin = ({ chat, steps = DEFAULT_STEPS }: Builtin): ThreadKind => ({
  model: chat.name,
  first: renderBrief,
  open: async (opening) => conversation(chat, steps, opening),
});

function conversation(chat: Chat, steps: number, { sandbox, checkout, limits, log }: Opening): Thread {
  const messages: ChatMessage[] = [{ role: 'system', text: texts.agent.text }];
  const meter = { tokens: 0, steps: 0 };
  return {
    turn(text, on, signal) {
      messages.push({ role: 'user', text });
      const place = workplace(sandbox, checkout, signal);
      return toolLoop({
        chat,
        workplace: place,
        messages,
        limits: { tokens: limits.tokens, steps },
        meter,
        on,
        signal,
        log,
      });
    },
    close: async () => {},
  };
}
