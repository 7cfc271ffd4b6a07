import type { Json, Trace } from './rejection.ts';
import { findChanges } from './report/find-changes.ts';

/** A step that gave something else, and where; or that is in one of two traces only. */
export type TraceDifference =
  | {
      readonly step: string;
      readonly is: 'output';
      readonly path: readonly string[];
      readonly before: Json | undefined;
      readonly after: Json | undefined;
    }
  | { readonly step: string; readonly is: 'gone' }
  | { readonly step: string; readonly is: 'new' };

/** What differs between the outputs of two traces, in the order of the steps of today. Both are redacted alike. */
export function compareTraces(then: Trace, now: Trace): readonly TraceDifference[] {
  const outputs = (trace: Trace) => new Map(trace.steps.map(({ step, output }) => [step, output] as const));
  const [before, after] = [outputs(then), outputs(now)];
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((step): readonly TraceDifference[] => {
    if (!before.has(step)) return [{ step, is: 'new' }];
    if (!after.has(step)) return [{ step, is: 'gone' }];
    return findChanges(before.get(step), after.get(step)).map((one) => ({ step, is: 'output', ...one }));
  });
}
