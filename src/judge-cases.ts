import { confirmFlips, PROOF_RUNS, type RunAgain, steady } from './confirm-flips.ts';
import type { Role } from './domain/account.ts';
import type { Case } from './domain/case.ts';
import type { Configuration } from './domain/configuration.ts';
import type { JudgedCase, SideResult } from './domain/judge.ts';
import * as say from './domain/messages/gate.ts';
import type { Checkout, Ports } from './ports.ts';
import { runCases } from './run-cases.ts';

export interface RoleCase {
  readonly of: Case;
  readonly role: Role;
}

/** Both trees as they lie on disk. Runs only read them, so that one leaves nothing there for another. */
export type Sides = readonly [base: Checkout, head: Checkout];

const missing: SideResult = { outcome: 'missing', because: say.notRun };
const isProof = ({ role }: JudgedCase): boolean => role === 'red-to-green' || role === 'hold-out';

/** What is worth another look in a noisy suite: a case that was green on base and is not now. */
const isFlip = (one: JudgedCase): boolean =>
  !isProof(one) && one.base.outcome === 'pass' && (one.head.outcome === 'fail' || one.head.outcome === 'error');

/** A proof that seems to hold: red on base, green now. */
const proves = (one: JudgedCase): boolean => isProof(one) && one.base.outcome === 'fail' && one.head.outcome === 'pass';

/** Runs noisy cases again until it is known what they come to. */
async function withoutNoise(
  judged: readonly JudgedCase[],
  cases: readonly RoleCase[],
  again: RunAgain<Case>,
): Promise<readonly JudgedCase[]> {
  const result = [...judged];
  const flips = [...judged.entries()].filter(([, one]) => isFlip(one));
  const ofFlips = flips.map(([i, one]) => ({ of: cases[i]?.of as Case, head: one.head }));
  for (const [at, head] of (await confirmFlips(ofFlips, again)).entries()) {
    const [i, one] = flips[at] ?? [];
    if (i !== undefined && one !== undefined) result[i] = { ...one, head };
  }
  const proofs = [...judged.entries()].filter(([, one]) => proves(one));
  const these = proofs.map(([i]) => cases[i]?.of as Case);
  if (these.length === 0) return result;
  const more = PROOF_RUNS - 1;
  const [before, after] = await Promise.all([again('base', these, more), again('head', these, more)]);
  for (const [at, [i, one]] of proofs.entries())
    result[i] = { ...one, base: steady(one.base, before[at] ?? []), head: steady(one.head, after[at] ?? []) };
  return result;
}

/**
 * Cases on base and on head. What a noisy step's case comes to is confirmed by running it again; a deterministic one's
 * is as it is.
 */
export async function judgeCases(
  ports: Pick<Ports, 'suites'>,
  configuration: Configuration,
  sides: Sides,
  cases: readonly RoleCase[],
  signal?: AbortSignal,
): Promise<readonly JudgedCase[]> {
  if (cases.length === 0) return [];
  const runOn = (checkout: Checkout, these: readonly Case[]) => runCases(ports, configuration, checkout, these, signal);
  const all = cases.map(({ of }) => of);
  const [before, after] = await Promise.all([runOn(sides[0], all), runOn(sides[1], all)]);
  const judged = cases.map(
    ({ of, role }, i): JudgedCase => ({ case: of, role, base: before[i] ?? missing, head: after[i] ?? missing }),
  );
  const noisySteps = new Set(configuration.steps.filter((step) => !step.deterministic).map(({ name }) => name));
  const noisy = [...cases.entries()].filter(([, { of }]) => noisySteps.has(of.step)).map(([i]) => i);
  if (noisy.length === 0) return judged;
  const again: RunAgain<Case> = async (side, these, times) => {
    const repeated = these.flatMap((of) => Array.from({ length: times }, () => of));
    const results = await runOn(sides[side === 'base' ? 0 : 1], repeated);
    return these.map((_, i) => results.slice(i * times, (i + 1) * times).map(({ outcome }) => outcome === 'pass'));
  };
  const settled = await withoutNoise(
    noisy.map((i) => judged[i] as JudgedCase),
    noisy.map((i) => cases[i] as RoleCase),
    again,
  );
  return judged.map((one, i) => settled[noisy.indexOf(i)] ?? one);
}
