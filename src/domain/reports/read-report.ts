import * as say from '../messages/reports.ts';
import { checkCases } from './check-cases.ts';
import { decodeUtf8 } from './decode-utf8.ts';
import { readInspect } from './read-inspect.ts';
import { readJest } from './read-jest.ts';
import { readJsonl } from './read-jsonl.ts';
import { readJunit } from './read-junit.ts';
import { readOpenaiEvals } from './read-openai-evals.ts';
import { readPromptfoo } from './read-promptfoo.ts';
import { readTap } from './read-tap.ts';
import { readVitest } from './read-vitest.ts';
import { isCommit, type Reader, type ReadReport, type ReportedCase, type ReportFormat } from './report.ts';

/** Largest report that is read. */
export const MAX_REPORT_BYTES = 32_000_000;

const readers: Readonly<Record<ReportFormat, Reader>> = {
  junit: readJunit,
  vitest: readVitest,
  jest: readJest,
  tap: readTap,
  promptfoo: readPromptfoo,
  inspect: readInspect,
  'openai-evals': readOpenaiEvals,
  jsonl: readJsonl,
};

/**
 * Cases of files that are one report together; the first that cannot be read spoils it, and so do files that name
 * different commits: an older one may have been left there.
 */
function readFiles(texts: readonly string[], read: Reader): ReadReport {
  const cases: ReportedCase[] = [];
  const commits: string[] = [];
  for (const text of texts) {
    const file = read(text);
    if ('problem' in file) return file;
    for (const one of file.cases) cases.push(one);
    if (file.commit !== undefined) commits.push(file.commit);
  }
  // One of them whole, others shortened.
  const [commit, ...others] = commits.toSorted((one, other) => other.length - one.length);
  if (commit === undefined) return { cases };
  const other = others.find((named) => named !== commit && !isCommit(named, commit));
  return other === undefined ? { cases, commit } : { problem: say.cases.otherCommits(commit, other) };
}

/**
 * Reads a report. Never throws. Whatever is not a whole, well-formed report of this format with at least one case is a
 * problem, never a pass. `many`: the report is made of files, after each of which a NUL stands.
 */
export function readReport(format: ReportFormat, bytes: Uint8Array, many = false): ReadReport {
  if (bytes.length === 0) return { problem: say.bytes.empty };
  if (bytes.length > MAX_REPORT_BYTES) return { problem: say.bytes.tooLarge(MAX_REPORT_BYTES) };
  const text = decodeUtf8(bytes);
  if (text === null) return { problem: say.bytes.notUtf8 };
  try {
    const read = many ? readFiles(text.split('\0').slice(0, -1), readers[format]) : readers[format](text);
    return 'problem' in read ? read : checkCases(read);
  } catch {
    // A library's own limit, such as its stack: what it cannot read, nobody can call good.
    return { problem: say.bytes.unreadable };
  }
}

/**
 * What a suite's run comes to: its exit (null: killed), and the report it left (null: none). A failing command with a
 * green report, no report, a report over the limit of size and a time-out are problems; red cases with exit code 0 are
 * red cases. `many`: see `readReport`.
 */
export function readRun(
  run: {
    readonly exit: number | null;
    readonly timedOut: boolean;
    readonly report: Uint8Array | null;
    readonly truncated: boolean;
  },
  format: ReportFormat,
  many = false,
): ReadReport {
  if (run.timedOut) return { problem: say.run.timedOut };
  if (run.exit === null) return { problem: say.run.killed };
  if (run.truncated) return { problem: say.run.truncated };
  if (run.report === null) return { problem: say.run.none };
  const read = readReport(format, run.report, many);
  if ('problem' in read || run.exit === 0) return read;
  const red = read.cases.some(({ outcome }) => outcome === 'fail' || outcome === 'error');
  return red ? read : { problem: say.run.exitButGreen(run.exit) };
}
