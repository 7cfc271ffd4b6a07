import type { Step } from '../../domain/configuration.ts';
import * as say from '../../domain/messages/suites.ts';
import type { Json } from '../../domain/rejection.ts';
import { lettingOthers } from '../../let-others.ts';
import type { CaseResult, Checkout } from '../../ports.ts';
import type { Runner } from './at-most.ts';
import { OUTPUT_BYTES, outputIn, readJson, troubleOf } from './read-output.ts';
import { type Room, roomForOutputs } from './room.ts';
import type { Suiting } from './suiting.ts';

/** Room for what a step says on stderr. */
const STDERR_BYTES = 100_000;

async function runOne(
  sandbox: Runner,
  checkout: Checkout,
  step: Pick<Step, 'run' | 'timeout'>,
  input: Json,
  room: Room,
  signal?: AbortSignal,
): Promise<CaseResult> {
  const run = await sandbox.run({
    tree: checkout.dir,
    writable: false,
    layers: checkout.prepared?.layers ?? [],
    command: step.run,
    stdin: `${JSON.stringify(input)}\n`,
    limits: { wallMs: step.timeout * 1000, outputBytes: OUTPUT_BYTES + STDERR_BYTES },
    ...(signal !== undefined && { signal }),
  });
  const trouble = troubleOf(run);
  if (trouble !== null) return { status: 'error', because: trouble };
  const read = readJson(run.stdout, room);
  return 'json' in read ? outputIn(run.stdout) : { status: 'error', because: read.because };
}

/**
 * One process for each input, `width` at once. What has not begun after a suite's time (or one case's, if that is longer),
 * or when the outputs are too much already, is an error.
 */
export async function runEach(
  { sandbox, width, suiteMs }: Suiting,
  checkout: Checkout,
  step: Pick<Step, 'run' | 'timeout'>,
  inputs: readonly Json[],
  signal?: AbortSignal,
): Promise<readonly CaseResult[]> {
  const results = new Array<CaseResult>(inputs.length);
  const waiting = inputs.entries();
  const over = performance.now() + Math.max(step.timeout * 1000, suiteMs);
  const room = roomForOutputs();
  const letOthers = lettingOthers();
  const turnOf = (input: Json): Promise<CaseResult> | CaseResult => {
    if (performance.now() >= over) return { status: 'error', because: say.tookTooLong };
    if (room.used) return { status: 'error', because: say.bad.tooMuchTogether };
    return runOne(sandbox, checkout, step, input, room, signal);
  };
  const worker = async () => {
    // One iterator for all workers: each takes the next input.
    for (const [i, input] of waiting) {
      results[i] = await turnOf(input);
      await letOthers();
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
