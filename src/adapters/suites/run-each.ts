import { availableParallelism } from 'node:os';
import type { Step } from '../../domain/configuration.ts';
import type { Json } from '../../domain/rejection.ts';
import type { CaseResult, Checkout, Sandbox } from '../../ports.ts';
import { OUTPUT_BYTES, readJson, troubleOf } from './read-output.ts';

const AT_ONCE = Math.min(4, availableParallelism());
/** Room for what a step says on stderr. */
const STDERR_BYTES = 100_000;

async function runOne(
  sandbox: Sandbox,
  checkout: Checkout,
  step: Pick<Step, 'run' | 'timeout'>,
  input: Json,
  signal?: AbortSignal,
): Promise<CaseResult> {
  const run = await sandbox.run({
    tree: checkout.dir,
    writable: false,
    command: step.run,
    stdin: `${JSON.stringify(input)}\n`,
    limits: { wallMs: step.timeout * 1000, outputBytes: OUTPUT_BYTES + STDERR_BYTES },
    ...(signal !== undefined && { signal }),
  });
  const trouble = troubleOf(run);
  if (trouble !== null) return { status: 'error', because: trouble };
  const read = readJson(run.stdout);
  return 'json' in read ? { status: 'output', output: read.json } : { status: 'error', because: read.because };
}

/** One process for each input, a few at once. */
export async function runEach(
  sandbox: Sandbox,
  checkout: Checkout,
  step: Pick<Step, 'run' | 'timeout'>,
  inputs: readonly Json[],
  signal?: AbortSignal,
): Promise<readonly CaseResult[]> {
  const results = new Array<CaseResult>(inputs.length);
  const waiting = inputs.entries();
  const worker = async () => {
    // One iterator for all workers: each takes the next input.
    for (const [i, input] of waiting) results[i] = await runOne(sandbox, checkout, step, input, signal);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
