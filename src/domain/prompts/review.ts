import { z } from 'zod';
import { MOST_REMARKS, type Remark } from '../review.ts';
import type { Spec } from '../spec.ts';
import { capped, guidance, plainLine, plainText, quoted } from './plain.ts';
import { type Answer, readAnswer } from './read-answer.ts';
import { texts } from './texts.ts';

/** A change of an approved spec, as a model is shown it. */
export interface ChangeShown {
  readonly spec: Pick<Spec, 'title' | 'step' | 'change' | 'observed' | 'expected' | 'acceptance' | 'guards'>;
  /** Globs that the fix may touch. */
  readonly paths: readonly string[];
  /** Unified diff of the change, without the cases. */
  readonly diff: string;
}

export interface ReviewInput extends ChangeShown {
  readonly remarks: readonly Remark[];
}

const MOST_DIFF = 20_000;
const MOST_CASE = 2000;
const MOST_ANSWER = 1000;
const MOST_REMARK = 10_000;

const SortedRemark = z.discriminatedUnion('is', [
  z.strictObject({ n: z.int(), is: z.literal('question'), answer: z.string().trim().min(1).max(MOST_ANSWER) }),
  z.strictObject({ n: z.int(), is: z.literal('how') }),
  z.strictObject({ n: z.int(), is: z.literal('what') }),
  z.strictObject({ n: z.int(), is: z.literal('unclear') }),
]);
const Sorted = z.strictObject({ remarks: z.array(SortedRemark).max(MOST_REMARKS) });
export type SortedRemark = z.infer<typeof SortedRemark>;

/** What was approved, and what was made of it. No hold-out is in it. */
export const approvedParts = ({ spec, paths, diff }: ChangeShown, heading: string): readonly string[] => [
  [
    '# The specification that was approved',
    guidance(plainLine(spec.title, 120)),
    `Step: ${plainLine(spec.step, 60)}. Kind of change: ${plainLine(spec.change, 60)}.`,
    'What the step gave:',
    guidance(plainText(spec.observed, 1200)),
    'What it should give:',
    guidance(plainText(spec.expected, 1200)),
  ].join('\n'),
  ['# Its cases', ...[...spec.acceptance, ...spec.guards].map(caseLines)].join('\n'),
  ['# The files that may be changed', ...paths.map((path) => `- ${path}`)].join('\n'),
  [heading, quoted(capped(diff, MOST_DIFF))].join('\n'),
];

/** The request to sort the remarks of a review. Equal inputs give equal text. No hold-out is in it. */
export const renderReview = (input: ReviewInput): { system: string; prompt: string } => ({
  system: texts.review.text,
  prompt: [
    ...approvedParts(input, '# The change that is reviewed'),
    ['# The remarks', ...input.remarks.map(remarkLines)].join('\n'),
    `Sort these ${input.remarks.length} remarks. Answer with one JSON object and nothing else.`,
  ].join('\n\n'),
});

const caseLines = ({ name, input, expect }: ReviewInput['spec']['acceptance'][number]): string =>
  [`Case: ${plainLine(name, 200)}`, quoted(capped(JSON.stringify({ input, expect }), MOST_CASE))].join('\n');

/** Where a remark stands, and what it says: as data. */
export const remarkLines = ({ path, line, words }: Remark, index: number): string => {
  const at = path === null ? 'on the whole' : `on ${plainLine(path, 300)}${line === null ? '' : `, line ${line}`}`;
  return [`Remark ${index + 1}, ${at}:`, quoted(plainText(words, MOST_REMARK))].join('\n');
};

/** Reads the answer to `renderReview`: one entry per remark, in their order. */
export function parseReview(text: string, remarks: readonly Remark[]): Answer<readonly SortedRemark[]> {
  const answer = readAnswer(text, Sorted);
  if (!answer.ok) return answer;
  const sorted = answer.value.remarks;
  const complete = sorted.length === remarks.length && sorted.every(({ n }, index) => n === index + 1);
  if (!complete)
    return { ok: false, problems: [`remarks: there must be exactly one for each of 1 to ${remarks.length}`] };
  return { ok: true, value: sorted };
}
