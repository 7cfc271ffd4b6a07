import { z } from 'zod';
import * as say from '../messages/reports.ts';
import { seriesOf } from '../series-of.ts';
import { inRepository, joinId, type ReadReport, type ReportedCase } from './report.ts';

const count = z.int().min(0);

const Assertion = z.object({
  ancestorTitles: seriesOf(z.string()),
  title: z.string(),
  status: z.string(),
  /** Of one that passed in the end, Vitest tells here how it failed before. */
  failureMessages: seriesOf(z.string()).nullish(),
  /** Jest's, where a case is tried again until it passes. */
  invocations: count.nullish(),
});

const TestFile = z.object({
  name: z.string().min(1),
  status: z.string(),
  message: z.string().nullish(),
  assertionResults: seriesOf(Assertion),
});

/** What Jest and Vitest write alike. */
export const AssertionReport = z.object({
  success: z.boolean(),
  numTotalTests: count,
  numPassedTests: count,
  numFailedTests: count,
  numPendingTests: count,
  numTodoTests: count,
  testResults: seriesOf(TestFile),
});
export type AssertionReport = z.infer<typeof AssertionReport>;

const kinds = new Map([
  ['passed', 'numPassedTests'],
  ['failed', 'numFailedTests'],
  ['skipped', 'numPendingTests'],
  ['pending', 'numPendingTests'],
  ['disabled', 'numPendingTests'],
  ['todo', 'numTodoTests'],
] as const);
type Total = 'numPassedTests' | 'numFailedTests' | 'numPendingTests' | 'numTodoTests';
const kindOf = (status: string): Total | undefined => (kinds as ReadonlyMap<string, Total>).get(status);

function readOne(file: string, one: z.infer<typeof Assertion>): ReportedCase {
  const id = joinId([inRepository(file), ...one.ancestorTitles, one.title]);
  const kind = kindOf(one.status);
  if (kind === 'numPassedTests')
    return (one.invocations ?? 1) > 1 || (one.failureMessages ?? []).length > 0
      ? { id, outcome: 'fail', because: say.passedOnlyAgain }
      : { id, outcome: 'pass', because: '' };
  if (kind === 'numFailedTests') return { id, outcome: 'fail', because: one.failureMessages?.[0] ?? '' };
  return { id, outcome: 'skip', because: one.status };
}

/** What is wrong with a file as a whole. */
function problemOf({ name, status, message, assertionResults }: z.infer<typeof TestFile>): string | null {
  const file = inRepository(name);
  if (assertionResults.length === 0)
    return (message ?? '') === '' ? say.suite.empty(file) : say.suite.broken(file, message ?? '');
  const unknown = assertionResults.find((one) => kindOf(one.status) === undefined);
  if (unknown !== undefined) return say.cases.unknownStatus(unknown.status, joinId([file, unknown.title]));
  const red = assertionResults.some((one) => one.status === 'failed');
  const green = assertionResults.some((one) => one.status === 'passed');
  if (status === 'failed') return red ? null : say.suite.broken(file, message ?? '');
  if (status !== 'passed' && status !== 'skipped' && status !== 'pending') return say.cases.unknownStatus(status, file);
  return red || (green && status !== 'passed') ? say.suite.contradicts(file) : null;
}

function wrongTotal(report: AssertionReport): string | null {
  const counted = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, numTotalTests: 0 };
  for (const { assertionResults } of report.testResults)
    for (const { status } of assertionResults) {
      const kind = kindOf(status);
      if (kind !== undefined) counted[kind]++;
      counted.numTotalTests++;
    }
  for (const name of Object.keys(counted) as (keyof typeof counted)[])
    if (report[name] !== counted[name]) return say.totals.differ(name, report[name], counted[name]);
  return null;
}

/** The cases of a report of Jest or Vitest: nothing of it may contradict anything else in it. */
export function readAssertions(report: AssertionReport): ReadReport {
  for (const file of report.testResults) {
    const problem = problemOf(file);
    if (problem !== null) return { problem };
  }
  const problem = wrongTotal(report);
  if (problem !== null) return { problem };
  if (report.success !== (report.numFailedTests === 0))
    return { problem: report.success ? say.totals.notAFailure : say.totals.notASuccess };
  return {
    cases: report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map((one) => readOne(name, one)),
    ),
  };
}
