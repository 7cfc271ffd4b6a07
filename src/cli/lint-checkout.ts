import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { caseFolder, holdsCases } from '../domain/case-files.ts';
import { CONFIGURATION_FILE, type Configuration } from '../domain/configuration.ts';
import { lintRouting, lintRubric } from '../domain/lint-rubric.ts';
import { lint as say } from '../domain/messages/cli.ts';
import { casesMissing, inputMissing, noConfiguration } from '../domain/messages/configuration.ts';
import { parseQuarantine } from '../domain/noise/quarantine.ts';
import { parseCaseFile } from '../domain/parse-case-file.ts';
import { parseConfiguration } from '../domain/parse-configuration.ts';
import { parseRubric } from '../domain/parse-rubric.ts';
import type { FileProblem, Rubric } from '../domain/rubric.ts';
import { isReference, longReference, missingReferences } from '../domain/rubric-references.ts';
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

/** A rubric that can be read, and every mistake in it. */
interface LintedRubric {
  readonly rubric: Rubric | null;
  readonly problems: readonly FileProblem[];
}

function lintOne(file: string, text: string, configuration: Configuration | null, own: boolean): LintedRubric {
  const parsed = parseRubric(file, text);
  if ('problems' in parsed) return { rubric: null, problems: parsed.problems };
  const known = configuration === null || parsed.change in configuration.changes;
  // One that ships may be about a change that this repository does not have: it is not used there.
  const unknown = own && !known ? [{ file, line: 1, ...say.unknownChange(parsed.change) }] : [];
  return { rubric: parsed, problems: [...unknown, ...lintRubric(parsed, configuration)] };
}

/** The repository's own rubrics, and those that ship which it does not replace. */
async function lintRubrics(
  root: string,
  folder: string,
  shipped: Readonly<Record<string, string>>,
  configuration: Configuration | null,
): Promise<Linted & { readonly rubrics: readonly Rubric[] }> {
  const all = await filesBelow(root, folder);
  const references = all.filter((file) => isReference(folder, file));
  const isRubric = (file: string) =>
    file.endsWith('.md') && !/(?:^|\/)README\.md$/i.test(file) && !references.includes(file);
  const found = all.filter(isRubric);
  const linted: LintedRubric[] = [];
  for (const file of found) linted.push(lintOne(file, (await readText(root, file)) ?? '', configuration, true));
  const own = new Set(found.map((file) => file.slice(file.lastIndexOf('/') + 1)));
  for (const [name, text] of Object.entries(shipped)) {
    if (own.has(name)) continue;
    const { rubric, problems } = lintOne(name, text, configuration, false);
    const file = say.shipped(name);
    linted.push({
      rubric: rubric && { ...rubric, file },
      problems: problems.map((problem) => ({ ...problem, file })),
    });
  }
  const rubrics = linted.flatMap(({ rubric }) => rubric ?? []);
  const problems = [
    ...linted.flatMap((one) => one.problems),
    ...lintRouting(rubrics),
    ...rubrics.flatMap((rubric) => missingReferences(rubric, references)),
  ];
  for (const file of references) problems.push(...longReference(file, (await readText(root, file)) ?? ''));
  return { files: linted.length, problems, rubrics };
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
    await lintRubrics(root, configuration.rubrics, shipped, configuration),
    await lintQuarantine(root),
    await lintPrepare(root, configuration.prepare),
  ];
  for (const step of configuration.steps) parts.push(await lintCases(root, step));
  return {
    files: 1 + parts.reduce((sum, part) => sum + part.files, 0),
    problems: parts.flatMap((part) => part.problems),
  };
}

/** The rubrics alone, with those that ship; the configuration says which changes there are, where it can be read. */
export async function lintRubricsIn(
  root: string,
  shipped: Readonly<Record<string, string>>,
): Promise<Linted & { readonly rubrics: readonly Rubric[] }> {
  const text = await readText(root, CONFIGURATION_FILE);
  const parsed = text === null ? null : parseConfiguration(CONFIGURATION_FILE, text);
  const configuration = parsed !== null && 'configuration' in parsed ? parsed.configuration : null;
  return lintRubrics(root, configuration?.rubrics ?? '.github/rubrics', shipped, configuration);
}
