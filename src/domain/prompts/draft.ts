import { z } from 'zod';
import { mistakeIn } from '../assert-case.ts';
import { Expectation, Json_ } from '../case.ts';
import type { Trace } from '../rejection.ts';
import type { Criterion, InputChange, RecipeCase } from '../rubric.ts';
import { MOST_SHOWN, proseOf } from '../rubric-body.ts';
import { MOST_REFERENCE } from '../rubric-references.ts';
import { type Choice, showChoices } from './choices.ts';
import { capped, guidance, plainLine, quoted } from './plain.ts';
import { type Answer, readAnswer } from './read-answer.ts';
import { rejectionText, type ShownRejection, showRejection, showTrace } from './show-rejection.ts';
import { texts } from './texts.ts';

export interface DraftInput {
  /** Redacted. */
  readonly rejection: ShownRejection;
  /** Redacted. */
  readonly trace: Trace;
  /** The one that is chosen: of all others only what stands above them is shown. */
  readonly rubric: {
    readonly change: string;
    readonly title: string;
    readonly body: string;
    readonly criteria: readonly Pick<Criterion, 'id' | 'text'>[];
  };
  /** What the rubric needs beside its own text. */
  readonly references?: readonly { readonly path: string; readonly text: string }[];
  /** The kinds of change to choose from, that of the rubric among them. */
  readonly choices: readonly Choice[];
  /** Globs of the files that the chosen kind may touch, and those files. */
  readonly paths: readonly string[];
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** Rejections of the same kind that were solved, in the words that people approved. */
  readonly solved: readonly Solved[];
  readonly way: DraftWay;
  /** Of the order in which the choices stand. */
  readonly seed: string;
}

/** A rejection that was solved: what it said, redacted, and what came of it. */
export interface Solved {
  readonly quotes: readonly string[];
  readonly step: string;
  readonly expect: readonly Expectation[];
  readonly observed: string;
  readonly expected: string;
}

/** The ways to be told to go about a draft; the first one is told none. */
export const draftWays = ['plain', 'stepwise', 'easiest'] as const;
export type DraftWay = (typeof draftWays)[number];

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
    further: z
      .array(z.strictObject({ step: line(60), quote: line(200) }))
      .max(3)
      .exactOptional(),
  }),
  z.strictObject({ is: z.literal('other-kind'), change: line(60) }),
  z.strictObject({ is: z.literal('none-of-these'), because: line(500) }),
  z.strictObject({
    is: z.literal('ask'),
    missing: z.enum(['observed', 'expected', 'which']),
    choices: z.array(line(120)).min(2).max(4),
  }),
]);
export type Draft = z.infer<typeof Draft>;
/** A fault that a draft leaves to another one: the step that gave it, and the words of the rejection that name it. */
export type Further = NonNullable<DraftedSpec['further']>[number];
export type DraftedSpec = Extract<Draft, { is: 'spec' }>;

/**
 * The request for a specification. Equal inputs give equal text. What is stable stands first, so that an endpoint which
 * remembers beginnings reads it once: the rubric and the files for all rejections of a kind, the rejection for all drafts
 * of it, and last what sets these apart.
 */
export const renderDraft = (input: DraftInput): { system: string; prompt: string } => ({
  system: texts.draft.text,
  prompt: [
    showRubric(input.rubric),
    ...(input.references ?? []).map(showReference),
    showFiles(input.files, input.paths),
    ...(input.solved.length === 0 ? [] : [showSolved(input.solved)]),
    showTrace(input.trace),
    showRejection(input.rejection),
    showChoices(input.choices, input.seed),
    howToAnswer[input.way],
  ].join('\n\n'),
});

const howToAnswer: Readonly<Record<DraftWay, string>> = {
  plain: 'Write the specification. Answer with one JSON object and nothing else.',
  stepwise: `Write the specification. ${texts.stepwise.text.trim()}`,
  easiest: `Write the specification. ${texts.easiest.text.trim()}`,
};

/** What people approved before: their words, and data of the same pipeline. */
const showSolved = (solved: readonly Solved[]): string =>
  ['# Rejections of this kind that were solved, for comparison', ...solved.map(oneSolved)].join('\n');

const oneSolved = ({ quotes, step, expect, observed, expected }: Solved, at: number): string =>
  [
    `Solved rejection ${at + 1}, step ${plainLine(step, 60)}:`,
    quoted(
      [
        ...quotes.map((quote) => `said: ${plainLine(quote, 200)}`),
        `observed: ${plainLine(observed, 400)}`,
        `expected: ${plainLine(expected, 400)}`,
        `expect: ${capped(JSON.stringify(expect), 600)}`,
      ].join('\n'),
    ),
  ].join('\n');

const showRubric = ({ change, title, body, criteria }: DraftInput['rubric']): string =>
  [
    `# How a rejection of the kind ${change} is turned into a specification: ${plainLine(title, 120)}`,
    ...criteria.map(({ id, text }) => `- ${id}: ${plainLine(text, MOST_SHOWN.criterion)}`),
    guidance(capped(proseOf(body), MOST_SHOWN.prose)),
  ].join('\n');

const showReference = ({ path, text }: { readonly path: string; readonly text: string }): string =>
  `# What it refers to: ${plainLine(path, 120)}\n${guidance(capped(text.trim(), MOST_REFERENCE))}`;

function showFiles(files: DraftInput['files'], paths: readonly string[]): string {
  const parts: string[] = [`# The files that may be changed (${paths.join(', ')})`];
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
  if (!answer.ok || input === undefined) return answer;
  const problems = problemsOf(answer.value, input);
  return problems.length === 0 ? answer : { ok: false, problems };
}

function problemsOf(draft: Draft, input: DraftInput): string[] {
  if (draft.is === 'spec') return choiceProblems(draft, input);
  if (draft.is !== 'other-kind') return [];
  const others = input.choices.map(({ kind }) => kind).filter((kind) => kind !== input.rubric.change);
  if (others.includes(draft.change)) return [];
  return [
    others.length === 0
      ? 'change: there is no other kind of change; answer none-of-these'
      : `change: another kind has to be one of ${others.join(', ')}`,
  ];
}

const loose = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ').trim();

function choiceProblems(spec: DraftedSpec, input: DraftInput): string[] {
  const { change } = input.rubric;
  const step = input.choices.find(({ kind }) => kind === change)?.step;
  if (spec.change !== change)
    return [`change: must be ${change}, whose rubric you were shown; for another kind answer other-kind`];
  const problems: string[] = [];
  if (step !== spec.step) problems.push(`change: ${change} changes the step ${step}, not ${spec.step}`);
  if (!input.trace.steps.some((traced) => traced.step === spec.step))
    problems.push(`step: there is no step ${spec.step} in the trace`);
  const paths = input.files.map((file) => file.path);
  for (const file of spec.files)
    if (!paths.includes(file)) problems.push(`files: ${file} is not one of the files shown`);
  const said = loose(rejectionText(input.rejection));
  const quotes = [...spec.quotes, ...(spec.further ?? []).map(({ quote }) => quote)];
  for (const quote of quotes)
    if (!said.includes(loose(quote))) problems.push(`quotes: “${quote}” does not occur in the rejection word for word`);
  return problems;
}
