import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Case } from '../../src/domain/case.ts';
import type { Configuration, Step } from '../../src/domain/configuration.ts';
import { parseCaseFile } from '../../src/domain/parse-case-file.ts';
import { parseConfiguration } from '../../src/domain/parse-configuration.ts';
import type { Json, Trace } from '../../src/domain/rejection.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const EXAMPLE = join(ROOT, 'examples/support-pipeline');

/** A rejection of the example, with what should become of it. */
export interface ExampleRejection {
  readonly id: string;
  readonly kind: string;
  readonly reporter: string;
  readonly title: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly expected: 'act' | 'ask' | 'decline' | 'duplicate';
  readonly reason?: string;
  readonly change?: string;
}

const read = (path: string): string => readFileSync(path, 'utf8');

/** Every text file of the example that an agent may see, by path. */
export function exampleFiles(): Readonly<Record<string, string>> {
  const files = readdirSync(EXAMPLE, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(EXAMPLE.length + 1)).sort();
  return Object.fromEntries(paths.map((path) => [path, read(join(EXAMPLE, path))]));
}

export const exampleRejections = (): readonly ExampleRejection[] =>
  readdirSync(join(EXAMPLE, 'rejections'))
    .sort()
    .map((name) => JSON.parse(read(join(EXAMPLE, 'rejections', name))) as ExampleRejection)
    .sort((a, b) => (a.id < b.id ? -1 : 1));

/** The body of the issue that the form makes. */
export const bodyOf = ({ form, body }: ExampleRejection): string =>
  body ??
  Object.entries(form ?? {})
    .map(([heading, text]) => `### ${heading}\n\n${text}\n`)
    .join('\n');

/** The configuration in these files. */
export function configurationOf(files: Readonly<Record<string, string>>): Configuration {
  const parsed = parseConfiguration('.github/corrigible.yml', files['.github/corrigible.yml'] ?? '');
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.configuration;
}

/** The cases of a step in these files. */
export function casesOf(files: Readonly<Record<string, string>>, step: Step): readonly Case[] {
  const parsed = parseCaseFile(step.cases, files[step.cases] ?? '', step.name);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.cases;
}

function runNode(dir: string, args: readonly string[], stdin: string): string {
  const ran = spawnSync(process.execPath, args, { cwd: dir, input: stdin, encoding: 'utf8', maxBuffer: 1e8 });
  if (ran.status !== 0) throw new Error(`${args.join(' ')}: ${ran.stderr}`);
  return ran.stdout;
}

/** What the pipeline in `dir` gives for a stored ticket; null when it does not know it. */
export function traceOf(ticket: string | null, dir = EXAMPLE): Trace | null {
  if (ticket === null) return null;
  return JSON.parse(runNode(dir, ['src/replay.ts'], JSON.stringify({ ticket }))) as Trace;
}

/** What a step of the example gives for each input. Runs on the host: it is our own example, on its own files. */
export function outputsOf(step: string, inputs: readonly Json[], dir = EXAMPLE): readonly Json[] {
  const lines = inputs.map((input, id) => JSON.stringify({ id: String(id), input })).join('\n');
  const answers = runNode(dir, ['src/step.ts', step], `${lines}\n`)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { id: string; output?: Json; error?: string });
  return inputs.map((_, id) => {
    const answer = answers.find((one) => one.id === String(id));
    return answer?.output ?? { error: answer?.error ?? 'no answer' };
  });
}
