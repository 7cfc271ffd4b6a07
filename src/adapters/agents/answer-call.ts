import { z } from 'zod';
import type { ToolCall } from '../../domain/chat.ts';
import { pathsOfPatch } from '../../domain/patch/parse-patch.ts';
import { tools } from './tools/all.ts';
import { ToolFault, type ToolOutcome, type Workplace } from './tools/tool.ts';

export const offers = tools.map((one) => one.offer);
const byName = new Map(tools.map((one) => [one.offer.name, one]));

const MOST_CHARACTERS = 16_000;

interface Answer {
  readonly outcome: ToolOutcome;
  readonly ok: boolean;
  /** The call named a tool and its arguments fitted, whatever came of it. */
  readonly sound: boolean;
}

/** What a call comes to. One that makes no sense is answered with what is wrong with it. Throws the signal's reason. */
export async function answerCall(call: ToolCall, workplace: Workplace, signal: AbortSignal): Promise<Answer> {
  const tool = byName.get(call.name);
  if (tool === undefined) return failed(`there is no such tool; there are ${[...byName.keys()].join(', ')}`, false);
  const args = parsed(call.arguments);
  if (args === undefined) return failed('the arguments are not valid JSON; call again with all of them', false);
  try {
    const outcome = await tool.call(args, workplace);
    if (outcome.is !== 'text') return { outcome, ok: true, sound: true };
    return { outcome: { is: 'text', text: shorten(outcome.text) }, ok: true, sound: true };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof z.ZodError) return failed(z.prettifyError(error), false);
    if (error instanceof ToolFault) return failed(error.message, true);
    throw error;
  }
}

const failed = (text: string, sound: boolean): Answer => ({
  outcome: { is: 'text', text: shorten(`ERROR: ${text}`) },
  ok: false,
  sound,
});

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

/** The files that a call names, as far as its arguments tell. */
export function pathsIn(input: string): readonly string[] {
  const args = parsed(input);
  if (typeof args !== 'object' || args === null) return [];
  if ('path' in args && typeof args.path === 'string') return [args.path];
  return 'input' in args && typeof args.input === 'string' ? pathsOfPatch(args.input) : [];
}
