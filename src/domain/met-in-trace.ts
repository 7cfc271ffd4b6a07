import { assertCase } from './assert-case.ts';
import type { Expectation } from './case.ts';
import type { Trace } from './rejection.ts';

/** Whether what the step gave in the trace is all that is expected of it already. */
export function metInTrace({ steps }: Trace, step: string, expect: readonly Expectation[]): boolean {
  const traced = steps.find((one) => one.step === step);
  return traced !== undefined && assertCase(traced.output, expect).every(({ passed }) => passed);
}
