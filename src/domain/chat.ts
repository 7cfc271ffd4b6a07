/** A call of a tool as the model wrote it: `arguments` is text that may or may not be JSON. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** One entry of a conversation with a model. */
export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly calls: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly call: string; readonly text: string };

/** A tool as it is offered. `parameters` is a JSON Schema. */
export interface ToolOffer {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** One whole answer. `cut`: the model stopped because it reached its length limit. */
export interface ChatTurn {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly cut: boolean;
  readonly tokens: number;
}

/**
 * Tokens of so many bytes when nobody counted them, upwards: prose has about four bytes to a token, code three, so
 * two is more than a server would have reported.
 */
export const estimateTokens = (bytes: number): number => Math.ceil(bytes / 2);

/** The endpoint will never answer this way: the address, the key, the model's name or the request is wrong. */
export class ModelRefused extends Error {
  override readonly name = 'ModelRefused';
}
