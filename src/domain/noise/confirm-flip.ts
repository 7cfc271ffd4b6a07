import * as say from '../messages/noise.ts';
import { addsUp, ENOUGH_RUNS, type Repeats } from './repeats.ts';

export type Decision = 'running' | 'broken' | 'healthy' | 'undecided' | 'needs-history' | 'undecidable';

/** What to confirm a flip against, and how sure to be. */
export interface ConfirmFlip {
  /** What this very case did on base. */
  readonly baseRate: Repeats;
  /** How often a case that is as on base may be called broken. */
  readonly alpha?: number;
  /** How often a broken case may be called healthy. */
  readonly beta?: number;
  /** Most runs on head. */
  readonly cap?: number;
}

/** The confirmation of one flip so far: plain data, to be kept between runs. */
export interface ConfirmState {
  readonly decision: Decision;
  readonly because: string;
  /** The pass rates that are told apart: as on base, and broken. */
  readonly rates: { readonly base: number; readonly broken: number };
  readonly alpha: number;
  readonly beta: number;
  readonly cap: number;
  readonly passes: number;
  readonly runs: number;
}

/** A broken case passes this often at most… */
const BROKEN = 0.6;
/** …and by this much less than on base. */
const GAP = 0.35;
/** A case that passes less often than this on base cannot be told from a broken one. */
const LOWEST_BASE = 0.5;

/**
 * A case's pass rate, drawn towards one half by Laplace's rule as if it had passed once and failed once more: 20 of 20
 * is .955 and not 1, which a single failed run would refute.
 */
export const shrunkRate = ({ passes, runs }: Repeats): number => (passes + 1) / (runs + 2);

/** How much more likely the runs are of a broken case than of one as on base, as a logarithm. */
const evidence = (passes: number, runs: number, { base, broken }: ConfirmState['rates']): number =>
  passes * Math.log(broken / base) + (runs - passes) * Math.log((1 - broken) / (1 - base));

/** Wald's two limits for the evidence. */
const limits = (alpha: number, beta: number): { readonly broken: number; readonly healthy: number } => ({
  broken: Math.log((1 - beta) / alpha),
  healthy: Math.log(beta / (1 - alpha)),
});

const isRisk = (value: number): boolean => value > 0 && value < 0.5;
const areLimits = ({ alpha, beta, cap }: Pick<ConfirmState, 'alpha' | 'beta' | 'cap'>): boolean =>
  isRisk(alpha) && isRisk(beta) && Number.isInteger(cap) && cap >= 1 && cap <= 1000;

/**
 * Begins to confirm that a case which passed on base and failed on head is broken, by Wald's sequential test of its own
 * rate on base against .60, or .35 less than its own rate where that is lower. The flip itself is no run: it chose the
 * case. At once `needs-history` without 20 runs on base, and `undecidable` where no number of runs up to the cap can tell.
 */
export function startConfirm({ baseRate, alpha = 0.001, beta = 0.1, cap = 40 }: ConfirmFlip): ConfirmState {
  const base = shrunkRate(addsUp(baseRate) ? baseRate : { passes: 0, runs: 0 });
  const rates = { base, broken: Math.min(BROKEN, base - GAP) };
  const begun = { rates, alpha, beta, cap, passes: 0, runs: 0 };
  const ends = (decision: Decision, because: string): ConfirmState => ({ ...begun, decision, because });

  if (!addsUp(baseRate)) return ends('needs-history', say.confirm.noHistory);
  if (baseRate.runs < ENOUGH_RUNS) return ends('needs-history', say.confirm.needsHistory(baseRate.runs, ENOUGH_RUNS));
  if (!areLimits(begun)) return ends('undecidable', say.confirm.badLimits);
  if (base < LOWEST_BASE) return ends('undecidable', say.confirm.tooLow(baseRate));
  const fewest = Math.ceil(limits(alpha, beta).broken / evidence(0, 1, rates));
  if (fewest > cap) return ends('undecidable', say.confirm.capTooLow(fewest, cap));
  return ends('running', say.confirm.running(0, 0));
}

/** Takes in one more run on head. What is decided stays decided. */
export function nextRun(state: ConfirmState, passed: boolean): ConfirmState {
  if (state.decision !== 'running') return state;
  const passes = state.passes + (passed ? 1 : 0);
  const runs = state.runs + 1;
  const at = limits(state.alpha, state.beta);
  const seen = evidence(passes, runs, state.rates);
  const decision =
    seen >= at.broken ? 'broken' : seen <= at.healthy ? 'healthy' : runs >= state.cap ? 'undecided' : 'running';
  return { ...state, passes, runs, decision, because: say.confirm[decision](passes, runs) };
}
