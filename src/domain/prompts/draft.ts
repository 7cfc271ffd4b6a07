import { z } from 'zod';
import { mistakeIn } from '../assert-case.ts';
import { Expectation, Json_ } from '../case.ts';
import type { Trace } from '../rejection.ts';
import type { Criterion, InputChange, RecipeCase } from '../rubric.ts';
import { capped, guidance, plainLine, quoted } from './plain.ts';
import { type Answer, readAnswer } from './read-answer.ts';
import { rejectionText, type ShownRejection, showRejection, showTrace } from './show-rejection.ts';
import { texts } from './texts.ts';

export interface DraftInput {
  /** Redacted. */
  readonly rejection: ShownRejection;
  /** Redacted. */
  readonly trace: Trace;
  /** The rubrics that may apply, the likeliest first. */
  readonly rubrics: readonly {
    readonly id: string;
    readonly title: string;
    readonly body: string;
    readonly criteria: readonly Pick<Criterion, 'id' | 'text'>[];
  }[];
  readonly changes: readonly {
    readonly kind: string;
    readonly step: string;
    readonly when: string;
    readonly paths: readonly string[];
  }[];
  /** The files that the kinds of change may touch. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

const MOST_RUBRIC = 8000;
const MOST_FILE = 12_000;
const MOST_ALL_FILES = 60_000;

const Pointer = z
  .string()
  .max(300)
  .regex(/^(\/[^/]*)+$/, 'must be a JSON Pointer such as /text')
  .refine((path) => !/\/(__proto__|constructor|prototype)(\/|$)/.test(path), 'names no member of the data');
const line = (most: number) => z.string().trim().min(1).max(most);

const Change: z.ZodType<InputChange> = z
  .strictObject({
    path: Pointer,
    op: z.enum(['set', 'prepend', 'append', 'upper', 'remove']),
    value: Json_.optional(),
  })
  .superRefine(({ op, value }, context) => {
    const wantsText = op === 'prepend' || op === 'append';
    if (wantsText && typeof value !== 'string')
      context.addIssue({ code: 'custom', message: `${op} needs a text value` });
    if (op === 'set' && value === undefined) context.addIssue({ code: 'custom', message: 'set needs a value' });
  }) as z.ZodType<InputChange>;

/** Also refuses what can never hold: a pattern that is none, a comparison with the wrong kind of value. */
const Sound = Expectation.superRefine((expectation, context) => {
  const mistake = mistakeIn(expectation);
  if (mistake !== null) context.addIssue({ code: 'custom', message: mistake });
});

const Guard = z.strictObject({
  name: line(120),
  change: z.array(Change).min(1).max(5),
  freeze: z.array(Pointer).min(1).max(5),
}) satisfies z.ZodType<RecipeCase>;
const HoldOut = z.strictObject({
  name: line(120),
  change: z.array(Change).min(1).max(5),
  expect: z.array(Sound).min(1).max(5).exactOptional(),
}) satisfies z.ZodType<RecipeCase>;

const Draft = z.discriminatedUnion('is', [
  z.strictObject({
    is: z.literal('spec'),
    step: line(60),
    expect: z.array(Sound).min(1).max(5),
    guards: z.array(Guard).max(2),
    holdOuts: z.array(HoldOut).max(2),
    observed: line(1200),
    expected: line(1200),
    quotes: z.array(line(200)).max(3),
    change: line(60),
    files: z.array(line(200)).min(1).max(10),
    title: line(120),
  }),
  z.strictObject({ is: z.literal('none-of-these'), because: line(500) }),
  z.strictObject({
    is: z.literal('ask'),
    questions: z
      .array(z.strictObject({ text: line(300), choices: z.array(line(120)).min(2).max(4) }))
      .min(1)
      .max(2),
  }),
]);
export type Draft = z.infer<typeof Draft>;
export type DraftedSpec = Extract<Draft, { is: 'spec' }>;

/** The request for a specification. Equal inputs give equal text; what differs between rejections stands last. */
export const renderDraft = (input: DraftInput): { system: string; prompt: string } => ({
  system: texts.draft.text,
  prompt: [
    ['# The kinds of change', ...input.changes.map(showChange)].join('\n'),
    ...input.rubrics.map(showRubric),
    showFiles(input.files),
    showTrace(input.trace),
    showRejection(input.rejection),
    'Write the specification. Answer with one JSON object and nothing else.',
  ].join('\n\n'),
});

const showChange = ({ kind, step, when, paths }: DraftInput['changes'][number]): string =>
  `- ${kind}: step ${step}, files ${paths.join(', ')}. ${plainLine(when, 300)}`;

/** The section of a rubric that lists its criteria: they are shown already. */
const CRITERIA = /^## Criteria[^\n]*\n[\s\S]*?(?=^## |(?![\s\S]))/m;

const showRubric = ({ title, body, criteria }: DraftInput['rubrics'][number]): string =>
  [
    `# How a rejection of this kind is turned into a specification: ${plainLine(title, 120)}`,
    ...criteria.map(({ id, text }) => `- ${id}: ${plainLine(text, 400)}`),
    guidance(capped(body.replace(CRITERIA, '').trim(), MOST_RUBRIC)),
  ].join('\n');

function showFiles(files: DraftInput['files']): string {
  const parts: string[] = ['# The files that may be changed'];
  let left = MOST_ALL_FILES;
  for (const { path, text } of files) {
    const shown = capped(text, Math.min(MOST_FILE, left));
    left = Math.max(0, left - shown.length);
    parts.push(`File ${path}:`, quoted(shown));
  }
  return parts.join('\n');
}

/**
 * Reads the answer to `renderDraft`. With the input at hand, closed choices are checked too: the kind of change and its
 * step, the files, and that each quote occurs in the rejection.
 */
export function parseDraft(text: string, input?: DraftInput): Answer<Draft> {
  const answer = readAnswer(text, Draft);
  if (!answer.ok || input === undefined || answer.value.is !== 'spec') return answer;
  const problems = choiceProblems(answer.value, input);
  return problems.length === 0 ? answer : { ok: false, problems };
}

const loose = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ').trim();

function choiceProblems(spec: DraftedSpec, input: DraftInput): string[] {
  const kind = input.changes.find((change) => change.kind === spec.change);
  const kinds = input.changes.map((change) => change.kind).join(', ');
  if (kind === undefined) return [`change: must be one of ${kinds}`];
  const problems: string[] = [];
  if (kind.step !== spec.step) problems.push(`change: ${kind.kind} changes the step ${kind.step}, not ${spec.step}`);
  if (!input.trace.steps.some((traced) => traced.step === spec.step))
    problems.push(`step: there is no step ${spec.step} in the trace`);
  const paths = input.files.map((file) => file.path);
  for (const file of spec.files)
    if (!paths.includes(file)) problems.push(`files: ${file} is not one of the files shown`);
  const said = loose(rejectionText(input.rejection));
  for (const quote of spec.quotes)
    if (!said.includes(loose(quote))) problems.push(`quotes: “${quote}” does not occur in the rejection word for word`);
  return problems;
}
