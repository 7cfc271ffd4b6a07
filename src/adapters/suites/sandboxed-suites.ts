import type { Sandbox, Suites } from '../../ports.ts';
import { runEach } from './run-each.ts';
import { runInLines } from './run-in-lines.ts';
import { runReport } from './run-report.ts';

/** Runs commands in the sandbox, on trees that they can only read. Throws only what the sandbox throws. */
export const sandboxedSuites = (sandbox: Sandbox): Suites => ({
  outputs(checkout, step, inputs, signal) {
    if (inputs.length === 0) return Promise.resolve([]);
    return (step.lines ? runInLines : runEach)(sandbox, checkout, step, inputs, signal);
  },
  report: (checkout, report, signal) => runReport(sandbox, checkout, report, signal),
});
