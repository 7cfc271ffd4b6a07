import type { SideResult } from './domain/judge.ts';
import { noisy as say } from './domain/messages/gate.ts';
import { type ConfirmState, nextRun, startConfirm } from './domain/noise/confirm-flip.ts';
import { ENOUGH_RUNS } from './domain/noise/repeats.ts';

/** Runs on head between two looks at what is decided. */
const BATCH = 8;
/** Runs of a proof in all: it counts when all of them say the same. */
export const PROOF_RUNS = 5;

/** Runs these cases again, so often, on one side: for each in its order whether it passed. */
export type RunAgain<T> = (
  side: 'base' | 'head',
  these: readonly T[],
  times: number,
) => Promise<readonly (readonly boolean[])[]>;

const outcomeOf = ({ decision, because }: ConfirmState, before: SideResult): SideResult => {
  if (decision === 'broken') return { ...before, because: say.broken(before.because, because) };
  if (decision === 'healthy') return { outcome: 'pass', because: say.healthy(because) };
  return { outcome: 'flaky', because };
};

/**
 * Confirms cases of a noisy suite that passed on base and did not on head, each against its own rate on base: what they
 * come to on head. What cannot be told apart within the cap is flaky, and a person decides.
 */
export async function confirmFlips<T>(
  flipped: readonly { readonly of: T; readonly head: SideResult }[],
  again: RunAgain<T>,
): Promise<readonly SideResult[]> {
  if (flipped.length === 0) return [];
  const base = await again(
    'base',
    flipped.map(({ of }) => of),
    ENOUGH_RUNS,
  );
  const states = flipped.map((_, i) => {
    const runs = base[i] ?? [];
    return startConfirm({ baseRate: { passes: runs.filter(Boolean).length, runs: runs.length } });
  });
  for (;;) {
    const open = [...states.keys()].filter((i) => states[i]?.decision === 'running');
    if (open.length === 0) break;
    const these = open.flatMap((i) => flipped[i]?.of ?? []);
    const runs = await again('head', these, BATCH);
    for (const [at, i] of open.entries())
      for (const passed of runs[at] ?? []) {
        const state = states[i];
        if (state !== undefined) states[i] = nextRun(state, passed);
      }
    // A side that gives no runs would be asked for ever.
    if (runs.every((of) => of.length === 0)) break;
  }
  return flipped.map(({ head }, i) => {
    const state = states[i];
    return state === undefined ? head : outcomeOf(state, head);
  });
}

/** A result that has to be the same in every run, the first included; else it is noise, and proves nothing. */
export const steady = (first: SideResult, more: readonly boolean[]): SideResult => {
  const wanted = first.outcome === 'pass';
  const other = more.filter((passed) => passed !== wanted).length;
  if (first.outcome !== 'pass' && first.outcome !== 'fail') return first;
  return other === 0
    ? first
    : { ...first, outcome: 'flaky', because: say.bothWays(more.length + 1, wanted ? other : more.length + 1 - other) };
};
