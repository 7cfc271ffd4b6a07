import { mistakeIn } from './assert-case.ts';
import { CaseFile, type StandingCase } from './case.ts';
import { explainIssues } from './explain-issues.ts';
import * as say from './messages/files.ts';
import { readJson } from './read-json.ts';
import { type Placed, type ReadYaml, readYaml } from './read-yaml.ts';
import type { FileProblem } from './rubric.ts';

/** Largest case file that is read. */
const MAX_BYTES = 2_000_000;

function brokenJson(text: string, read: ReadYaml): readonly Placed[] {
  try {
    JSON.parse(text);
    return [];
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const position = Number(/at position (\d+)/.exec(words)?.[1] ?? text.length);
    const because = words.replace(/ in JSON at position.*$|,? ?"[\s\S]*$/, '');
    return [{ line: read.lineAt(position), ...say.badJson(because) }];
  }
}

function checkCases({ cases }: CaseFile, read: Pick<ReadYaml, 'lineOf'>): readonly Placed[] {
  const problems: Placed[] = [];
  if (cases.length === 0) problems.push({ line: read.lineOf(['cases']), ...say.caseFile.none });
  const names = new Set<string>();
  for (const [i, { name, expect }] of cases.entries()) {
    if (names.has(name)) problems.push({ line: read.lineOf(['cases', i, 'name']), ...say.caseFile.twice(name) });
    names.add(name);
    for (const [j, expectation] of expect.entries()) {
      const because = mistakeIn(expectation);
      if (because !== null)
        problems.push({ line: read.lineOf(['cases', i, 'expect', j]), ...say.caseFile.expectation(because) });
    }
  }
  return problems;
}

interface Read extends CaseFile {
  readonly lines: readonly number[];
}

/** A JSON file in which nothing is wrong; null where something has to be explained. */
function faultless(text: string): Read | null {
  const read = text.length <= MAX_BYTES ? readJson('cases', text) : null;
  const parsed = CaseFile.safeParse(read?.value);
  if (read === null || !parsed.success || checkCases(parsed.data, { lineOf: () => 1 }).length > 0) return null;
  return { ...parsed.data, lines: read.lines };
}

function problemsOf(file: string, text: string): readonly Placed[] | Read {
  if (!/\.(?:ya?ml|json)$/i.test(file)) return [{ line: 1, ...say.caseFile.extension }];
  const plain = /\.json$/i.test(file) ? faultless(text) : null;
  if (plain !== null) return plain;
  const read = readYaml(text, { maxBytes: MAX_BYTES });
  const broken = /\.json$/i.test(file) && text.length <= MAX_BYTES ? brokenJson(text, read) : [];
  if (broken.length > 0) return broken;
  if (read.problems.length > 0) return read.problems;
  const parsed = CaseFile.safeParse(read.value);
  if (!parsed.success) return explainIssues(parsed.error.issues, CaseFile, read);
  const problems = checkCases(parsed.data, read);
  const lines = parsed.data.cases.map((_, i) => read.lineOf(['cases', i]));
  return problems.length > 0 ? problems : { ...parsed.data, lines };
}

/**
 * Reads a suite's file (YAML or JSON by its extension) as cases of the step; every mistake at once. A file without
 * cases and two cases of one name are mistakes. Never throws.
 */
export function parseCaseFile(
  file: string,
  text: string,
  step: string,
): { readonly cases: readonly StandingCase[] } | { readonly problems: readonly FileProblem[] } {
  const read = problemsOf(file, text);
  return 'cases' in read
    ? { cases: read.cases.map((one, i) => ({ ...one, step, at: { path: file, line: read.lines[i] ?? 1 } })) }
    : { problems: read.map((problem) => ({ file, ...problem })) };
}
