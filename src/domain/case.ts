import { z } from 'zod';
import type { Json } from './rejection.ts';

/** How an expectation compares the value found at its path. */
export const operators = [
  'eq',
  'ne',
  'in',
  'matches',
  'not_matches',
  'absent',
  'present',
  'lt',
  'lte',
  'gt',
  'gte',
  'length',
  'names_eq',
  'subset',
  'approx',
] as const;

export const Json_: z.ZodType<Json> = z.json();

/** One assertion on a step's output. `path` is a JSON Pointer (RFC 6901). `ignore` normalises both sides first. */
export const Expectation = z.strictObject({
  path: z.string().regex(/^(\/[^/]*)*$/, 'must be a JSON Pointer such as /reply/id'),
  op: z.enum(operators),
  value: Json_.optional(),
  /** Only for `approx`. Absolute. */
  tolerance: z.number().positive().optional(),
  ignore: z.array(z.enum(['case', 'space'])).optional(),
});
export type Expectation = z.infer<typeof Expectation>;

/** A frozen input of one step and what its output must be. */
export const Case = z.strictObject({
  name: z.string().min(1).max(200),
  step: z.string().min(1).max(60),
  input: Json_,
  expect: z.array(Expectation).min(1).max(20),
});
export type Case = z.infer<typeof Case>;

/** Where something stands in the repository. Lines count from 1. */
export interface Place {
  readonly path: string;
  readonly line: number;
}

/** A case of the suites, with its place. */
export type StandingCase = Case & { readonly at: Place };

/** A suite's file: the cases of one step. */
export const CaseFile = z.strictObject({ cases: z.array(Case.omit({ step: true })).max(10_000) });
export type CaseFile = z.infer<typeof CaseFile>;
