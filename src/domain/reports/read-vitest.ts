import * as say from '../messages/reports.ts';
import { parseShape } from './parse-shape.ts';
import { AssertionReport, readAssertions } from './read-assertions.ts';
import { inRepository, type ReadReport } from './report.ts';

/** The file that `vitest run --reporter=json` writes. */
export function readVitest(text: string): ReadReport {
  const report = parseShape(text, AssertionReport);
  if ('problem' in report) return report;
  // Its word on a file is about the file alone, such as a hook that failed: red cases beside it do not tell of that.
  const broken = report.value.testResults.find(({ status, message }) => status === 'failed' && (message ?? '') !== '');
  if (broken !== undefined) return { problem: say.suite.broken(inRepository(broken.name), broken.message ?? '') };
  return readAssertions(report.value);
}
