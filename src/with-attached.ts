import { contradictionsOf } from './check-spec.ts';
import { hashOf } from './domain/hash.ts';
import { attachedCase, isAttachedCase } from './domain/messages/intake.ts';
import { allCases, type Spec } from './domain/spec.ts';
import type { Standing } from './domain/stage.ts';
import type { Base } from './read-base.ts';

/** Hold-outs of a spec at most. */
const MOST = 5;

/**
 * The spec with a case of another rejection of the same fault among its hold-outs, if one fits: of its step, of another
 * input than those that the agent sees, and not at odds with what else is expected. `holdOut`: whose it is.
 */
export function withAttached(
  spec: Spec,
  attached: Standing['attached'],
  base: Base,
): { readonly spec: Spec; readonly holdOut: number | null } {
  const inputs = new Set(allCases(spec).map(({ input }) => hashOf(input)));
  if (spec['hold-outs'].length < MOST)
    for (const { rejection, case: of } of attached) {
      if (of === null || of.step !== spec.step || inputs.has(hashOf(of.input))) continue;
      const name = attachedCase(rejection);
      if (allCases(spec).some((one) => one.name === name)) continue;
      const merged = { ...spec, 'hold-outs': [...spec['hold-outs'], { ...of, name }] };
      if (contradictionsOf(base, merged).length <= contradictionsOf(base, spec).length)
        return { spec: merged, holdOut: rejection };
    }
  return { spec, holdOut: null };
}

/** An approved spec as its comment has it: what another rejection brought was never written there. */
export function asWritten(approved: Spec, comment: Spec): Spec {
  const written = new Set(comment['hold-outs'].map(({ name }) => name));
  const kept = approved['hold-outs'].filter(({ name }) => written.has(name) || !isAttachedCase(name));
  return { ...approved, 'hold-outs': kept };
}
