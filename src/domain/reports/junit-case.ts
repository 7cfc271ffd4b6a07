import * as say from '../messages/reports.ts';
import { inRepository, joinId, type ReportedCase } from './report.ts';

/** A `<testcase>` while it is read. */
export interface OpenCase {
  readonly id: string;
  /** Its attributes `status`, `result`, `outcome` and `success`, which some tools use beside or instead of child elements. */
  readonly words: readonly string[];
  /** The child elements that say how it went, each with what it says. */
  readonly details: Map<string, string>;
}

/** Elements that say how a case went. */
export const verdictElements = new Set([
  'failure',
  'error',
  'skipped',
  'rerunFailure',
  'rerunError',
  'flakyFailure',
  'flakyError',
]);

/** Elements that say nothing of how a case or a suite went. */
export const quietElements = new Set(['properties', 'system-out', 'system-err', 'attachments']);

const outcomes: ReadonlyMap<string, ReportedCase['outcome']> = new Map([
  ...['', 'run', 'pass', 'passed', 'ok', 'success', 'successful', 'completed', 'true'].map(
    (word) => [word, 'pass'] as const,
  ),
  ...['notrun', 'skip', 'skipped', 'disabled', 'suppressed', 'ignored'].map((word) => [word, 'skip'] as const),
  ...['fail', 'failed', 'failure', 'false'].map((word) => [word, 'fail'] as const),
  ...['error', 'errored'].map((word) => [word, 'error'] as const),
]);

/**
 * The case that a `<testcase>` opens in these suites. Where a tool repeats the names of the suites as the class, they
 * stand in the id once.
 */
export function openCase(suites: readonly string[], attributes: Readonly<Record<string, string>>): OpenCase {
  const { name = '', classname = '', file = '', status = '', result = '', outcome = '', success = '' } = attributes;
  const repeated = classname === suites.at(-1) || classname === suites.join('.');
  const path = inRepository(file);
  const parts = [path === suites[0] ? '' : path, ...suites, repeated ? '' : classname, name];
  return { id: name.trim() === '' ? '' : joinId(parts), words: [status, result, outcome, success], details: new Map() };
}

/** A case that was skipped or that failed at any try is not good, whatever else is said of it. */
export function closeCase({ id, words, details }: OpenCase): ReportedCase | { readonly problem: string } {
  const unknown = words.find((word) => !outcomes.has(word.toLowerCase()));
  if (unknown !== undefined) return { problem: say.cases.unknownStatus(unknown, id) };
  const told = (...elements: string[]) => elements.map((name) => details.get(name)).find((text) => text !== undefined);
  const skipped = told('skipped');
  if (skipped !== undefined) return { id, outcome: 'skip', because: skipped };
  const error = told('error');
  if (error !== undefined) return { id, outcome: 'error', because: error };
  const failure = told('failure');
  if (failure !== undefined) return { id, outcome: 'fail', because: failure };
  if (details.size > 0) return { id, outcome: 'fail', because: say.passedOnlyAgain };
  const outcome = words
    .map((word) => outcomes.get(word.toLowerCase()))
    .find((one) => one !== undefined && one !== 'pass');
  return {
    id,
    outcome: outcome ?? 'pass',
    because: outcome === undefined ? '' : words.filter((word) => word !== '').join(' '),
  };
}
