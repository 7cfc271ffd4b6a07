import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runPipeline, type StepName, steps } from '../../examples/support-pipeline/src/pipeline.ts';
import { rulesFrom } from '../../examples/support-pipeline/src/read-rules.ts';
import type { Ticket } from '../../examples/support-pipeline/src/types.ts';
import type { Case } from '../../src/domain/case.ts';
import type { Configuration } from '../../src/domain/configuration.ts';
import { parseCaseFile } from '../../src/domain/parse-case-file.ts';
import { parseConfiguration } from '../../src/domain/parse-configuration.ts';
import type { Json, Trace } from '../../src/domain/rejection.ts';

export const exampleRoot = join(import.meta.dirname, '../../examples/support-pipeline');

export type Files = Readonly<Record<string, string>>;

/** Every file of the example by its path. */
export function exampleFiles(): Files {
  const entries = readdirSync(exampleRoot, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name).slice(exampleRoot.length + 1));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(exampleRoot, path), 'utf8')]));
}

export function fileOf(files: Files, path: string): string {
  const text = files[path];
  if (text === undefined) throw new Error(`no file ${path}`);
  return text;
}

export function configurationOf(files: Files): Configuration {
  const file = '.github/corrigible.yml';
  const parsed = parseConfiguration(file, fileOf(files, file));
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.configuration;
}

export function casesOf(files: Files): readonly Case[] {
  return configurationOf(files).steps.flatMap((step) => {
    const parsed = parseCaseFile(step.cases, fileOf(files, step.cases), step.name);
    if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
    return parsed.cases;
  });
}

export const rulesOf = (files: Files) => rulesFrom((path) => fileOf(files, path));

/** One step in this process, on rules from these files; code is the example's own. */
export function outputOf(rules: ReturnType<typeof rulesOf>, step: string, input: Json): Json {
  return steps[step as StepName](input, rules) as unknown as Json;
}

export const ticketsOf = (files: Files): readonly Ticket[] =>
  Object.keys(files)
    .filter((path) => path.startsWith('tickets/'))
    .sort()
    .map((path) => JSON.parse(fileOf(files, path)) as Ticket);

export const traceOf = (files: Files, ticket: Ticket): Trace =>
  ({ steps: runPipeline(ticket, rulesOf(files)) }) as unknown as Trace;
