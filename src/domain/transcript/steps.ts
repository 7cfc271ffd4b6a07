import type { AgentEvent } from '../agent-event.ts';
import type { TranscriptEvent } from './line.ts';

type Called = Extract<AgentEvent, { is: 'called' }>;
type Answered = Extract<AgentEvent, { is: 'answered' }>;

/** One thing that an agent was told, said or did, with what came of it. */
export type Step =
  | { readonly is: 'told'; readonly at: number; readonly text: string; readonly first: boolean }
  | { readonly is: 'said'; readonly at: number; readonly text: string }
  | { readonly is: 'did'; readonly at: number; readonly called: Called; readonly answered: Answered | null }
  /** Whoever watches had it told something, or stopped it. */
  | { readonly is: 'watched'; readonly at: number; readonly stopped: boolean; readonly text: string };

/** Steps in the order in which they were begun. An answer to a call that nobody made is a step of nobody's. */
export function stepsOf(events: readonly TranscriptEvent[]): readonly Step[] {
  const steps: Step[] = [];
  const waiting = new Map<string, number>();
  let told = false;
  for (const { at, event, wanted } of events) {
    if (event.is === 'told') {
      steps.push({ is: 'told', at, text: event.text, first: !told });
      told = true;
    } else if (event.is === 'said') steps.push({ is: 'said', at, text: event.text });
    else if (event.is === 'called') {
      waiting.set(event.call, steps.length);
      steps.push({ is: 'did', at, called: event, answered: null });
    } else if (event.is === 'answered') {
      const place = waiting.get(event.call);
      const step = place === undefined ? undefined : steps[place];
      if (place !== undefined && step?.is === 'did') steps[place] = { ...step, answered: event };
      waiting.delete(event.call);
    }
    if (wanted?.do === 'nudge') steps.push({ is: 'watched', at, stopped: false, text: wanted.text });
    if (wanted?.do === 'stop') steps.push({ is: 'watched', at, stopped: true, text: wanted.because });
  }
  return steps;
}

/** Tokens and answers of models so far. */
export function spentIn(events: readonly TranscriptEvent[]): { readonly tokens: number; readonly requests: number } {
  const spent = events.map(({ event }) => event).filter((event) => event.is === 'spent');
  return { tokens: spent.reduce((sum, { tokens }) => sum + tokens, 0), requests: spent.length };
}
