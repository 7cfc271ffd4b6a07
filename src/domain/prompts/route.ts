import { z } from 'zod';
import type { Trace } from '../rejection.ts';
import { type Choice, NONE, showChoices } from './choices.ts';
import { type Answer, readAnswer } from './read-answer.ts';
import { type ShownRejection, showRejection, showTrace } from './show-rejection.ts';
import { texts } from './texts.ts';

export interface RouteInput {
  /** Redacted. */
  readonly rejection: ShownRejection;
  /** Redacted. */
  readonly trace: Trace;
  readonly choices: readonly Choice[];
  /** Of the order in which the choices stand. */
  readonly seed: string;
}

/** The question by which of these rubrics a rejection is to be drafted; of each only what stands above it is shown. */
export const renderRoute = ({ rejection, trace, choices, seed }: RouteInput): { system: string; prompt: string } => ({
  system: texts.route.text,
  prompt: [
    showTrace(trace),
    showRejection(rejection),
    showChoices(choices, seed),
    'Name the kind whose form is to be opened. Answer with one JSON object and nothing else.',
  ].join('\n\n'),
});

const Route = z.strictObject({ change: z.string().trim().min(1).max(60) });

/** Reads the answer to `renderRoute`: the name of a kind that was shown, or null for none. */
export function parseRoute(text: string, choices: readonly Choice[]): Answer<string | null> {
  const answer = readAnswer(text, Route);
  if (!answer.ok) return answer;
  const { change } = answer.value;
  if (change === NONE) return { ok: true, value: null };
  const kinds = choices.map(({ kind }) => kind);
  if (kinds.includes(change)) return { ok: true, value: change };
  return { ok: false, problems: [`change: must be one of ${[...kinds, NONE].join(', ')}`] };
}
