import type { Configuration } from './configuration.ts';
import type { Reason, Spent } from './fact.ts';
import type { Round } from './stage.ts';

/** Whose limit it is: that of one attempt, of a rejection over all its runs, or of a repository and day. */
export type Scope = 'attempt' | 'rejection' | 'day';
export type Unit = 'tokens' | 'minutes' | 'money';

/** What one round may spend, and whose limit each of it is. Minutes are whole, and wall clock. */
export interface Allowance {
  readonly tokens: number;
  readonly minutes: number;
  readonly money?: number;
  readonly bound: Readonly<Record<Unit, Scope>>;
}

/** A limit that leaves nothing for a round; or too little, as one showed (`spent: null`). */
export interface UsedUp {
  readonly usedUp: Exclude<Scope, 'attempt'>;
  readonly unit: Unit;
  readonly spent: number | null;
  readonly limit: number;
}

/** What was spent of each limit so far: by the rejection, and in its repository on this day. */
export interface SpentSoFar {
  readonly rejection: Spent;
  readonly day: Spent;
}

const UNITS = ['tokens', 'minutes', 'money'] as const;

export const amountOf = (spent: Spent, unit: Unit): number =>
  unit === 'tokens' ? spent.tokens : unit === 'minutes' ? spent.seconds / 60 : (spent.money ?? 0);

/** The least of what the limits leave each of `among`, and whose it is; of equals the one that waiting helps least. */
function leastOf(
  budget: Configuration['budget'],
  spent: SpentSoFar,
  unit: Unit,
  among = 1,
): readonly [number | undefined, Scope] {
  let least: readonly [number | undefined, Scope] = [budget[unit], 'attempt'];
  for (const scope of ['rejection', 'day'] as const) {
    const limit = budget[scope][unit];
    if (limit === undefined) continue;
    const left = Math.max(0, limit - amountOf(spent[scope], unit)) / among;
    if (least[0] === undefined || left < least[0]) least = [left, scope];
  }
  return least;
}

/**
 * The first limit that is used up: of the rejection before the day, since waiting does not help there. Who asks no model
 * needs time alone.
 */
export function usedUp(budget: Configuration['budget'], spent: SpentSoFar, asksModel = true): UsedUp | null {
  for (const scope of ['rejection', 'day'] as const)
    for (const unit of asksModel ? UNITS : (['minutes'] as const)) {
      const limit = budget[scope][unit];
      const amount = amountOf(spent[scope], unit);
      if (limit !== undefined && amount >= limit) return { usedUp: scope, unit, spent: amount, limit };
    }
  return null;
}

/**
 * What the next round may spend. `usedUp` says before whether there is anything. The minutes are those of each of so many
 * candidates that work at once: the attempt's is their time together, but each minute of each counts for the others.
 */
export function allowanceOf(budget: Configuration['budget'], spent: SpentSoFar, atOnce = 1): Allowance {
  const [tokens = 0, tokensBy] = leastOf(budget, spent, 'tokens');
  const [minutes = 0, minutesBy] = leastOf(budget, spent, 'minutes', atOnce);
  const [money, moneyBy] = leastOf(budget, spent, 'money');
  return {
    tokens,
    minutes: Math.ceil(minutes),
    ...(money !== undefined && { money }),
    bound: { tokens: tokensBy, minutes: minutesBy, money: moneyBy },
  };
}

/** One of `candidates` equal shares: what is counted is parted, and they work at the same time. */
export function shareOf(allowance: Allowance, candidates: number): Allowance {
  const { tokens, money } = allowance;
  return {
    ...allowance,
    tokens: Math.floor(tokens / candidates),
    ...(money !== undefined && { money: money / candidates }),
  };
}

/** Which limit ended a round that ran out of what it was allowed. */
export function endedBy({ bound, minutes, money }: Allowance, spent: Spent): { scope: Scope; unit: Unit } {
  if (spent.seconds >= minutes * 60 - 1) return { scope: bound.minutes, unit: 'minutes' };
  const units = money === undefined ? (['tokens'] as const) : (['tokens', 'money'] as const);
  for (const scope of ['rejection', 'day'] as const) {
    const unit = units.find((one) => bound[one] === scope);
    if (unit !== undefined) return { scope, unit };
  }
  return { scope: 'attempt', unit: 'tokens' };
}

/**
 * The day's limit by which the last round was cut off on the same day: whatever is left was too little for it, and is so
 * until the day is over or the limit is raised. Null where there is none.
 */
export function cutOff(
  rounds: readonly Round[],
  { day }: Pick<Configuration['budget'], 'day'>,
  now: string,
): UsedUp | null {
  const { failed = null, failedAt = null } = rounds.at(-1) ?? {};
  return failed === null || failedAt?.slice(0, 10) !== now.slice(0, 10) ? null : stillCut(failed, { day });
}

/** The day's limit that left too little, by the reason that told so: until it is raised. Null for any other reason. */
export function stillCut({ code, detail = '' }: Reason, { day }: Pick<Configuration['budget'], 'day'>): UsedUp | null {
  const [name, limit, more] = detail.split(' ');
  const unit = UNITS.find((one) => one === name);
  if (code !== 'budget-day' || more !== undefined || unit === undefined) return null;
  return (day[unit] ?? Infinity) > Number(limit) ? null : { usedUp: 'day', unit, spent: null, limit: Number(limit) };
}

/** Midnight after a time, by UTC, as ISO time. */
export const endOfDay = (now: string): string =>
  new Date(Date.parse(`${now.slice(0, 10)}T00:00:00.000Z`) + 86_400_000).toISOString();
