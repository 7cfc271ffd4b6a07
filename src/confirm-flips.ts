import { isOfSuite } from './domain/account.ts';
import type { JudgedCase, SideResult } from './domain/judge.ts';
import { noisy as say } from './domain/messages/gate.ts';
import { type ConfirmState, nextRun, startConfirm } from './domain/noise/confirm-flip.ts';
import { ENOUGH_RUNS } from './domain/noise/repeats.ts';

/** Runs on head between two looks at what is decided. */
const BATCH = 8;
/** Runs of a case on head in all: twice those that decide, as some of them may come to nothing. */
const MOST_RUNS = 80;
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

/** What may be noise: a case that is not green now, and was on base, or may have been red there or erred by chance. */
export const isSuspect = ({ role, base, head }: JudgedCase): boolean =>
  ['fail', 'error', 'flaky'].includes(head.outcome) &&
  (base.outcome === 'pass' || (isOfSuite(role) && ['fail', 'error'].includes(base.outcome)));

/** How often base is asked in all for runs that came to nothing. */
const ASKED = 3;
/** Runs on base after which a case that came to nothing in all of them waits for the others: each may take its whole time-out. */
const FIRST = 5;

/** What a case came to on base, one run after the other. */
interface OnBase {
  readonly known: readonly boolean[];
  readonly erred: number;
}

/** How often each is asked next, where all of them are short of so many runs at most. */
const timesOf = (asked: number, short: number): number =>
  asked === 0 ? Math.min(FIRST, short) : asked === 1 ? short : 2 * short;

/**
 * What cases come to on base in at least so many runs, the ones that err there left out: fewer where they keep erring, and
 * null where it was cut off.
 */
async function onBase<T>(
  these: readonly T[],
  again: RunAgain<T>,
  { enough, isPatient }: { readonly enough: number; readonly isPatient: (at: number) => boolean },
): Promise<readonly OnBase[] | null> {
  const found = these.map(() => ({ known: [] as boolean[], erred: 0 }));
  for (let asked = 0; asked < ASKED; asked++) {
    const short = [...found.entries()].filter(
      ([i, { known, erred }]) => known.length < enough && (known.length > 0 || erred === 0 || isPatient(i)),
    );
    if (short.length === 0) break;
    const times = timesOf(asked, enough - Math.min(...short.map(([, { known }]) => known.length)));
    const some = short.map(([i]) => these[i] as T);
    const more = await again('base', some, times);
    if (more === null) return null;
    for (const [at, [, one]] of short.entries())
      for (const ran of more[at] ?? []) ran === null ? one.erred++ : one.known.push(ran);
  }
  return found;
}

/** Something that a case does less often on head or not, by its own rate on base; null for a run that says nothing of it. */
interface Question {
  readonly state: ConfirmState;
  readonly heard: (ran: Ran) => boolean | null;
}

/**
 * Where base never errs, an error is as red as any failure. Where it does, whether the case still runs as often is one
 * question, and how often it is green when it runs another: errors of both sides are weighed alike.
 */
function questionsOf({ known, erred }: OnBase): readonly Question[] {
  const rate = { passes: known.filter(Boolean).length, runs: known.length };
  if (erred === 0) return [{ state: startConfirm({ baseRate: rate }), heard: (ran) => ran === true }];
  const runs = { passes: known.length, runs: known.length + erred };
  return [
    { state: startConfirm({ baseRate: rate }), heard: (ran) => ran },
    { state: startConfirm({ baseRate: runs }), heard: (ran) => ran !== null },
  ];
}

const next = ({ state, heard }: Question, ran: Ran): Question => {
  const said = heard(ran);
  return { state: said === null ? state : nextRun(state, said), heard };
};

/** What all questions about a case come to: the first that says no, or the first that is open. */
function joined(questions: readonly Question[]): ConfirmState | undefined {
  const states = questions.map(({ state }) => state);
  const by = (wanted: (decision: ConfirmState['decision']) => boolean) => states.find((one) => wanted(one.decision));
  return (
    by((one) => one === 'broken') ??
    by((one) => one !== 'running' && one !== 'healthy') ??
    by((one) => one === 'running') ??
    states[0]
  );
}

