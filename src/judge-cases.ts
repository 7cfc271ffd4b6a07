import { confirmFlips, isSuspect, PROOF_RUNS, type RunAgain, type Runs, ranAs, steady } from './confirm-flips.ts';
import type { Role } from './domain/account.ts';
import type { Case } from './domain/case.ts';
import type { Configuration } from './domain/configuration.ts';
import { hangsOnBase, type JudgedCase, type SideResult } from './domain/judge.ts';
import * as say from './domain/messages/gate.ts';
import type { Time } from './judge-in-time.ts';
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

/** A proof that seems to hold: red on base, green now. */
const proves = (one: JudgedCase): boolean => isProof(one) && one.base.outcome === 'fail' && one.head.outcome === 'pass';

/** So many cases of noisy steps are confirmed in one go, each of which takes some dozens of runs. */
const MOST_CONFIRMED = 50;

/** Runs noisy cases again until it is known what they come to. */
async function withoutNoise(
  judged: readonly JudgedCase[],
  cases: readonly RoleCase[],
  { again, prove }: { readonly again: RunAgain<Case>; readonly prove: (...asked: Asked) => Promise<Runs> },
): Promise<readonly JudgedCase[]> {
  const result = [...judged];
  const suspects = [...judged.entries()].filter(([, one]) => !isProof(one) && isSuspect(one));
  const confirmed = await confirmFlips(
    suspects.map(([i, { base, head }]) => ({ of: cases[i]?.of as Case, base, head })),
    again,
    MOST_CONFIRMED,
  );
  for (const [at, [i, one]] of suspects.entries()) result[i] = { ...one, ...confirmed[at] };
  const proofs = [...judged.entries()].filter(([, one]) => proves(one));
  const these = proofs.map(([i]) => cases[i]?.of as Case);
  if (these.length === 0) return result;
  const more = PROOF_RUNS - 1;
  const [before, after] = await Promise.all([prove('base', these, more), prove('head', these, more)]);
  for (const [at, [i, one]] of proofs.entries())
    result[i] = { ...one, base: steady(one.base, before[at] ?? []), head: steady(one.head, after[at] ?? []) };
  return result;
}

/** The same, once base's errors that decide were run there again, alone: what runs beside base may keep it from running. */
async function baseAgain(
  judged: readonly JudgedCase[],
  cases: readonly RoleCase[],
  run: (these: readonly Case[]) => Promise<readonly SideResult[]>,
): Promise<readonly JudgedCase[]> {
  const hanging = [...judged.entries()].filter(([, one]) => hangsOnBase(one));
  if (hanging.length === 0) return judged;
  const again = await run(hanging.map(([i]) => cases[i]?.of as Case));
  const result = [...judged];
  for (const [at, [i, one]] of hanging.entries()) result[i] = { ...one, base: again[at] ?? one.base };
  return result;
}

type Asked = Parameters<RunAgain<Case>>;

/**
 * Cases on base and on head. What a noisy step's case comes to is confirmed by running it again; a deterministic one's
 * is as it is.
 */
export async function judgeCases(
  ports: Pick<Ports, 'suites'>,
  configuration: Configuration,
  sides: Sides,
  cases: readonly RoleCase[],
  time: Time = {},
): Promise<readonly JudgedCase[]> {
  if (cases.length === 0) return [];
  const runOn = (checkout: Checkout, these: readonly Case[], signal = time.signal) =>
    runCases(ports, configuration, checkout, these, signal);
  const all = cases.map(({ of }) => of);
  const [before, after] = await Promise.all([runOn(sides[0], all), runOn(sides[1], all)]);
  const judged = await baseAgain(
    cases.map(({ of, role }, i) => ({ case: of, role, base: before[i] ?? missing, head: after[i] ?? missing })),
    cases,
    (these) => runOn(sides[0], these),
  );
  const noisySteps = new Set(configuration.steps.filter((step) => !step.deterministic).map(({ name }) => name));
  const noisy = [...cases.entries()].filter(([, { of }]) => noisySteps.has(of.step)).map(([i]) => i);
  if (noisy.length === 0) return judged;
  const runsOf = async ([side, these, times]: Asked, signal?: AbortSignal): Promise<Runs> => {
    const repeated = these.flatMap((of) => Array.from({ length: times }, () => of));
    const results = await runOn(sides[side === 'base' ? 0 : 1], repeated, signal);
    return these.map((_, i) => results.slice(i * times, (i + 1) * times).map(({ outcome }) => ranAs(outcome)));
  };
  const again: RunAgain<Case> = async (...asked) => {
    const runs = await runsOf(asked, time.again);
    return time.again?.aborted === true ? null : runs;
  };
  const settled = await withoutNoise(
    noisy.map((i) => judged[i] as JudgedCase),
    noisy.map((i) => cases[i] as RoleCase),
    { again, prove: (...asked) => runsOf(asked) },
  );
  return judged.map((one, i) => settled[noisy.indexOf(i)] ?? one);
}
