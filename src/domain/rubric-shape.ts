import { z } from 'zod';
import { mistakeIn } from './assert-case.ts';
import { Expectation, Json_ } from './case.ts';
import { isUnsafeKey, parsePointer } from './json-pointer.ts';
import { not } from './messages/rubrics.ts';
import { compilePattern } from './pattern.ts';
import { blanksOf, partsOf } from './recipe/template.ts';
import type { Json } from './rejection.ts';

const text = (max: number) => z.string().trim().min(1).max(max);
const custom = (message: string, path: readonly PropertyKey[] = []) => ({
  code: 'custom' as const,
  message,
  path: [...path],
});

const name = z
  .string()
  .refine((value) => /^[a-z][a-z0-9-]{0,59}$/.test(value) && !isUnsafeKey(value), { error: not.name });

const pattern = z.string().superRefine((source, context) => {
  const compiled = compilePattern(source);
  if ('because' in compiled) context.addIssue(custom(not.pattern(compiled.because)));
});
const groupPattern = z.string().superRefine((source, context) => {
  const compiled = compilePattern(source);
  if ('because' in compiled) context.addIssue(custom(not.pattern(compiled.because)));
  else if (compiled.groups !== 1) context.addIssue(custom(not.oneGroup(compiled.groups)));
});

const pointer = z.string().superRefine((value, context) => {
  const tokens = parsePointer(value);
  if (tokens === null) context.addIssue(custom(not.pointer));
  else if (tokens.some(isUnsafeKey)) context.addIssue(custom(not.unsafePointer));
});

const tracePointer = z.string().superRefine((value, context) => {
  const tokens = parsePointer(value);
  if (tokens === null) context.addIssue(custom(not.pointer));
  else if (tokens.some(isUnsafeKey)) context.addIssue(custom(not.unsafePointer));
  else if (tokens[0] !== 'input' && tokens[0] !== 'output') context.addIssue(custom(not.tracePointer));
});

const Source = z
  .strictObject({
    field: text(100).optional(),
    text: groupPattern.optional(),
    trace: tracePointer.optional(),
    step: name.optional(),
    value: z.union([z.string(), z.number()]).optional(),
  })
  .superRefine((source, context) => {
    const given = [source.field, source.text, source.trace, source.value].filter((one) => one !== undefined);
    if (given.length !== 1) context.addIssue(custom(not.oneSource));
    if (source.step !== undefined && source.trace === undefined) context.addIssue(custom(not.stepAlone, ['step']));
  });
export type Source = z.infer<typeof Source>;

const Ask = z.union([
  text(300),
  z.strictObject({ en: text(300), de: text(300).optional(), es: text(300).optional(), fr: text(300).optional() }),
]);

const Slot = z
  .strictObject({
    type: z.enum(['string', 'number', 'integer']).describe('string, number or integer'),
    max: z.number().positive().max(1_000_000).describe('the most characters, or the largest number'),
    pattern: pattern.optional(),
    'one-of': z.array(text(200)).min(1).max(100).optional(),
    from: z.array(Source).min(1).max(20).describe('where the value comes from, the first that gives one wins'),
    ask: Ask.describe('the question when nothing fills it, as one text or by language (en, de, es, fr)'),
  })
  .superRefine((slot, context) => {
    const open = slot.pattern === undefined && slot['one-of'] === undefined;
    if (slot.type === 'string' && open) context.addIssue(custom(not.openText));
    if (slot.type !== 'string' && slot['one-of'] !== undefined) context.addIssue(custom(not.oneOfText, ['one-of']));
  });
export type SlotShape = z.infer<typeof Slot>;

const ExpectationTemplate = Expectation.superRefine((expectation, context) => {
  if (parsePointer(expectation.path)?.some(isUnsafeKey)) context.addIssue(custom(not.unsafePointer, ['path']));
  const filled = typeof expectation.value === 'string' && blanksOf(expectation.value).length > 0;
  const patterned = expectation.op === 'matches' || expectation.op === 'not_matches';
  // What a blank makes of a pattern is only known once it is filled.
  const because = mistakeIn(filled && patterned ? { ...expectation, op: 'eq' } : expectation);
  if (because !== null) context.addIssue(custom(not.expectation(because)));
});
const expectations = z.array(ExpectationTemplate).min(1).max(20);

const InputChange = z
  .strictObject({ path: pointer, op: z.enum(['set', 'prepend', 'append', 'upper', 'remove']), value: Json_.optional() })
  .superRefine(({ op, value }, context) => {
    const needed = op === 'set' || op === 'prepend' || op === 'append';
    if (needed && value === undefined) context.addIssue(custom(not.inputValue(op)));
  });

const caseParts = { name: text(150), change: z.array(InputChange).min(1).max(10) };
const Guard = z
  .strictObject({ ...caseParts, expect: expectations.optional(), freeze: z.array(pointer).min(1).max(20).optional() })
  .superRefine((guard, context) => {
    if ((guard.expect === undefined) === (guard.freeze === undefined)) context.addIssue(custom(not.expectOrFreeze));
  });
// A hold-out has to be red on base, so it cannot freeze what base gives.
const HoldOut = z.strictObject({ ...caseParts, expect: expectations.optional() });

const file = z.string().refine(
  // A file that is wholly one blank is checked once it is filled.
  (value) =>
    !value.startsWith('/') &&
    !value.split('/').includes('..') &&
    (/\.(?:json|ya?ml)$/i.test(value) || /\}$/.test(value)),
  { error: not.outsideFile },
);

const isNumber = (value: Json | undefined): boolean =>
  typeof value === 'number' ||
  (typeof value === 'string' && blanksOf(value).length === 1 && partsOf(value).length === 1);
const Edit = z
  .strictObject({
    file,
    op: z.enum(['set', 'add', 'increase', 'append', 'remove']),
    path: pointer,
    value: Json_.optional(),
  })
  .superRefine(({ op, value }, context) => {
    if (op === 'remove' && value !== undefined) context.addIssue(custom(not.removeValue, ['value']));
    else if (op === 'increase' && !isNumber(value)) context.addIssue(custom(not.increaseValue));
    else if (op !== 'remove' && value === undefined) context.addIssue(custom(not.editValue(op)));
  });

const Recipe = z.strictObject({
  slots: z.record(name, Slot).describe('the blanks it fills'),
  title: text(200).describe('what will be different, in one short line'),
  observed: text(600).describe('what the step gave'),
  expected: text(600).describe('what it should give'),
  expect: expectations.describe('what the acceptance case expects'),
  guards: z.array(Guard).max(10).default([]),
  'hold-outs': z.array(HoldOut).max(5).default([]),
  edits: z.array(Edit).min(1).max(10).describe('the changes of files'),
});
export type RecipeShape = z.infer<typeof Recipe>;

/** The front matter of a rubric. Unknown keys are errors. */
export const FrontMatter = z.strictObject({
  id: name.describe('the name of the rubric, as its file'),
  title: text(120).describe('a short name for people'),
  when: text(400).describe('one sentence that says when this rubric fits'),
  signs: z.array(pattern).max(20).default([]),
  change: name.describe('the kind of change that it leads to'),
  references: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}\.(?:md|txt)$/, 'the name of a .md or .txt file in small letters'))
    .min(1)
    .max(3)
    .optional()
    .describe('files in the folder `references` beside the rubric that a draft by it needs'),
  recipe: Recipe.optional(),
});
export type FrontMatter = z.infer<typeof FrontMatter>;
