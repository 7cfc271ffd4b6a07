import { z } from 'zod';
import * as say from '../messages/reports.ts';
import { parseShape } from './parse-shape.ts';
import { AssertionReport, readAssertions } from './read-assertions.ts';
import type { ReadReport } from './report.ts';

const JestReport = AssertionReport.extend({
  wasInterrupted: z.boolean(),
  numTotalTestSuites: z.int(),
  numRuntimeErrorTestSuites: z.int(),
});

/** The file that `jest --json` writes. */
export function readJest(text: string): ReadReport {
  const report = parseShape(text, JestReport);
  if ('problem' in report) return report;
  const { wasInterrupted, numTotalTestSuites, numRuntimeErrorTestSuites, testResults } = report.value;
  if (wasInterrupted) return { problem: say.suite.interrupted };
  const read = readAssertions(report.value);
  if ('problem' in read) return read;
  if (numRuntimeErrorTestSuites !== 0)
    return { problem: say.totals.differ('numRuntimeErrorTestSuites', numRuntimeErrorTestSuites, 0) };
  return numTotalTestSuites === testResults.length
    ? read
    : { problem: say.totals.differ('numTotalTestSuites', numTotalTestSuites, testResults.length) };
}
