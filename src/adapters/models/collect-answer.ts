import type OpenAI from 'openai';
import type { ToolCall } from '../../domain/chat.ts';

type Chunk = OpenAI.Chat.Completions.ChatCompletionChunk;
type CallPart = NonNullable<Chunk['choices'][number]['delta']['tool_calls']>[number];

/** More than this in one answer is not read on: no tool takes so much, and memory is finite. */
const MOST_CHARACTERS = 2_000_000;

interface Collected {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  /** null when the stream ended without saying why: it was cut. */
  readonly finish: string | null;
  /** null when the server did not count. */
  readonly tokens: number | null;
}

/** Puts the pieces of a streamed answer together. Tolerant: servers leave out indexes and ids, or send a call whole. */
export function answerCollector() {
  const parts: { id: string; name: string; arguments: string }[] = [];
  let text = '';
  let finish: string | null = null;
  let tokens: number | null = null;
  let size = 0;

  const grow = (piece: string): string => {
    size += piece.length;
    if (size > MOST_CHARACTERS) throw new RangeError('the answer is too long');
    return piece;
  };
  const addCall = (part: CallPart): void => {
    const at = part.index ?? (part.function?.name ? parts.length : parts.length - 1);
    if (!Number.isInteger(at) || at < 0 || at > 63) return;
    while (parts.length <= at) parts.push({ id: '', name: '', arguments: '' });
    const call = parts[at]!;
    // Ids and names come once; a server that repeats them in each piece must not double them.
    if (part.id) call.id = grow(part.id);
    if (part.function?.name) call.name = grow(part.function.name);
    call.arguments += grow(part.function?.arguments ?? '');
  };

  return {
    add(chunk: Chunk): void {
      tokens = countOf(chunk.usage?.total_tokens) ?? tokens;
      const choice = chunk.choices?.[0];
      if (choice === undefined) return;
      text += grow(choice.delta?.content ?? choice.delta?.refusal ?? '');
      for (const part of choice.delta?.tool_calls ?? []) addCall(part);
      finish = choice.finish_reason ?? finish;
    },
    whole: (): Collected => ({ text, calls: named(parts), finish, tokens }),
  };
}

const countOf = (count: unknown): number | null =>
  typeof count === 'number' && Number.isSafeInteger(count) && count > 0 ? count : null;

/** Every call gets an id of its own, because the answers are matched by it. */
const named = (parts: readonly ToolCall[]): readonly ToolCall[] =>
  parts.map((call, at) => {
    const taken = parts.findIndex((other) => other.id === call.id) < at;
    return call.id === '' || taken ? { ...call, id: `call_${at + 1}` } : { ...call };
  });
