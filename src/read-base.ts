import type { StandingCase } from './domain/case.ts';
import { caseFolder, holdsCases } from './domain/case-files.ts';
import { CONFIGURATION_FILE, type Configuration, type Step } from './domain/configuration.ts';
import { FORM_FOLDER, type FormField, type FormFields, readForm } from './domain/issue-form.ts';
import * as say from './domain/messages/configuration.ts';
import { newest } from './domain/newest.ts';
import { parseQuarantine, type Quarantined } from './domain/noise/quarantine.ts';
import { parseCaseFile } from './domain/parse-case-file.ts';
import { parseConfiguration } from './domain/parse-configuration.ts';
import { parseRubric } from './domain/parse-rubric.ts';
import type { FileProblem, Rubric } from './domain/rubric.ts';
import { isReference, missingReferences } from './domain/rubric-references.ts';
import { FileRefused, type Ports } from './ports.ts';
import { problemOf } from './refuse-configuration.ts';

/** The list of cases that are reported and not judged for a while. */
export const QUARANTINE_FILE = '.github/corrigible-quarantine.yml';

/** The repository's base branch as everything is judged by: its commit, configuration, rubrics and cases. */
export interface Base {
  readonly branch: string;
  readonly commit: string;
  readonly configuration: Configuration;
  readonly rubrics: readonly Rubric[];
  /** The cases that stand in the suites, by step. */
  readonly cases: ReadonlyMap<string, readonly StandingCase[]>;
  readonly quarantine: readonly Quarantined[];
  /** The fields of the repository's own issue forms. */
  readonly forms: FormFields;
}

/** What reading takes. */
type Reads = Pick<Ports, 'ref' | 'repository' | 'forge' | 'shipped'> & Partial<Pick<Ports, 'log'>>;

export type ReadBase = { readonly base: Base } | { readonly problems: readonly FileProblem[] };

/** The same text under the same name is the same rubric, and the same cases, in most commits: none is read twice. */
const rubricOf = newest<ReturnType<typeof parseRubric>>(128);
const casesOf = newest<ReturnType<typeof parseCaseFile>>(128);

/** The text of a file, null where there is none, or why it cannot be used. */
async function textOf(ports: Reads, commit: string, file: string): Promise<string | null | FileProblem> {
  try {
    return await ports.repository.read(commit, file);
  } catch (error) {
    if (error instanceof FileRefused) return problemOf(error);
    throw error;
  }
}

/** Whether a rubric that ships is about a change of this repository's. They are sound, and reading one takes long. */
const isUsed = ({ changes }: Configuration, text: string): boolean => {
  const change = /^change: (\S+)$/m.exec(text)?.[1];
  return change === undefined || change in changes;
};

async function readRubrics(ports: Reads, commit: string, configuration: Configuration, shipped: Texts) {
  const own = await ports.repository.list(commit, configuration.rubrics);
  const used = Object.entries(shipped).filter(([, text]) => isUsed(configuration, text));
  const texts = new Map(used.map(([name, text]) => [name, { file: name, text }]));
  const problems: FileProblem[] = [];
  const isRubric = (path: string) =>
    path.endsWith('.md') && !/(?:^|\/)README\.md$/i.test(path) && !isReference(configuration.rubrics, path);
  for (const file of own.filter(isRubric)) {
    const text = await textOf(ports, commit, file);
    if (text === null) continue;
    if (typeof text === 'object') problems.push(text);
    else texts.set(file.slice(file.lastIndexOf('/') + 1), { file, text });
  }
  const rubrics: Rubric[] = [];
  for (const { file, text } of texts.values()) {
    const parsed = await rubricOf(JSON.stringify([file, text]), async () => parseRubric(file, text));
    if ('problems' in parsed) problems.push(...parsed.problems);
    else if (parsed.change in configuration.changes) {
      rubrics.push(parsed);
      problems.push(...missingReferences(parsed, own));
    }
  }
  return { rubrics, problems };
}

async function readCases(ports: Reads, commit: string, step: Step) {
  const beside = await ports.repository.list(commit, caseFolder(step));
  const problems: FileProblem[] = [];
  const cases: StandingCase[] = [];
  for (const file of [step.cases, ...beside.filter((path) => path !== step.cases && holdsCases(step, path))]) {
    const text = (await textOf(ports, commit, file)) ?? { file, line: 1, ...say.casesMissing(step.name) };
    if (typeof text === 'object') {
      problems.push(text);
      continue;
    }
    const key = JSON.stringify([step.name, file, text]);
    const parsed = await casesOf(key, async () => parseCaseFile(file, text, step.name));
    if ('problems' in parsed) problems.push(...parsed.problems);
    else cases.push(...parsed.cases);
  }
  return { cases, problems };
}

