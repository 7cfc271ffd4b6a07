import { availableParallelism } from 'node:os';
import type { Suites } from '../../ports.ts';
import { atMost, type Runner } from './at-most.ts';
import { runEach } from './run-each.ts';
import { runInLines } from './run-in-lines.ts';
import { runReport } from './run-report.ts';

const HOUR_MS = 3_600_000;

/**
 * Runs commands in the sandbox, on trees that they can only read, each time that it is asked; `width` runs of this process
 * at once. Throws only what the sandbox throws.
 */
export function sandboxedSuites(sandbox: Runner, { width = availableParallelism(), suiteMs = HOUR_MS } = {}): Suites {
  const runner = atMost(sandbox, width);
  const suiting = { sandbox: runner, width, suiteMs };
  const suites: Suites = {
    outputs(checkout, step, inputs, signal) {
      if (inputs.length === 0) return Promise.resolve([]);
      return (step.lines ? runInLines : runEach)(suiting, checkout, step, inputs, signal);
    },
    report: (checkout, report, signal) => runReport(runner, checkout, report, signal),
    anew: () => suites,
  };
  return suites;
}
