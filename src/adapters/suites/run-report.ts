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

// The same for files whose names fit a pattern, by name. A NUL stands after each: none can stand in one.
const MANY_SCRIPT = `find "./$2" -maxdepth 1 -name "$4" -exec rm -rf -- {} + 2>/dev/null
/bin/sh -c "$1" >&2
code=$?
[ ! -d "./$2" ] || find "./$2" -maxdepth 1 -type f -name "$4" -print0 | LC_ALL=C sort -z |
  xargs -0 -r -n 1 -- /bin/sh -c 'cat -- "$0" && printf "\\0"' | head -c "$3"
exit "$code"`;

function commandOf({ run, file }: Report, many: boolean, most: number): readonly string[] {
  const at = file.lastIndexOf('/');
  const [where, name] = many ? [file.slice(0, Math.max(at, 0)), file.slice(at + 1)] : [file, ''];
  return ['/bin/sh', '-c', many ? MANY_SCRIPT : SCRIPT, 'sh', run, where, String(most), name];
}

/** See `Suites.report`. The report is read inside the sandbox, up to a limit of size. */
export async function runReport(
  sandbox: Runner,
  checkout: Checkout,
  report: Report,
  signal?: AbortSignal,
): Promise<ReadReport> {
  // Loaded only where a suite leaves reports: their readers are a sixth of the start of a command.
  const { MAX_REPORT_BYTES, readRun } = await import('../../domain/reports/read-report.ts');
  const many = report.file.includes('*');
  const run = await sandbox.run({
    tree: checkout.dir,
    writable: true,
    layers: checkout.prepared?.layers ?? [],
    command: commandOf(report, many, MAX_REPORT_BYTES + 1),
    limits: { wallMs: report.timeout * 1000, outputBytes: MAX_REPORT_BYTES + 1 + STDERR_BYTES },
    ...(signal !== undefined && { signal }),
  });
  if (run.ended === 'could-not-start') return { problem: say.notStarted(run.stderr) };
  if (run.ended !== 'exited' && run.ended !== 'timed-out') return { problem: say.endedBy(run.ended, run.exit) };
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
    many,
  );
}
