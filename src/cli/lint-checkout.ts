import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { caseFolder, holdsCases } from '../domain/case-files.ts';
import { CONFIGURATION_FILE, type Configuration } from '../domain/configuration.ts';
import { lintRubric } from '../domain/lint-rubric.ts';
import { lint as say } from '../domain/messages/cli.ts';
import { casesMissing, inputMissing, noConfiguration } from '../domain/messages/configuration.ts';
import { parseQuarantine } from '../domain/noise/quarantine.ts';
import { parseCaseFile } from '../domain/parse-case-file.ts';
import { parseConfiguration } from '../domain/parse-configuration.ts';
import { parseRubric } from '../domain/parse-rubric.ts';
import type { FileProblem } from '../domain/rubric.ts';
import { QUARANTINE_FILE } from '../read-base.ts';

/** What was looked at, and every mistake in it. */
export interface Linted {
  readonly files: number;
  readonly problems: readonly FileProblem[];
}

async function readText(root: string, file: string): Promise<string | null> {
  try {
    return await readFile(join(root, file), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return null;
    throw error;
  }
}

/** Paths of the files below a folder, in order; none when there is no such folder. */
async function filesBelow(root: string, folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(join(root, folder), { recursive: true });
    return names.map((name) => `${folder}/${name}`).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

function lintOne(file: string, text: string, changes: Configuration['changes'] | null): readonly FileProblem[] {
  const parsed = parseRubric(file, text);
  if ('problems' in parsed) return parsed.problems;
  const unknown =
    changes === null || parsed.change in changes ? [] : [{ file, line: 1, ...say.unknownChange(parsed.change) }];
  return [...unknown, ...lintRubric(parsed)];
}

/** The repository's own rubrics, and those that ship which it does not replace. */
async function lintRubrics(
  root: string,
  folder: string,
  shipped: Readonly<Record<string, string>>,
  changes: Configuration['changes'] | null,
): Promise<Linted> {
  const found = (await filesBelow(root, folder)).filter((f) => f.endsWith('.md') && !/(?:^|\/)README\.md$/i.test(f));
  const problems: FileProblem[] = [];
  for (const file of found) problems.push(...lintOne(file, (await readText(root, file)) ?? '', changes));
  const own = new Set(found.map((file) => file.slice(file.lastIndexOf('/') + 1)));
  const others = Object.entries(shipped).filter(([name]) => !own.has(name));
  for (const [name, text] of others)
    problems.push(...lintOne(name, text, null).map((problem) => ({ ...problem, file: say.shipped(name) })));
  return { files: found.length + others.length, problems };
}

async function lintCases(root: string, step: Configuration['steps'][number]): Promise<Linted> {
  const beside = (await filesBelow(root, caseFolder(step))).filter((file) => holdsCases(step, file));
  const files = [step.cases, ...beside.filter((file) => file !== step.cases)];
  const problems: FileProblem[] = [];
  for (const file of files) {
    const text = await readText(root, file);
    if (text === null) problems.push({ file, line: 1, ...casesMissing(step.name) });
    else {
      const parsed = parseCaseFile(file, text, step.name);
      if ('problems' in parsed) problems.push(...parsed.problems);
    }
  }
  return { files: files.length, problems };
}

/** Files that the making of dependencies needs and that are not there; what a glob stands for may be none. */
async function lintPrepare(root: string, prepare: Configuration['prepare']): Promise<Linted> {
  const named = (prepare?.inputs ?? []).filter((input) => !/[*?]/.test(input));
  const missing = await Promise.all(
    named.map((file) =>
      stat(join(root, file)).then(
        (found) => !found.isFile(),
        () => true,
      ),
    ),
  );
  const problems = named.filter((_, i) => missing[i]).map((file) => ({ file, line: 1, ...inputMissing }));
  return { files: 0, problems };
}

async function lintQuarantine(root: string): Promise<Linted> {
  const text = await readText(root, QUARANTINE_FILE);
  if (text === null) return { files: 0, problems: [] };
  const parsed = parseQuarantine(QUARANTINE_FILE, text);
  return { files: 1, problems: 'problems' in parsed ? parsed.problems : [] };
}

/**
 * Reads the files of a working tree that the app is set up by, whether they are committed or not. Every mistake at
 * once; nothing is run and nothing is written.
 */
export async function lintCheckout(root: string, shipped: Readonly<Record<string, string>>): Promise<Linted> {
  const text = await readText(root, CONFIGURATION_FILE);
  if (text === null) return { files: 0, problems: [{ file: CONFIGURATION_FILE, line: 1, ...noConfiguration }] };
  const parsed = parseConfiguration(CONFIGURATION_FILE, text);
  if ('problems' in parsed) {
    const { files, problems } = await lintRubrics(root, '.github/rubrics', shipped, null);
    return { files: files + 1, problems: [...parsed.problems, ...problems] };
  }
  const { configuration } = parsed;
  const parts = [
    await lintRubrics(root, configuration.rubrics, shipped, configuration.changes),
    await lintQuarantine(root),
    await lintPrepare(root, configuration.prepare),
  ];
  for (const step of configuration.steps) parts.push(await lintCases(root, step));
  return {
    files: 1 + parts.reduce((sum, part) => sum + part.files, 0),
    problems: parts.flatMap((part) => part.problems),
  };
}
