import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runPipeline } from '../../examples/support-pipeline/src/pipeline.ts';
import { rulesFrom } from '../../examples/support-pipeline/src/read-rules.ts';
import type { Ticket } from '../../examples/support-pipeline/src/types.ts';
import type { Case } from '../../src/domain/case.ts';
import { holdsCases } from '../../src/domain/case-files.ts';
import type { Configuration } from '../../src/domain/configuration.ts';
import { parseCaseFile } from '../../src/domain/parse-case-file.ts';
import { parseConfiguration } from '../../src/domain/parse-configuration.ts';
import type { Trace } from '../../src/domain/rejection.ts';

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

const configurations = new Map<string, Configuration>();

export function configurationOf(files: Files): Configuration {
  const file = '.github/corrigible.yml';
  const text = fileOf(files, file);
  const known = configurations.get(text);
  if (known !== undefined) return known;
  const parsed = parseConfiguration(file, text);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  configurations.set(text, parsed.configuration);
  return parsed.configuration;
}

const read = new Map<string, readonly Case[]>();

/** Fifty seeds share most of their suites: each text is parsed once. */
function readCases(path: string, text: string, step: string): readonly Case[] {
  const known = read.get(`${path}\n${text}`);
  if (known !== undefined) return known;
  const parsed = parseCaseFile(path, text, step);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  read.set(`${path}\n${text}`, parsed.cases);
  return parsed.cases;
}

/** The cases of every step: its suite, and the files of merged fixes beside it. */
export function casesOf(files: Files): readonly Case[] {
  return configurationOf(files).steps.flatMap((step) =>
    Object.keys(files)
      .filter((path) => holdsCases(step, path))
      .flatMap((path) => {
        return readCases(path, fileOf(files, path), step.name);
      }),
  );
}

export const rulesOf = (files: Files) => rulesFrom((path) => fileOf(files, path));

export const ticketsOf = (files: Files): readonly Ticket[] =>
  Object.keys(files)
    .filter((path) => path.startsWith('tickets/'))
    .sort()
    .map((path) => JSON.parse(fileOf(files, path)) as Ticket);

export const traceOf = (files: Files, ticket: Ticket): Trace =>
  ({ steps: runPipeline(ticket, rulesOf(files)) }) as unknown as Trace;
