import { assertCase } from '../../src/domain/assert-case.ts';
import type { Expectation } from '../../src/domain/case.ts';
import type { DraftedSpec } from '../../src/domain/prompts/draft.ts';
import { changeInput } from '../../src/domain/recipe/change-input.ts';
import type { Json, Trace } from '../../src/domain/rejection.ts';
import type { ExampleRejection } from './example.ts';
import type { Translation } from './translate.ts';

/** What one translation came to. null: there was nothing to score. */
export interface TranslationScore {
  readonly disposition: boolean;
  readonly change: boolean | null;
  readonly step: boolean | null;
  readonly acceptanceRed: boolean | null;
  readonly guardsHold: boolean | null;
  readonly holdOutsRed: boolean | null;
}

export type Outputs = (step: string, inputs: readonly Json[]) => readonly Json[];

const holds = (output: Json, expect: readonly Expectation[]): boolean =>
  assertCase(output, expect).every((finding) => finding.passed);

/**
 * What a reader of the rejection alone may do. A duplicate is found by code, so that it is drafted here; that the customer
 * is wrong is for a person to say, so that both drafting and declining are right.
 */
const wanted = ({ expected, reason }: Pick<ExampleRejection, 'expected' | 'reason'>): readonly string[] => {
  if (expected === 'duplicate') return ['act'];
  return reason === 'answered-customer-right' ? ['act', 'decline'] : [expected];
};

/** Scores a translation against what the example says, and its cases by running them on base. */
export function scoreOf(
  rejection: Pick<ExampleRejection, 'expected' | 'reason' | 'change'>,
  { disposition, draft }: Translation,
  trace: Trace | null,
  steps: Readonly<Record<string, string>>,
  outputs: Outputs,
): TranslationScore {
  const right = wanted(rejection).includes(disposition.is);
  if (right && disposition.is !== 'act')
    return { disposition: right, change: null, step: null, acceptanceRed: null, guardsHold: null, holdOutsRed: null };
  const spec = draft?.is === 'spec' ? draft : null;
  const input = trace?.steps.find((traced) => traced.step === spec?.step)?.input;
  const change = spec !== null && spec.change === rejection.change;
  const step = spec !== null && spec.step === steps[rejection.change ?? ''];
  if (spec === null || input === undefined)
    return { disposition: right, change, step, acceptanceRed: false, guardsHold: false, holdOutsRed: false };
  return { disposition: right, change, step, ...casesOf(spec, input, outputs) };
}

function casesOf(spec: DraftedSpec, input: Json, outputs: Outputs) {
  const changed = (cases: readonly { change: DraftedSpec['guards'][number]['change'] }[]) =>
    cases.map(({ change }) => changeInput(input, change));
  const guards = changed(spec.guards);
  const holdOuts = changed(spec.holdOuts);
  const outs = outputs(spec.step, [input, ...guards, ...holdOuts]);
  const guardOuts = outs.slice(1, 1 + guards.length);
  return {
    acceptanceRed: !holds(outs[0] ?? null, spec.expect),
    // A guard that already fails what is wanted of the complaint is near it, and what it freezes is there.
    guardsHold: guardOuts.every((out, at) =>
      spec.guards[at]!.freeze.every((path) => holds(out, [{ path, op: 'present' }])),
    ),
    holdOutsRed: outs
      .slice(1 + guards.length)
      .every((out, at) => !holds(out, spec.holdOuts[at]!.expect ?? spec.expect)),
  };
}
