import { stringify } from 'yaml';
import type { ApprovedSpec } from './approval.ts';
import type { Configuration, Step } from './configuration.ts';
import { allCases } from './spec.ts';

/** The folder beside a step's case file that holds the cases of merged fixes, one file per rejection. */
export const caseFolder = (step: Pick<Step, 'cases'>): string => step.cases.replace(/\.(?:ya?ml|json)$/i, '');

/** Whether a path holds cases of the step. */
export const holdsCases = (step: Pick<Step, 'cases'>, path: string): boolean =>
  path === step.cases || (path.startsWith(`${caseFolder(step)}/`) && /\.(?:ya?ml|json)$/i.test(path));

/** What tells a fix's cases from all others: the rejection, and which of its fixes, where it came back after a merge. */
const labelOf = (issue: number, again: number): string => (again === 0 ? `${issue}` : `${issue}-${again + 1}`);

/** Whether a path is a file of cases that this fix adds. */
export const isCaseFileOf = (path: string, issue: number, again: number): boolean =>
  path.endsWith(`/rejection-${labelOf(issue, again)}.yml`);

/**
 * The files that a fix adds to the suites: every approved case, hold-outs too, by step. One file per fix, so that two
 * never conflict over it.
 */
export function caseFilesOf(
  steps: readonly Step[],
  { spec, again }: Pick<ApprovedSpec, 'spec' | 'again'>,
  issue: number,
): Readonly<Record<string, string>> {
  const label = labelOf(issue, again);
  const files: Record<string, string> = {};
  for (const step of steps) {
    const cases = allCases(spec).filter((c) => c.step === step.name);
    if (cases.length === 0) continue;
    const plain = cases.map(({ name, input, expect }) => ({ name: `${name} (rejection ${label})`, input, expect }));
    files[`${caseFolder(step)}/rejection-${label}.yml`] = stringify(
      { cases: plain },
      { lineWidth: 100, aliasDuplicateObjects: false },
    );
  }
  return files;
}

/**
 * Globs of what no agent may see that works on the rejection, and no model that reads a change of it: what any of these
 * configurations calls private, and the cases of each of its fixes, wherever suites lie or lay. Hold-outs are among them.
 */
export const hiddenFromAgents = (issue: number, ...configurations: readonly Configuration[]): readonly string[] => [
  ...configurations.flatMap((configuration) => configuration.private),
  `**/rejection-${issue}.yml`,
  `**/rejection-${issue}-*.yml`,
];

/**
 * What no code may find beside it while it is judged: a step that could read the cases could answer by looking them up,
 * hold-outs too.
 */
export const answersOf = (configuration: Configuration): readonly string[] => [
  ...configuration.steps.flatMap((step) => [step.cases, `${caseFolder(step)}/**`]),
  `${configuration.rubrics}/**`,
];
