import type { Case } from './domain/case.ts';
import { canonical } from './domain/hash.ts';
import { disguised, restored } from './domain/recipe/disguise.ts';
import { frozen, type RecipeDraft } from './domain/recipe/draft.ts';
import type { Redactor } from './domain/redact.ts';
import type { Spec } from './domain/spec.ts';
import { layOut } from './lay-out.ts';
import type { Checkout, Ports } from './ports.ts';
import type { Base } from './read-base.ts';
import { runCases } from './run-cases.ts';

/** Whether one of these cases is red on base with the values themselves, and with what is hidden in them. What comes out is kept nowhere. */
async function isRedInPerson(ports: Ports, base: Base, checkout: Checkout, cases: readonly Case[], by: Redactor) {
  const own = restored(cases, by);
  if (canonical(own) === canonical(cases)) return false;
  const steps = base.configuration.steps.map((step) => ({ ...step, personal: true }));
  const results = await runCases(ports, { ...base.configuration, steps }, checkout, own);
  return results.some(({ outcome }) => outcome === 'fail');
}

/**
 * Runs the derived cases on base with surrogates, takes over what has to stay as it is, and leaves out hold-outs that are
 * green there. Where the acceptance cases are green it is said whether they are so with the values themselves, too.
 */
export async function completeDraft(
  ports: Ports,
  base: Base,
  given: RecipeDraft,
  by: Redactor,
): Promise<Spec | { green: Spec; because: 'already-fixed' | 'hangs-on-value' }> {
  const draft = disguised(given, by);
  const checkout = await layOut(ports, base, await ports.repository.treeOf(base.commit));
  try {
    const step = base.configuration.steps.find((s) => s.name === draft.spec.step);
    const inputs = draft.toFreeze.map((guard) => guard.input);
    const outputs = step === undefined || inputs.length === 0 ? [] : await ports.suites.outputs(checkout, step, inputs);
    const spec = frozen(draft, outputs);
    const red = [...spec.acceptance, ...spec['hold-outs']];
    const results = await runCases(ports, base.configuration, checkout, red);
    const passes = (name: string) => results[red.findIndex((c) => c.name === name)]?.outcome === 'pass';
    if (spec.acceptance.every((c) => passes(c.name))) {
      const hangs = await isRedInPerson(ports, base, checkout, spec.acceptance, by);
      return { green: spec, because: hangs ? 'hangs-on-value' : 'already-fixed' };
    }
    return { ...spec, 'hold-outs': spec['hold-outs'].filter((c) => !passes(c.name)) };
  } finally {
    await checkout.dispose();
  }
}
