import type { ChatMessage, ChatTurn } from '../../domain/chat.ts';
import {
  asking,
  bareSummary,
  isEnough,
  isFull,
  KEPT_HEAD,
  shortened,
  sizeOf,
  squeezed,
  summed,
  tailOf,
} from '../../domain/prompts/compact-chat.ts';
import { texts } from '../../domain/prompts/texts.ts';

interface Compacting {
  /** Grows in place, and shrinks here. */
  readonly messages: ChatMessage[];
  /** Tokens that the model takes, its answer included. */
  readonly context: number;
  /** What the model counted last, and for how many messages. */
  readonly counted: { tokens: number; of: number };
  /** Asks the model. */
  readonly ask: (messages: readonly ChatMessage[]) => Promise<ChatTurn>;
}

/**
 * Keeps a conversation within the model's context: first the older answers of tools are shortened, then everything older
 * is replaced by a summary of the same model's. Task and last turns stay as they are, and calls keep their answers.
 * Rarely, and then by much: in between, each request begins with the one before. Throws what `ask` throws.
 * Returns the summary, or null where none was needed.
 */
export async function compact({ messages, context, counted, ask }: Compacting): Promise<string | null> {
  const put = (compacted: readonly ChatMessage[]): number => {
    messages.splice(0, messages.length, ...compacted);
    counted.tokens = 0;
    counted.of = 0;
    return sizeOf(messages, 0, 0);
  };
  if (!isFull(sizeOf(messages, counted.tokens, counted.of), context)) return null;
  const tail = tailOf(messages, context);
  if (isEnough(put(shortened(messages, tail)), context)) return null;
  const older = messages.slice(KEPT_HEAD, tail);
  const summary = older.length === 0 ? null : await summaryOf({ messages, context, counted, ask }, tail);
  const size = summary === null ? sizeOf(messages, 0, 0) : put(summed(messages, tail, summary));
  if (isFull(size, context)) put(squeezed(messages, context));
  return summary;
}

/** The model's own summary; where it gives none, what can be said without it. */
async function summaryOf({ messages, context, ask }: Compacting, tail: number): Promise<string> {
  const asked = asking(messages, tail, texts.compact.text);
  const turn = await ask(isFull(sizeOf(asked, 0, 0), context) ? squeezed(asked, context) : asked);
  return turn.text.trim() === '' ? bareSummary(messages.slice(KEPT_HEAD, tail)) : turn.text.trim();
}
