import { randomUUID } from 'node:crypto';
import type { Step } from '../../domain/configuration.ts';
import * as say from '../../domain/messages/suites.ts';
import type { Json } from '../../domain/rejection.ts';
import type { CaseResult, Checkout } from '../../ports.ts';
import { readAnswers } from './read-answers.ts';
import { OUTPUT_BYTES, troubleOf } from './read-output.ts';
import { TOGETHER_BYTES } from './room.ts';
import type { Suiting } from './suiting.ts';

/**
 * All inputs in one process. Each answer may take the step's time, counted from the one before: the process is ended
 * when it is silent for that long, and after a suite's time (or one case's, if that is longer). Answers given before a bad
 * end count; the other cases are errors.
 */
export async function runInLines(
  { sandbox, suiteMs }: Suiting,
  checkout: Checkout,
  step: Pick<Step, 'run' | 'timeout'>,
  inputs: readonly Json[],
  signal?: AbortSignal,
): Promise<readonly CaseResult[]> {
  // Drawn anew for each run: no id tells which case it stands for.
  const cases = inputs.map((input) => ({ id: randomUUID(), input }));
  const caseMs = step.timeout * 1000;
  const run = await sandbox.run({
    tree: checkout.dir,
    writable: false,
    layers: checkout.prepared?.layers ?? [],
    command: step.run,
    stdin: cases.map((one) => `${JSON.stringify(one)}\n`).join(''),
    limits: {
      wallMs: Math.max(caseMs, Math.min(caseMs * cases.length, suiteMs)),
      idleMs: caseMs,
      outputBytes: Math.min((cases.length + 1) * OUTPUT_BYTES, TOGETHER_BYTES),
    },
    ...(signal !== undefined && { signal }),
  });
  const { results, stray } = await readAnswers(run.stdout, new Set(cases.map(({ id }) => id)));
  const missing: CaseResult = { status: 'error', because: troubleOf(run) ?? stray ?? say.noAnswer };
  return cases.map(({ id }) => results.get(id) ?? missing);
}
