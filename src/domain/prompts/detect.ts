import { z } from 'zod';
import type { Trace } from '../rejection.ts';
import { MOST_SHOWN } from '../rubric-body.ts';
import { plainLine } from './plain.ts';
import { type Answer, readAnswer } from './read-answer.ts';
import { type ShownRejection, showRejection, showTrace } from './show-rejection.ts';
import { texts } from './texts.ts';

export interface DetectInput {
  /** Redacted. */
  readonly rejection: ShownRejection;
  /** Redacted; null when the ticket could not be replayed. */
  readonly trace: Trace | null;
  readonly changes: readonly { readonly kind: string; readonly step: string; readonly when: string }[];
}

/** What can be missing before a change could be drafted. */
const missingParts = ['observed', 'expected', 'which'] as const;
const declineReasons = ['one-off', 'unsafe', 'not-a-defect', 'operational', 'no-complaint'] as const;

const Disposition = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('act') }),
  z.strictObject({ is: z.literal('ask'), missing: z.array(z.enum(missingParts)).min(1).max(3) }),
  z.strictObject({ is: z.literal('decline'), reason: z.enum(declineReasons) }),
]);
export type Disposition = z.infer<typeof Disposition>;

/** The question whether to act, ask or decline. Equal inputs give equal text; what is stable stands first. */
export const renderDetect = ({ rejection, trace, changes }: DetectInput): { system: string; prompt: string } => ({
  system: texts.detect.text,
  prompt: [
    ['# The kinds of change that are allowed', ...changes.map(changeLine)].join('\n'),
    showTrace(trace),
    showRejection(rejection),
    'Sort this rejection. Answer with one JSON object and nothing else.',
  ].join('\n\n'),
});

const changeLine = ({ kind, step, when }: DetectInput['changes'][number]): string =>
  `- ${kind} (step ${step}): ${plainLine(when, MOST_SHOWN.when)}`;

/** Reads the answer to `renderDetect`, or says what is wrong with it. */
export const parseDetect = (text: string): Answer<Disposition> => readAnswer(text, Disposition);
