import { z } from 'zod';
import { Expectation, Json_ } from '../case.ts';
import type { InputChange } from '../rubric.ts';

const line = (most: number) => z.string().trim().min(1).max(most);

/** Where a rejection has to end. */
export const dispositions = ['act', 'ask', 'decline'] as const;
export type Disposition = (typeof dispositions)[number];

/** Why a rejection has to be declined. `answered`: it is drafted, and a person’s answer declines it. */
export const declineReasons = [
  'duplicate',
  'one-off',
  'operational',
  'not-a-defect',
  'unsafe',
  'injection',
  'already-fixed',
  'not-reproducible',
] as const;
export type DeclineReason = (typeof declineReasons)[number];

/** What has to be asked for. */
export const slots = ['observed', 'expected', 'which', 'ticket', 'rule'] as const;
export type Slot = (typeof slots)[number];

const Change: z.ZodType<InputChange> = z.strictObject({
  path: z.string().regex(/^(\/[^/]*)+$/, 'must be a JSON Pointer such as /text'),
  op: z.enum(['set', 'prepend', 'append', 'upper', 'remove']),
  value: Json_.optional(),
}) as z.ZodType<InputChange>;

const Acceptance = z.strictObject({ name: line(120), expect: z.array(Expectation).min(1).max(20) });
const Neighbour = Acceptance.extend({ change: z.array(Change).min(1).max(5) });

/** One fault, and the fix that is known to be right. */
const Fault = z.strictObject({
  step: line(60),
  /** The kind of change. */
  change: line(60),
  files: z.array(line(200)).min(1).max(10),
  /** The ticket whose trace shows it, where it is not the rejection’s. */
  ticket: line(60).optional(),
  /** On the step's input in the trace: red on base, green after the patch. */
  acceptance: z.array(Acceptance).min(1).max(5),
  /** The same fault in other words: red on base, green after the patch. */
  'hold-outs': z.array(Neighbour).min(1).max(5),
  /** Near it, and to stay as it is: green on both. */
  guards: z.array(Neighbour).min(1).max(5),
  /** `*** Begin Patch` … */
  patch: z.string().min(1).max(100_000),
});
export type Fault = z.infer<typeof Fault>;

/** A rejection of which it is known what has to become of it. docs/translation-cases.md says what the members mean. */
export const TranslationCase = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/, 'small letters, digits and hyphens'),
    note: line(400).optional(),
    language: z.enum(['en', 'de', 'es', 'fr']),
    ticket: line(60).nullable(),
    /** What the help desk stored, where the repository does not hold the ticket. */
    stored: z.record(z.string(), Json_).optional(),
    rejection: z.strictObject({
      reporter: line(39).default('reporter'),
      title: z.string().max(256),
      form: z.record(z.string(), z.string()).optional(),
      body: z.string().max(70_000).optional(),
    }),
    disposition: z.enum(dispositions),
    /** Without a model, where that differs. */
    'without-model': z.enum(dispositions).optional(),
    reason: z.enum(declineReasons).optional(),
    missing: z.array(z.enum(slots)).min(1).max(3).optional(),
    /** The case that this one repeats: it is translated before it. */
    of: line(61).optional(),
    faults: z.array(Fault).max(3).default([]),
    /** Texts that may stand in nothing that leaves the process. */
    personal: z.array(line(200)).max(30).default([]),
    forbidden: z.array(line(200)).max(30).default([]),
  })
  .superRefine(({ disposition, reason, missing, of, faults, rejection }, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (disposition === 'act' && faults.length === 0) issue('faults', 'a rejection to act upon has a fault');
    if (disposition === 'ask' && missing === undefined) issue('missing', 'says what has to be asked for');
    if (disposition === 'decline' && reason === undefined) issue('reason', 'says why it has to be declined');
    if ((reason === 'duplicate') !== (of !== undefined))
      issue('of', 'goes with the reason duplicate, and with no other');
    if ((rejection.form === undefined) === (rejection.body === undefined))
      issue('rejection', 'has either a form or a body');
  });
export type TranslationCase = z.infer<typeof TranslationCase>;

/** The text of the issue, as the form makes it. */
export const bodyOf = ({ rejection: { form, body } }: TranslationCase): string =>
  body ??
  Object.entries(form ?? {})
    .map(([heading, text]) => `### ${heading}\n\n${text}`)
    .join('\n\n');
