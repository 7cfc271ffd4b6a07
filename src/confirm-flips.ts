import { isOfSuite } from './domain/account.ts';
import type { JudgedCase, SideResult } from './domain/judge.ts';
import { noisy as say } from './domain/messages/gate.ts';
import { type ConfirmState, nextRun, startConfirm } from './domain/noise/confirm-flip.ts';
import { ENOUGH_RUNS } from './domain/noise/repeats.ts';

/** Runs on head between two looks at what is decided. */
const BATCH = 8;
/** Runs of a proof in all: it counts when all of them say the same. */
export const PROOF_RUNS = 5;

/** Whether it passed in one run; null where it did not run, or came to nothing: that is no evidence. */
export type Ran = boolean | null;

/** What each of some cases came to, run by run. */
export type Runs = readonly (readonly Ran[])[];

export const ranAs = (outcome: SideResult['outcome'] | undefined): Ran =>
  outcome === 'pass' ? true : outcome === 'fail' ? false : null;

/** Runs these cases again, so often, on one side: for each in its order what it came to. Null where that was cut off. */
export type RunAgain<T> = (side: 'base' | 'head', these: readonly T[], times: number) => Promise<Runs | null>;

/** A case of a noisy suite, and what it came to at first. */
export interface Suspect<T> {
  readonly of: T;
  readonly base: SideResult;
  readonly head: SideResult;
}

type Sided = Pick<JudgedCase, 'base' | 'head'>;

/** What may be noise: a case that was green on base and is not now, and one that is red on both sides, on base by chance. */
export function isSuspect({ role, base, head }: JudgedCase): boolean {
  if (base.outcome === 'pass') return ['fail', 'error', 'flaky'].includes(head.outcome);
  return isOfSuite(role) && base.outcome === 'fail' && ['fail', 'flaky'].includes(head.outcome);
}

const outcomeOf = ({ decision, because }: ConfirmState, before: SideResult): SideResult => {
  if (decision === 'broken') return { ...before, because: say.broken(before.because, because) };
  if (decision === 'healthy') return { outcome: 'pass', because: say.healthy(because) };
  return { outcome: 'flaky', because: decision === 'running' ? say.cutOff(before.because) : because };
};

/** How often base is asked in all for runs that came to nothing. */
const ASKED = 3;

/**
 * What cases come to on base in at least so many runs, the ones that err there left out: fewer where they keep erring, and
 * null where it was cut off.
 */
async function onBase<T>(
  these: readonly T[],
  again: RunAgain<T>,
  enough: number,
): Promise<readonly boolean[][] | null> {
  const runs = these.map((): boolean[] => []);
  for (let asked = 0; asked < ASKED; asked++) {
    const short = [...runs.entries()].filter(([, { length }]) => length < enough);
    if (short.length === 0) break;
    const times = enough - Math.min(...short.map(([, { length }]) => length));
    const some = short.map(([i]) => these[i] as T);
    const more = await again('base', some, times);
    if (more === null) return null;
    for (const [at, [, known]] of short.entries()) known.push(...(more[at] ?? []).filter((ran) => ran !== null));
  }
  return runs;
}

/** What cases come to on head, each against its own rate on base. */
async function headsOf<T>(flips: readonly Suspect<T>[], again: RunAgain<T>): Promise<readonly SideResult[]> {
  const cutOff = ({ head }: Suspect<T>): SideResult => ({ outcome: 'flaky', because: say.cutOff(head.because) });
  if (flips.length === 0) return [];
  const all = flips.map(({ of }) => of);
  const base = await onBase(all, again, ENOUGH_RUNS);
  if (base === null) return flips.map(cutOff);
  const states = flips.map((_, i) => {
    const runs = base[i] ?? [];
    return startConfirm({ baseRate: { passes: runs.filter(Boolean).length, runs: runs.length } });
  });
  for (;;) {
    const open = [...states.keys()].filter((i) => states[i]?.decision === 'running');
    if (open.length === 0) break;
    const these = open.flatMap((i) => flips[i]?.of ?? []);
    const runs = await again('head', these, BATCH);
    // A side that gives no runs would be asked for ever.
    if (runs === null || runs.every((of) => of.length === 0)) break;
    for (const [at, i] of open.entries())
      for (const passed of runs[at] ?? []) {
        const state = states[i];
        // An error is nothing good on head.
        if (state !== undefined) states[i] = nextRun(state, passed === true);
      }
  }
  return flips.map((flip, i) => {
    const state = states[i];
    const { length = 0 } = base[i] ?? {};
    if (length < ENOUGH_RUNS)
      return { outcome: 'flaky', because: say.errsOnBase(length, ENOUGH_RUNS, flip.head.because) };
    return state === undefined ? cutOff(flip) : outcomeOf(state, flip.head);
  });
}

/**
 * Confirms suspects of a noisy suite: what each comes to on both sides. One that is red on base too, and in a few more runs
 * there, stays so; every other one counts as green there, and on head by its own rate on base. A run that errs on base is no
 * evidence. What cannot be told apart within the cap, what was cut off or keeps erring on base, and all after the first
 * `most` are flaky on head, and a person decides.
 */
export async function confirmFlips<T>(
  suspects: readonly Suspect<T>[],
  again: RunAgain<T>,
  most = Number.POSITIVE_INFINITY,
): Promise<readonly Sided[]> {
  const first = suspects.slice(0, most);
  const red = first.filter(({ base }) => base.outcome !== 'pass');
  const these = red.map(({ of }) => of);
  const more = await onBase(these, again, PROOF_RUNS - 1);
  const isRed = (one: Suspect<T>): boolean => {
    const runs = more?.[red.indexOf(one)] ?? [];
    return runs.length >= PROOF_RUNS - 1 && !runs.includes(true);
  };
  const flips = first.filter((one) => !isRed(one));
  const heads = await headsOf(flips, again);
  return suspects.map((one, i): Sided => {
    if (i >= most) return { base: green, head: { outcome: 'flaky', because: say.tooMany(most, one.head.because) } };
    const at = flips.indexOf(one);
    return at < 0 ? { base: one.base, head: one.head } : { base: green, head: heads[at] ?? one.head };
  });
}

const green: SideResult = { outcome: 'pass', because: '' };

/** A result that has to be the same in every run, the first included; else it is noise, and proves nothing. */
export const steady = (first: SideResult, more: readonly Ran[]): SideResult => {
  const wanted = first.outcome === 'pass';
  const other = more.filter((passed) => passed !== wanted).length;
  if (first.outcome !== 'pass' && first.outcome !== 'fail') return first;
  return other === 0
    ? first
    : { ...first, outcome: 'flaky', because: say.bothWays(more.length + 1, wanted ? other : more.length + 1 - other) };
};
