import { parseShape } from './parse-shape.ts';
import { AssertionReport, readAssertions } from './read-assertions.ts';
import type { ReadReport } from './report.ts';

/** The file that `vitest run --reporter=json` writes. */
export function readVitest(text: string): ReadReport {
  const report = parseShape(text, AssertionReport);
  return 'problem' in report ? report : readAssertions(report.value);
}
