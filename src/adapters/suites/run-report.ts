import type { Report } from '../../domain/configuration.ts';
import * as say from '../../domain/messages/suites.ts';
import type { ReadReport } from '../../domain/reports/report.ts';
import type { Checkout } from '../../ports.ts';
import type { Runner } from './at-most.ts';

/** Room for what the suite says beside its report. */
const STDERR_BYTES = 4_000_000;

// One that stands in the repository is no report of this run. A link is not followed: it may lead anywhere.
const SCRIPT = `rm -rf -- "$2"
/bin/sh -c "$1" >&2
code=$?
if [ -f "$2" ] && [ ! -L "$2" ]; then head -c "$3" -- "$2"; fi
exit "$code"`;

/** See `Suites.report`. The report is read inside the sandbox, up to a limit of size. */
export async function runReport(
  sandbox: Runner,
  checkout: Checkout,
  report: Report,
  signal?: AbortSignal,
): Promise<ReadReport> {
  // Loaded only where a suite leaves reports: their readers are a sixth of the start of a command.
  const { MAX_REPORT_BYTES, readRun } = await import('../../domain/reports/read-report.ts');
  const run = await sandbox.run({
    tree: checkout.dir,
    writable: true,
    command: ['/bin/sh', '-c', SCRIPT, 'sh', report.run, report.file, String(MAX_REPORT_BYTES + 1)],
    limits: { wallMs: report.timeout * 1000, outputBytes: MAX_REPORT_BYTES + 1 + STDERR_BYTES },
    ...(signal !== undefined && { signal }),
  });
  if (run.ended === 'could-not-start') return { problem: say.notStarted(run.stderr) };
  if (run.ended !== 'exited' && run.ended !== 'timed-out') return { problem: say.ended[run.ended] };
  const none = run.stdout.length === 0;
  // Without a report, what the suite said last tells more than that there is none.
  if (none && run.ended === 'exited' && run.exit !== 0) return { problem: say.exited(run.exit ?? -1, run.stderr) };
  return readRun(
    {
      exit: run.exit,
      timedOut: run.ended === 'timed-out',
      report: none ? null : run.stdout,
      truncated: run.stdout.length > MAX_REPORT_BYTES,
    },
    report.format,
  );
}
