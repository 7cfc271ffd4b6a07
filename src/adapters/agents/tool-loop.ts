import { z } from 'zod';
import type { ChatMessage, ToolCall } from '../../domain/chat.ts';
import { type Log, Weather } from '../../ports.ts';
import type { Chat } from './chat.ts';
import { tools } from './tools/all.ts';
import { ToolFault, type ToolOutcome, type Workplace } from './tools/tool.ts';

/** How the work of the model ended. What it says of itself is never taken for success: the tree is judged. */
export type LoopEnd =
  | { readonly is: 'done'; readonly summary: string }
  | { readonly is: 'cannot'; readonly reason: string }
  | { readonly is: 'over'; readonly what: 'tokens' | 'steps' | 'stuck' };

/** Counts up while the loop runs, so that what was spent is known however it ends. */
export interface Meter {
  tokens: number;
  requests: number;
}

interface Loop {
  readonly chat: Chat;
  readonly workplace: Workplace;
  readonly system: string;
  readonly prompt: string;
  readonly limits: { readonly tokens: number; readonly steps: number };
  readonly signal: AbortSignal;
  readonly meter: Meter;
  readonly log: Log;
}

const MOST_BAD_IN_A_ROW = 5;
const MOST_CHARACTERS = 16_000;
const offers = tools.map((one) => one.offer);
const byName = new Map(tools.map((one) => [one.offer.name, one]));

const NUDGE =
  'You called no tool. Go on with a tool; when the change is complete call done, when it cannot be made call cannot.';

/**
 * Lets the model call tools until it ends, or until a limit ends it. Calls that make no sense are answered with what is
 * wrong with them. Throws what the chat throws; the signal's reason when aborted.
 */
export async function toolLoop(loop: Loop): Promise<LoopEnd> {
  const messages: ChatMessage[] = [
    { role: 'system', text: loop.system },
    { role: 'user', text: loop.prompt },
  ];
  let bad = 0;
  let silent = 0;
  for (let step = 1; step <= loop.limits.steps; step++) {
    if (loop.meter.tokens >= loop.limits.tokens) return { is: 'over', what: 'tokens' };
    const turn = await nextTurn(loop, messages);
    messages.push({ role: 'assistant', text: turn.text, calls: turn.calls });
    if (turn.calls.length === 0) {
      // Some models end with a sentence and know no other way; the tree tells whether there is anything to it.
      if (++silent > 1) return { is: 'done', summary: turn.text };
      messages.push({ role: 'user', text: NUDGE });
      continue;
    }
    silent = 0;
    for (const call of turn.calls) {
      const { outcome, sound } = await answer(call, loop);
      bad = sound ? 0 : bad + 1;
      if (outcome.is !== 'text') return outcome;
      if (bad >= MOST_BAD_IN_A_ROW) return { is: 'over', what: 'stuck' };
      messages.push({ role: 'tool', call: call.id, text: shorten(outcome.text) });
    }
  }
  return { is: 'over', what: 'steps' };
}

/** One answer. A cut one is asked for once more, so that one bad moment does not cost the whole round. */
async function nextTurn(loop: Loop, messages: readonly ChatMessage[]) {
  for (let again = false; ; again = true) {
    loop.signal.throwIfAborted();
    loop.meter.requests++;
    try {
      const turn = await loop.chat.next({ messages, tools: offers, signal: loop.signal });
      loop.meter.tokens += turn.tokens;
      return turn;
    } catch (error) {
      if (again || !(error instanceof Weather)) throw error;
      loop.log.warn('The model is asked again', { because: error.message });
    }
  }
}

/** `sound`: the call named a tool and its arguments fitted, whatever came of it. */
async function answer(call: ToolCall, loop: Loop): Promise<{ outcome: ToolOutcome; sound: boolean }> {
  const failed = (text: string, sound: boolean) => ({
    outcome: { is: 'text' as const, text: `ERROR: ${text}` },
    sound,
  });
  const tool = byName.get(call.name);
  if (tool === undefined) return failed(`there is no such tool; there are ${[...byName.keys()].join(', ')}`, false);
  const args = parsed(call.arguments);
  if (args === undefined) return failed('the arguments are not valid JSON; call again with all of them', false);
  loop.log.info('The agent calls a tool', { tool: call.name });
  try {
    return { outcome: await tool.call(args, loop.workplace), sound: true };
  } catch (error) {
    loop.signal.throwIfAborted();
    if (error instanceof z.ZodError) return failed(z.prettifyError(error), false);
    if (error instanceof ToolFault) return failed(error.message, true);
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text);
  } catch {
    return undefined;
  }
}

/** Head and tail: the beginning says what ran, the end how it ended. */
function shorten(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  const half = MOST_CHARACTERS / 2;
  const left = text.length - MOST_CHARACTERS;
  return `${text.slice(0, half)}\n[${left} characters left out]\n${text.slice(-half)}`;
}
