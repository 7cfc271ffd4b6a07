import type { ChatMessage, ChatTurn, ToolCall } from '../../domain/chat.ts';
import { type Log, Weather } from '../../ports.ts';
import { answerCall, offers, pathsIn } from './answer-call.ts';
import type { Chat } from './chat.ts';
import { compact } from './compact.ts';
import type { OnThread, TurnEnd } from './thread.ts';
import type { Workplace } from './tools/tool.ts';

/** What is counted over all turns. */
export interface Meter {
  /** Answers of the model. */
  steps: number;
  /** What the model counted last, and for how many messages. */
  readonly counted: { tokens: number; of: number };
}

interface Loop {
  readonly chat: Chat;
  readonly workplace: Workplace;
  /** The conversation so far, which grows here. Every call in it is answered whenever the loop ends by itself. */
  readonly messages: ChatMessage[];
  /** Most answers of the model, over all turns. */
  readonly most: number;
  readonly meter: Meter;
  /** Tokens that the model takes, its answer included. */
  readonly context: number;
  readonly on: OnThread;
  readonly signal: AbortSignal;
  readonly log: Log;
}

const MOST_BAD_IN_A_ROW = 5;

const NUDGE =
  'You called no tool. Go on with a tool; when the change is complete call done, when it cannot be made call cannot.';

/**
 * Lets the model call tools until it ends, hands back, or a limit ends it. Calls that make no sense are answered with
 * what is wrong with them. Throws what the chat throws; the signal's reason when aborted.
 */
export async function toolLoop(loop: Loop): Promise<TurnEnd> {
  const { messages, meter, most } = loop;
  const bad = { inARow: 0 };
  let silent = 0;
  for (;;) {
    if (meter.steps >= most) return { is: 'over', what: 'steps', most };
    meter.steps++;
    await keepWithin(loop);
    const turn = await nextTurn(loop, messages);
    meter.counted.tokens = turn.tokens;
    messages.push({ role: 'assistant', text: turn.text, calls: turn.calls });
    meter.counted.of = messages.length;
    const said = turn.text.trim() === '' ? 'go-on' : loop.on({ is: 'said', text: turn.text });
    silent = turn.calls.length === 0 ? silent + 1 : 0;
    const end = await answerAll(turn.calls, loop, bad);
    if (end.is !== 'go-on') return end;
    // Some models end with a sentence and know no other way; the tree tells whether there is anything to it.
    if (silent > 1) return { is: 'done', summary: turn.text };
    if (said === 'hand-back') return { is: 'handed-back' };
    if (silent > 0) messages.push({ role: 'user', text: NUDGE });
  }
}

/** One answer. A cut one is asked for once more, so that one bad moment does not cost the whole round. */
async function nextTurn({ chat, signal, log }: Loop, messages: readonly ChatMessage[]): Promise<ChatTurn> {
  for (let again = false; ; again = true) {
    signal.throwIfAborted();
    try {
      return await chat.next({ messages, tools: offers, signal });
    } catch (error) {
      if (again || !(error instanceof Weather)) throw error;
      log.warn('The model is asked again', { because: error.message });
    }
  }
}

/** A conversation that nears the model's context is compacted; what the model says then, it says. */
async function keepWithin(loop: Loop): Promise<void> {
  const { messages, meter, context, on } = loop;
  const summary = await compact({
    messages,
    context,
    counted: meter.counted,
    ask: (asked) => nextTurn(loop, asked),
  });
  if (summary !== null) on({ is: 'said', text: summary });
}

type Answered = TurnEnd | { readonly is: 'go-on' };

/** Answers every call of one turn, so that the conversation stays whole, and says how that ended. */
async function answerAll(calls: readonly ToolCall[], loop: Loop, bad: { inARow: number }): Promise<Answered> {
  let end: Answered = { is: 'go-on' };
  for (const call of calls) {
    if (end.is === 'done' || end.is === 'cannot' || end.is === 'over') {
      loop.messages.push({ role: 'tool', call: call.id, text: 'The work was over.' });
      continue;
    }
    const { end: its, sound, handBack } = await answerOne(call, loop);
    bad.inARow = sound ? 0 : bad.inARow + 1;
    if (its !== null) end = its;
    else if (bad.inARow >= MOST_BAD_IN_A_ROW) end = { is: 'over', what: 'stuck', most: MOST_BAD_IN_A_ROW };
    else if (handBack) end = { is: 'handed-back' };
  }
  return end;
}

async function answerOne(call: ToolCall, { workplace, messages, on, signal, log }: Loop) {
  const { id, name, arguments: input } = call;
  log.info('The agent calls a tool', { tool: name });
  const told = on({ is: 'called', call: id, tool: name, paths: pathsIn(input), input });
  const { outcome, ok, sound } = await answerCall(call, workplace, signal);
  const text = outcome.is === 'text' ? outcome.text : 'It was noted.';
  messages.push({ role: 'tool', call: id, text });
  const heard = on({ is: 'answered', call: id, ok, text });
  const handBack = told === 'hand-back' || heard === 'hand-back';
  return { end: outcome.is === 'text' ? null : outcome, sound, handBack };
}
