import type { FileProblem } from '../../../src/domain/rubric.ts';

/** Problems as a person reads them, one per line; the empty text when there is none. */
export const problemLines = (read: object): string =>
  'problems' in read
    ? (read.problems as readonly FileProblem[]).map((p) => `${p.file}:${p.line}: ${p.problem} ${p.fix}`).join('\n')
    : '';
