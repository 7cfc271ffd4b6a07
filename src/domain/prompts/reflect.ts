import { z } from 'zod';
import type { FailureNote, Reflection } from '../failure-note.ts';
import { attemptLines } from './brief.ts';
import { type Answer, readAnswer } from './read-answer.ts';
import { approvedParts, type ChangeShown } from './review.ts';
import { texts } from './texts.ts';

export interface ReflectInput extends ChangeShown {
  readonly note: FailureNote;
}

const MOST_WORDS = 120;
const MOST_CHARACTERS = 1200;

const words = z.string().trim().min(1).max(MOST_CHARACTERS);
const Reflected = z
  .strictObject({ wrong: words, instead: words })
  .refine(({ wrong, instead }) => `${wrong} ${instead}`.split(/\s+/).length <= MOST_WORDS, {
    message: `there are more than ${MOST_WORDS} words`,
  });

/** The question what was wrong with a refused change. Equal inputs give equal text. No hold-out is in it. */
export const renderReflect = (input: ReflectInput): { system: string; prompt: string } => ({
  system: texts.reflect.text,
  prompt: [
    ...approvedParts(input, '# The change that was refused'),
    ['# What failed', attemptLines(input.note)].join('\n'),
    'Look back at this change. Answer with one JSON object and nothing else.',
  ].join('\n\n'),
});

/** Reads the answer to `renderReflect`. */
export const parseReflect = (text: string): Answer<Reflection> => readAnswer(text, Reflected);
