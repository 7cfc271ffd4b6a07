import * as say from '../../domain/messages/suites.ts';
import { TraceShape } from '../../domain/parse-rejection.ts';
import type { Trace } from '../../domain/rejection.ts';
import type { Checkout, Sandbox } from '../../ports.ts';
import { readJson, troubleOf } from './read-output.ts';

const REPLAY_MS = 120_000;
const TRACE_BYTES = 5_000_000;

/** See `Suites.replay`. */
export async function replayTicket(
  sandbox: Sandbox,
  checkout: Checkout,
  command: string,
  ticket: string,
  signal?: AbortSignal,
): Promise<Trace | { error: string }> {
  const run = await sandbox.run({
    tree: checkout.dir,
    writable: false,
    command,
    stdin: `${JSON.stringify({ ticket })}\n`,
    limits: { wallMs: REPLAY_MS, outputBytes: TRACE_BYTES },
    ...(signal !== undefined && { signal }),
  });
  const trouble = troubleOf(run);
  if (trouble !== null) return { error: trouble };
  const read = readJson(run.stdout, TRACE_BYTES);
  if ('because' in read) return { error: read.because };
  const trace = TraceShape.safeParse(read.json);
  return trace.success ? trace.data : { error: say.notATrace };
}