interface Parsed {
  readonly configuration: Configuration;
  readonly rubrics: readonly Rubric[];
  readonly cases: ReadonlyMap<string, readonly StandingCase[]>;
  readonly quarantine: readonly Quarantined[];
  readonly forms: FormFields;
}

interface Mistaken {
  readonly problems: readonly FileProblem[];
  /** Where that file itself could be read. */
  readonly configuration?: Configuration;
}

type Texts = Readonly<Record<string, string>>;

async function readQuarantine(ports: Reads, commit: string) {
  const text = await textOf(ports, commit, QUARANTINE_FILE);
  if (text === null) return { list: [] };
  return typeof text === 'object' ? { problems: [text] } : parseQuarantine(QUARANTINE_FILE, text);
}

/** A form that cannot be read is none: GitHub tells people of its mistakes. */
async function readForms(ports: Reads, commit: string): Promise<FormFields> {
  const fields: [string, FormField][] = [];
  for (const file of (await ports.repository.list(commit, FORM_FOLDER)).filter((path) => /\.ya?ml$/.test(path))) {
    const text = await textOf(ports, commit, file);
    if (typeof text === 'string') fields.push(...readForm(text));
  }
  return new Map(fields);
}

async function parse(ports: Reads, commit: string, shipped: Texts): Promise<Parsed | Mistaken> {
  const text = (await textOf(ports, commit, CONFIGURATION_FILE)) ?? {
    file: CONFIGURATION_FILE,
    line: 1,
    ...say.noConfiguration,
  };
  if (typeof text === 'object') return { problems: [text] };
  const parsed = parseConfiguration(CONFIGURATION_FILE, text);
  if ('problems' in parsed) return parsed;
  const { configuration } = parsed;
  const { rubrics, problems } = await readRubrics(ports, commit, configuration, shipped);
  const cases = new Map<string, readonly StandingCase[]>();
  for (const step of configuration.steps) {
    const read = await readCases(ports, commit, step);
    cases.set(step.name, read.cases);
    problems.push(...read.problems);
  }
  const quarantine = await readQuarantine(ports, commit);
  if ('problems' in quarantine) problems.push(...quarantine.problems);
  const list = 'list' in quarantine ? quarantine.list : [];
  if (problems.length > 0) return { problems, configuration };
  return { configuration, rubrics, cases, quarantine: list, forms: await readForms(ports, commit) };
}

/** Commits whose files are remembered, for one set of rubrics that ship. */
const REMEMBERED = 16;
const remembered = new WeakMap<object, ReturnType<typeof newest<Awaited<ReturnType<typeof parse>>>>>();

/** What a commit says never changes, and every move asks. */
async function parseOnce(ports: Reads, commit: string): ReturnType<typeof parse> {
  const shipped = await ports.shipped.rubrics();
  const once = remembered.get(shipped) ?? newest(REMEMBERED);
  remembered.set(shipped, once);
  return once(`${ports.ref.repo}@${commit}`, () => parse(ports, commit, shipped));
}

/** Thrown where the base branch's configuration says `paused`: nothing more is written until it is off (invariant 10). */
export class Paused extends Error {
  override readonly name = 'Paused';
}

/**
 * Fetches the repository and reads everything from the base branch's commit (or from `at`, a commit that is already
 * here). Every mistake in a file people edit comes back as a problem, all at once. Throws `Weather` and `Paused`.
 */
export async function readBase(ports: Reads, at?: string): Promise<ReadBase> {
  if (at === undefined) await ports.repository.fetch(await ports.forge.gitAccess(false));
  const branch = await ports.repository.defaultBranch();
  const commit = at ?? (await ports.repository.branch(branch));
  if (commit === null) return { problems: [{ file: CONFIGURATION_FILE, line: 1, ...say.noBranch(branch) }] };
  const parsed = await parseOnce(ports, commit);
  if (at === undefined) ports.log?.hide?.(ports.ref.repo, parsed.configuration?.accounts ?? []);
  // Problems of other files do not lift the kill switch.
  if (parsed.configuration?.paused && at === undefined) throw new Paused('paused by the configuration');
  return 'problems' in parsed ? { problems: parsed.problems } : { base: { branch, commit, ...parsed } };
}
