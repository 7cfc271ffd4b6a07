import { account, isGood, isOfSuite } from './domain/account.ts';
import type { Configuration } from './domain/configuration.ts';
import type { JudgedCase } from './domain/judge.ts';
import type { Spec } from './domain/spec.ts';
import { judgeCases, type RoleCase, type Sides } from './judge-cases.ts';
import type { Time } from './judge-in-time.ts';
import type { Ports } from './ports.ts';

/** Cases of steps that answer many in one process. */
const inLines = ({ steps }: Configuration, cases: readonly RoleCase[]): readonly RoleCase[] => {
  const names = new Set(steps.filter(({ lines }) => lines).map(({ name }) => name));
  return cases.filter(({ of }) => names.has(of.step));
};

const openOfSpec = (spec: Spec): readonly RoleCase[] => [
  ...spec.acceptance.map((of) => ({ of, role: 'red-to-green' as const })),
  ...spec.guards.map((of) => ({ of, role: 'guard' as const })),
];
const holdOutsOf = (spec: Spec): readonly RoleCase[] =>
  spec['hold-outs'].map((of) => ({ of, role: 'hold-out' as const }));

/**
 * The approved cases of which no process sees another’s input that is hidden: all but the hold-outs of steps in lines.
 * Where each case has a process of its own, nothing tells one that it is asked for a hold-out.
 */
export const apartOfSpec = (configuration: Configuration, spec: Spec): readonly RoleCase[] => {
  const together = new Set(inLines(configuration, holdOutsOf(spec)).map(({ of }) => of));
  return [...openOfSpec(spec), ...holdOutsOf(spec).filter(({ of }) => !together.has(of))];
};

const passes = ({ role, base, head }: JudgedCase): boolean => isGood(account(role, base.outcome, head.outcome));

/**
 * Hold-outs of steps in lines, in sandboxes of their own. The other approved cases of their step are asked among them
 * once more: a candidate that tells this run from the one before finds guards in it, which it does not know either.
 * `seen` is what all other cases came to: one that was good there and is not here counts as a hold-out. Nothing that a
 * candidate answers here is shown.
 */
export async function judgeHoldOuts(
  ports: Pick<Ports, 'suites'>,
  configuration: Configuration,
  sides: Sides,
  spec: Spec,
  seen: readonly JudgedCase[],
  time: Time = {},
): Promise<readonly JudgedCase[]> {
  const holdOuts = inLines(configuration, holdOutsOf(spec));
  if (holdOuts.length === 0) return [];
  const steps = new Set(holdOuts.map(({ of }) => of.step));
  const again = openOfSpec(spec).filter(({ of }) => steps.has(of.step));
  const were = seen.filter((one) => !isOfSuite(one.role) && steps.has(one.case.step));
  const judged = await judgeCases(ports, configuration, sides, [...again, ...holdOuts], time);
  return judged.flatMap((one, i) => {
    if (one.role === 'hold-out') return [one];
    const was = were[i];
    return was !== undefined && passes(was) && !passes(one) ? [{ ...one, role: 'hold-out' as const }] : [];
  });
}
