import type { DraftedSpec } from '../../src/domain/prompts/draft.ts';
import { draftFromChoice, frozen } from '../../src/domain/recipe/draft.ts';
import type { Spec } from '../../src/domain/spec.ts';
import { likenessOf } from '../../src/known-fault.ts';
import type { Checkout, Ports } from '../../src/ports.ts';
import type { Base } from '../../src/read-base.ts';
import type { Replayed } from '../../src/replay-ticket.ts';
import { runCases } from '../../src/run-cases.ts';
import type { ExampleRejection } from './example.ts';
import type { Translation } from './translate.ts';

/** What one translation came to. null: there was nothing to score. */
export interface TranslationScore {
  /** As the example expects it. That something is a duplicate shows after drafting, so that it is acted upon here. */
  readonly disposition: boolean;
  readonly change: boolean | null;
  readonly step: boolean | null;
  /** On base, all of them fail; one that errs does not count. */
  readonly acceptanceRed: boolean | null;
  /** There is one, all are green on base, and whatever they freeze is there. */
  readonly guardsGreen: boolean | null;
  /** There is one, none was left out, and all of them fail on base. */
  readonly holdOutsRed: boolean | null;
  /** It asks the same of the output as the rejection that it repeats, which people are told. */
  readonly duplicate: boolean | null;
}

export interface Scored {
  readonly score: TranslationScore;
  /** The spec with its cases, as the product makes it of the draft. */
  readonly spec: Spec | null;
}

const nothing = {
  change: null,
  step: null,
  acceptanceRed: null,
  guardsGreen: null,
  holdOutsRed: null,
  duplicate: null,
};

/** Scores a translation against what the example says, and its cases by running them on base. */
export async function scoreOf(
  ports: Ports,
  base: Base,
  rejection: Pick<ExampleRejection, 'expected' | 'of' | 'change'>,
  { replayed, read }: Translation,
  specOf: (id: string) => Spec | null,
): Promise<Scored> {
  const wanted = rejection.expected === 'duplicate' ? 'act' : rejection.expected;
  // Where models come to nothing, the product asks.
  const right = (read?.is === 'spec' ? 'act' : (read?.is ?? 'ask')) === wanted;
  if (right && wanted !== 'act') return { score: { disposition: right, ...nothing }, spec: null };
  const drafted = read?.is === 'spec' ? read.drafted : null;
  const { spec, ...cases } = drafted === null ? unusable : await casesOf(ports, base, replayed, drafted);
  const of = rejection.of === undefined ? undefined : specOf(rejection.of);
  const same = spec !== null && of !== undefined && of !== null && likenessOf(spec) === likenessOf(of);
  const score = {
    disposition: right,
    change: drafted !== null && drafted.change === rejection.change,
    step: drafted !== null && drafted.step === base.configuration.changes[rejection.change ?? '']?.step,
    ...cases,
    duplicate: of === undefined ? null : same,
  };
  return { score, spec };
}

const unusable = { spec: null, acceptanceRed: false, guardsGreen: false, holdOutsRed: false };

async function casesOf(ports: Ports, base: Base, { frozen: trace }: Replayed, drafted: DraftedSpec) {
  const change = base.configuration.changes[drafted.change];
  if (change === undefined) return unusable;
  const draft = draftFromChoice(drafted, trace, { ...change, kind: drafted.change });
  const step = base.configuration.steps.find(({ name }) => name === drafted.step);
  if ('missing' in draft || step === undefined) return unusable;
  const checkout = await ports.repository.checkout(await ports.repository.treeOf(base.commit));
  try {
    const inputs = draft.toFreeze.map((guard) => guard.input);
    const spec = frozen(draft, inputs.length === 0 ? [] : await ports.suites.outputs(checkout, step, inputs));
    return { spec, ...(await colours(ports, base, checkout, spec, drafted)) };
  } finally {
    await checkout.dispose();
  }
}

async function colours(ports: Ports, base: Base, checkout: Checkout, spec: Spec, drafted: DraftedSpec) {
  const all = async (cases: Spec['guards'], outcome: 'pass' | 'fail') => {
    const results = await runCases(ports, base.configuration, checkout, cases);
    return results.length > 0 && results.every((result) => result.outcome === outcome);
  };
  const { acceptance, guards, 'hold-outs': holdOuts } = spec;
  const frozenThere = guards.every(({ expect }) => expect.every(({ op }) => op !== 'absent'));
  return {
    acceptanceRed: await all(acceptance, 'fail'),
    guardsGreen: guards.length === drafted.guards.length && frozenThere && (await all(guards, 'pass')),
    holdOutsRed: holdOuts.length === drafted.holdOuts.length && (await all(holdOuts, 'fail')),
  };
}