const outcomeOf = ({ decision, because }: ConfirmState, before: SideResult, isCutOff: boolean): SideResult => {
  if (decision === 'broken') return { ...before, because: say.broken(before.because, because) };
  if (decision === 'healthy') return { outcome: 'pass', because: say.healthy(because) };
  if (decision !== 'running') return { outcome: 'flaky', because };
  return { outcome: 'flaky', because: isCutOff ? say.cutOff(before.because) : say.errsOnHead(before.because) };
};

/** What cases come to on head, each against its own rate on base; those that err at once on base come last. */
async function headsOf<T>(
  flips: readonly Suspect<T>[],
  again: RunAgain<T>,
  isPatient = false,
): Promise<readonly SideResult[]> {
  const cutOff = ({ head }: Suspect<T>): SideResult => ({ outcome: 'flaky', because: say.cutOff(head.because) });
  if (flips.length === 0) return [];
  const all = flips.map(({ of }) => of);
  const base = await onBase(all, again, { enough: ENOUGH_RUNS, isPatient: () => isPatient });
  if (base === null) return flips.map(cutOff);
  const asked = base.map((one) => questionsOf(one));
  let isCutOff = false;
  // A case that errs on and on would be asked for ever.
  for (let ran = 0; ran < MOST_RUNS; ran += BATCH) {
    const open = [...asked.keys()].filter((i) => joined(asked[i] ?? [])?.decision === 'running');
    if (open.length === 0) break;
    const these = open.flatMap((i) => flips[i]?.of ?? []);
    const runs = await again('head', these, BATCH);
    isCutOff = runs === null || runs.every((of) => of.length === 0);
    if (runs === null || isCutOff) break;
    for (const [at, i] of open.entries())
      for (const one of runs[at] ?? []) asked[i] = (asked[i] ?? []).map((question) => next(question, one));
  }
  const late = isPatient ? [] : flips.filter((_, i) => base[i]?.known.length === 0);
  const lateHeads = await headsOf(late, again, true);
  return flips.map((flip, i) => {
    if (late.includes(flip)) return lateHeads[late.indexOf(flip)] ?? cutOff(flip);
    const state = joined(asked[i] ?? []);
    const { length = 0 } = base[i]?.known ?? {};
    if (length < ENOUGH_RUNS)
      return { outcome: 'flaky', because: say.errsOnBase(length, ENOUGH_RUNS, flip.head.because) };
    return state === undefined ? cutOff(flip) : outcomeOf(state, flip.head, isCutOff);
  });
}

/**
 * Confirms suspects of a noisy suite: what each comes to on both sides. One that is red on base too, or errs there, and does
 * so in a few more runs, stays so; every other one counts as green there, and on head by its own rate on base. A run that
 * errs on base is no evidence; where base errs, one that errs on head tells only whether it runs as often. What cannot be
 * told apart within the cap, what was cut off or keeps erring on base, and all after the first `most` are flaky on head, and
 * a person decides.
 */
export async function confirmFlips<T>(
  suspects: readonly Suspect<T>[],
  again: RunAgain<T>,
  most = Number.POSITIVE_INFINITY,
): Promise<readonly Sided[]> {
  const first = suspects.slice(0, most);
  const notGreen = first.filter(({ base }) => base.outcome !== 'pass');
  const these = notGreen.map(({ of }) => of);
  const errs = (one: Suspect<T> | undefined): boolean => one?.base.outcome === 'error';
  const more = await onBase(these, again, { enough: PROOF_RUNS - 1, isPatient: (at) => !errs(notGreen[at]) });
  const isRed = (one: Suspect<T>): boolean => {
    const { known = [], erred = 0 } = more?.[notGreen.indexOf(one)] ?? {};
    // It does not run there at all, so nobody knows what head should come to.
    if (errs(one) && known.length === 0) return erred > 0;
    return known.length >= PROOF_RUNS - 1 && !known.includes(true);
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
