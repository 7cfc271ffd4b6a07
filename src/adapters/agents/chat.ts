import type { ChatMessage, ChatTurn, ToolOffer } from '../../domain/chat.ts';

/**
 * A model that may call tools, as the agent needs it. Throws `Weather` when the answer did not arrive whole,
 * `ModelRefused` when it never will, the signal's reason when aborted.
 */
export interface Chat {
  readonly name: string;
  next(request: {
    readonly messages: readonly ChatMessage[];
    readonly tools: readonly ToolOffer[];
    readonly signal: AbortSignal;
  }): Promise<ChatTurn>;
}
