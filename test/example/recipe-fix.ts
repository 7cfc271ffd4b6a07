import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StepName } from '../../examples/support-pipeline/src/pipeline.ts';
import { steps } from '../../examples/support-pipeline/src/pipeline.ts';
import type { Ticket } from '../../examples/support-pipeline/src/types.ts';
import { assertCase } from '../../src/domain/assert-case.ts';
import type { Case } from '../../src/domain/case.ts';
import { caseFilesOf } from '../../src/domain/case-files.ts';
import { rubricsFor } from '../../src/domain/detect.ts';
import { learnPersonal } from '../../src/domain/learn-personal.ts';
import { parseRejection } from '../../src/domain/parse-rejection.ts';
import { parseRubric } from '../../src/domain/parse-rubric.ts';
import { applyEdits } from '../../src/domain/recipe/apply-edits.ts';
import { draftFromRecipe, type FrozenOutput, frozen } from '../../src/domain/recipe/draft.ts';
import { editsOf } from '../../src/domain/recipe/edits-of.ts';
import { redactor } from '../../src/domain/redact.ts';
import type { Json, Rejection } from '../../src/domain/rejection.ts';
import type { Rubric } from '../../src/domain/rubric.ts';
import { Spec } from '../../src/domain/spec.ts';
import { configurationOf, type Files, fileOf, rulesOf, traceOf } from './example.ts';

const folder = join(import.meta.dirname, '../../rubrics');

let shipped: readonly Rubric[] | undefined;

/** The rubrics that ship, in the order of their names. */
export function shippedRubrics(): readonly Rubric[] {
  shipped ??= readShipped();
  return shipped;
}

function readShipped(): readonly Rubric[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md');
  return names.sort().map((name) => {
    const parsed = parseRubric(name, readFileSync(join(folder, name), 'utf8'));
    if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
    return parsed;
  });
}

export interface Told {
  readonly reporter: string;
  readonly title: string;
  readonly body: string;
  readonly ticket: string;
}

/** The rejection and the trace as drafting sees them. */
function read(files: Files, told: Told) {
  const ticket = JSON.parse(fileOf(files, `tickets/${told.ticket}.json`)) as Ticket;
  const trace = traceOf(files, ticket);
  const by = redactor();
  learnPersonal(trace, by);
  const issue = { title: told.title, body: told.body, author: told.reporter };
  const rejection: Rejection = parseRejection({ installation: 1, repo: 'shop/support', issue: 1 }, issue, by);
  return { rejection, trace: by.disguiseJson(trace) };
}

const outputOn = (files: Files) => {
  const rules = rulesOf(files);
  return ({ step, input }: { readonly step: string; readonly input: Json }): FrozenOutput => {
    try {
      return { status: 'output', output: steps[step as StepName](input, rules) as unknown as Json };
    } catch (error) {
      return { status: 'error', because: String(error) };
    }
  };
};

/** Cases that are not green on these files, by name. */
export function redOn(files: Files, cases: readonly Case[]): readonly string[] {
  const run = outputOn(files);
  return cases.flatMap((one) => {
    const result = run(one);
    const green = result.status === 'output' && assertCase(result.output, one.expect).every(({ passed }) => passed);
    return green ? [] : [`${one.step}: ${one.name}`];
  });
}

/** What drafting by recipes makes of a rejection: the first rubric whose blanks are all filled. */
export function draftByRecipe(files: Files, told: Told): { rubric: Rubric; spec: Spec; rejection: Rejection } | null {
  const { rejection, trace } = read(files, told);
  const { changes } = configurationOf(files);
  for (const rubric of rubricsFor(shippedRubrics(), rejection)) {
    const change = changes[rubric.change];
    if (rubric.recipe === null || change === undefined) continue;
    const draft = draftFromRecipe(rubric, rejection, trace, { ...change, kind: rubric.change });
    if ('missing' in draft) continue;
    const spec = Spec.parse(frozen(draft, draft.toFreeze.map(outputOn(files))));
    return { rubric, spec, rejection };
  }
  return null;
}

export const rejectionOf = (files: Files, told: Told): Rejection => read(files, told).rejection;

/** The files after the recipe's edits, as the recipe agent makes them. */
export function fixByRecipe(files: Files, rubric: Rubric, spec: Spec): Files {
  const change = configurationOf(files).changes[rubric.change];
  if (rubric.recipe === null || change === undefined) throw new Error('no recipe');
  const context = { slots: spec.slots ?? {}, settings: change.with, files: spec.files, paths: change.paths };
  const edits = editsOf(rubric.recipe, context);
  if ('refused' in edits) throw new Error(edits.refused);
  const applied = applyEdits(files, edits.edits);
  if ('refused' in applied) throw new Error(applied.refused);
  return { ...files, ...applied.files };
}

/** The files with the approved cases of a merged fix beside the suites. */
export const withCases = (files: Files, spec: Spec, issue: number): Files => ({
  ...files,
  ...caseFilesOf(configurationOf(files).steps, { spec, again: 0 }, issue),
});
