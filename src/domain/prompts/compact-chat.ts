import type { ChatMessage } from '../chat.ts';
import { capped } from './plain.ts';

/** The system's words and the task: they stay as they are, so that what stands before everything else stays the same. */
export const KEPT_HEAD = 2;

/** Shares of the model's context. */
const FULL = 0.7;
const ENOUGH = 0.5;
const TAIL = 0.25;

const SHORT = 600;
const LONGEST_SUMMARY = 8_000;
const GO_ON = 'What came before this was taken away, because it got too long. Go on from what you wrote down.';

const lengthOf = (message: ChatMessage): number => {
  const calls = message.role === 'assistant' ? message.calls : [];
  return message.text.length + calls.reduce((sum, call) => sum + call.name.length + call.arguments.length, 0);
};
const lengthOfAll = (messages: readonly ChatMessage[]): number =>
  messages.reduce((sum, message) => sum + lengthOf(message), 0);

/**
 * Tokens of a conversation. `counted`: what the model counted for the first `of` messages, 0 for none; less than a
 * quarter of the characters is not believed. What came since is taken for three characters a token.
 */
export const sizeOf = (messages: readonly ChatMessage[], counted: number, of: number): number =>
  Math.max(counted, Math.ceil(lengthOfAll(messages.slice(0, of)) / 4)) + Math.ceil(lengthOfAll(messages.slice(of)) / 3);

export const isFull = (size: number, context: number): boolean => size > context * FULL;
export const isEnough = (size: number, context: number): boolean => size <= context * ENOUGH;

/** Where the last turns begin, which stay verbatim: at an answer of the model, so that no call loses its answers. */
export function tailOf(messages: readonly ChatMessage[], context: number): number {
  const most = context * TAIL * 3;
  let size = 0;
  let tail = messages.length;
  for (let at = messages.length - 1; at >= KEPT_HEAD; at--) {
    size += lengthOf(messages[at]!);
    if (messages[at]?.role !== 'assistant') continue;
    if (size > most && tail < messages.length) break;
    tail = at;
  }
  return tail;
}

/** The conversation with the answers of tools before `tail` shortened to their beginning and end. */
export const shortened = (messages: readonly ChatMessage[], tail: number, most = SHORT): readonly ChatMessage[] =>
  messages.map((message, at) =>
    message.role !== 'tool' || at >= tail || message.text.length <= most + SHORT / 4
      ? message
      : { ...message, text: ends(message.text, most) },
  );

const ends = (text: string, most: number): string => {
  const half = Math.floor(most / 2);
  return `${text.slice(0, half)}\n[${text.length - 2 * half} characters were taken away; call the tool again to see them]\n${text.slice(-half)}`;
};

/** Every answer of a tool cut, however new, until all of it fits. For what one turn alone makes too long. */
export function squeezed(messages: readonly ChatMessage[], context: number): readonly ChatMessage[] {
  for (let most = 8_000; most > 100; most /= 2) {
    const squeezed = shortened(messages, messages.length, most);
    if (isEnough(Math.ceil(lengthOfAll(squeezed) / 3), context)) return squeezed;
  }
  return shortened(messages, messages.length, 100);
}

/** What the model is asked for when its older words are to be taken away. */
export const asking = (messages: readonly ChatMessage[], tail: number, text: string): readonly ChatMessage[] => {
  const last = messages[tail - 1];
  // Some servers take no two messages of the same side.
  if (last?.role !== 'user') return [...messages.slice(0, tail), { role: 'user', text }];
  return [...messages.slice(0, tail - 1), { role: 'user', text: `${last.text}\n\n${text}` }];
};

/** The conversation with everything between the task and `tail` replaced by the model's own summary of it. */
export const summed = (messages: readonly ChatMessage[], tail: number, summary: string): readonly ChatMessage[] => [
  ...messages.slice(0, KEPT_HEAD),
  { role: 'assistant', text: capped(summary, LONGEST_SUMMARY), calls: [] },
  { role: 'user', text: GO_ON },
  ...messages.slice(tail),
];

/** What can be said of the work without a model: which calls were made, and how often. */
export function bareSummary(messages: readonly ChatMessage[]): string {
  const calls = messages.flatMap((message) => (message.role === 'assistant' ? message.calls : []));
  const lines = new Map<string, number>();
  for (const { name, arguments: given } of calls) {
    const line = `${name} ${given.slice(0, 160)}`;
    lines.set(line, (lines.get(line) ?? 0) + 1);
  }
  const told = [...lines].map(([line, times]) => `- ${line}${times > 1 ? ` (${times} times)` : ''}`);
  return ['I have called these tools so far:', ...told.slice(-60)].join('\n');
}
