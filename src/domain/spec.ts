import { z } from 'zod';
import { Case, Json_ } from './case.ts';

const words = (text: string): number => text.split(/\s+/).filter(Boolean).length;
const plain = (max: number) => z.string().trim().min(1).max(max);

/** The five questions that a person answers before a fix is started. Never pre-answered. */
export const questions = ['stable', 'rule', 'customer-right', 'reporter-right', 'worth-it'] as const;
export type Question = (typeof questions)[number];

/** Which of them a repository asks. */
export const asked = { 'five-answers': questions, 'one-answer': ['rule'] } as const;
export type Gatekeeping = keyof typeof asked;

export const Answers = z.strictObject({
  stable: z.enum(['yes', 'no']).nullable().default(null),
  rule: z.enum(['rule', 'one-off']).nullable().default(null),
  'customer-right': z.enum(['yes', 'no']).nullable().default(null),
  'reporter-right': z.enum(['yes', 'no']).nullable().default(null),
  'worth-it': z.enum(['yes', 'no']).nullable().default(null),
});
export type Answers = z.infer<typeof Answers>;

export const noAnswers: Answers = {
  stable: null,
  rule: null,
  'customer-right': null,
  'reporter-right': null,
  'worth-it': null,
};

/**
 * The fix hint as data, as it stands in the editable block of the spec comment. Prose is derived from it.
 * `observed` and `expected` together stay within 200 words and carry no link and no markup.
 */
export const Spec = z
  .strictObject({
    title: plain(120).describe('What will be different, in one short line'),
    step: plain(60).describe('The earliest step whose output is wrong'),
    change: plain(60).describe('The kind of change, one of those the repository allows'),
    files: z.array(plain(200)).min(1).max(10).describe('The files to change'),
    locators: z
      .array(plain(300))
      .max(10)
      .optional()
      .describe('Where in them: `rules/price.json#/lamp`, `src/plan.ts:12`, `src/plan.ts#planFor`'),
    observed: plain(1200).describe('What the step gave'),
    expected: plain(1200).describe('What it should give, as a rule and not for one ticket'),
    quotes: z.array(plain(200)).max(5).default([]).describe('Words of the rejection, verbatim'),
    slots: z.record(z.string(), Json_).optional().describe('The blanks that a recipe fills'),
    acceptance: z.array(Case).min(1).max(5).describe('Red on base, green after the fix'),
    guards: z.array(Case).max(10).default([]).describe('Green before and after'),
    'hold-outs': z.array(Case).max(5).default([]).describe('The same fault in other words; the agent never sees them'),
    'no-hold-out': plain(200).optional().describe('Why there is no hold-out, if there is none'),
    answers: Answers,
  })
  .superRefine((spec, context) => {
    if (words(spec.observed) + words(spec.expected) > 200)
      context.addIssue({
        code: 'custom',
        path: ['expected'],
        message: 'observed and expected are over 200 words together',
      });
    for (const field of ['title', 'observed', 'expected'] as const)
      if (/https?:|www\.|<[a-z!/]|\]\(|!\[/i.test(spec[field]))
        context.addIssue({ code: 'custom', path: [field], message: 'no links and no markup here' });
    const names = [...spec.acceptance, ...spec.guards, ...spec['hold-outs']].map((c) => c.name);
    if (new Set(names).size !== names.length)
      context.addIssue({ code: 'custom', path: ['acceptance'], message: 'two cases have the same name' });
  });
export type Spec = z.infer<typeof Spec>;

/** Which rubric made the spec, by what text of it. */
export interface RubricStamp {
  readonly id: string;
  readonly hash: string;
}

export const allCases = (spec: Spec): readonly Case[] => [...spec.acceptance, ...spec.guards, ...spec['hold-outs']];
