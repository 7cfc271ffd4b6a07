import { Configuration } from './configuration.ts';
import { explainIssues } from './explain-issues.ts';
import { readYaml } from './read-yaml.ts';
import type { FileProblem } from './rubric.ts';

/** Largest configuration that is read. */
const MAX_BYTES = 100_000;

/** Reads a repository's configuration; every mistake at once, with line and what to do. Never throws. */
export function parseConfiguration(
  file: string,
  text: string,
): { readonly configuration: Configuration } | { readonly problems: readonly FileProblem[] } {
  const read = readYaml(text, { maxBytes: MAX_BYTES });
  if (read.problems.length > 0) return { problems: read.problems.map((problem) => ({ file, ...problem })) };
  const parsed = Configuration.safeParse(read.value);
  if (parsed.success) return { configuration: parsed.data };
  return {
    problems: explainIssues(parsed.error.issues, Configuration, read).map((problem) => ({ file, ...problem })),
  };
}
