import type { Row } from '../benchmark.ts';

/** The value below which this share of them lies, by nearest rank. */
export function percentile(of: readonly number[], share: number): number {
  const sorted = [...of].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const median = (of: readonly number[]): number => percentile(of, 0.5);

const digits = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  return value.toFixed(size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2);
};

/** `min / median unit (n = 5)`, or the one value there is. */
function told(of: readonly number[], unit: string): string {
  const space = unit === '' ? '' : ' ';
  if (of.length === 1) return `${digits(of[0] ?? Number.NaN)}${space}${unit}`;
  return `${digits(Math.min(...of))} / ${digits(median(of))}${space}${unit} (n = ${of.length})`;
}

/** Each value over the one that was measured right after it, so that a machine that slows down slows both. */
const ratios = (of: readonly number[], beside: readonly number[]): readonly number[] =>
  of.map((value, i) => value / (beside[i] ?? Number.NaN));

export interface Figure {
  readonly figure: string;
  readonly unit: string;
  /** One value per round. */
  readonly measured: readonly number[];
  readonly beside?: { readonly name: string; readonly measured: readonly number[]; readonly unit?: string };
  /** What the goal holds: the median of the measured values, or of the ratios round by round. */
  readonly goal?: { readonly of: 'measured' | 'ratio'; readonly atMost?: number; readonly atLeast?: number };
  readonly because?: string;
}

function goalText(goal: NonNullable<Figure['goal']>, unit: string): string {
  const limit = goal.atMost === undefined ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`;
  return goal.of === 'ratio' ? `${limit} ×` : `${limit} ${unit}`.trim();
}

function holds(goal: NonNullable<Figure['goal']>, value: number): boolean {
  return goal.atMost === undefined ? value >= (goal.atLeast ?? Number.NaN) : value <= goal.atMost;
}

/** The figure as a line of a table. What could not be measured (NaN) meets no goal. */
export function row({ figure, unit, measured, beside, goal, because = '' }: Figure): Row {
  const ratio = beside === undefined ? [] : ratios(measured, beside.measured);
  const judged = goal?.of === 'ratio' ? median(ratio) : median(measured);
  return {
    figure,
    measured: told(measured, unit),
    beside: beside === undefined ? '–' : `${beside.name}: ${told(beside.measured, beside.unit ?? unit)}`,
    ratio: ratio.length === 0 ? '–' : `${median(ratio).toFixed(2)} ×`,
    goal: goal === undefined ? '–' : goalText(goal, unit),
    met: goal === undefined ? null : holds(goal, judged),
    because,
  };
}

export interface Slope {
  readonly perHour: number;
  /** Half the width of its 95 % interval. */
  readonly plusMinus: number;
}

/**
 * The straight line through samples `(hours, value)` by least squares. The interval takes the errors of samples next
 * to each other as related, which memory's are: it is widened by their first autocorrelation.
 */
export function slopeOf(samples: readonly (readonly [hours: number, value: number])[]): Slope {
  const n = samples.length;
  const mean = (pick: 0 | 1) => samples.reduce((sum, sample) => sum + sample[pick], 0) / n;
  const [x, y] = [mean(0), mean(1)];
  const spread = samples.reduce((sum, [hours]) => sum + (hours - x) ** 2, 0);
  const perHour = samples.reduce((sum, [hours, value]) => sum + (hours - x) * (value - y), 0) / spread;
  const errors = samples.map(([hours, value]) => value - y - perHour * (hours - x));
  const squares = errors.reduce((sum, error) => sum + error ** 2, 0);
  const next = errors.slice(1).reduce((sum, error, i) => sum + error * (errors[i] ?? 0), 0);
  const related = Math.min(0.95, Math.max(0, next / squares || 0));
  const deviation = Math.sqrt((squares / Math.max(1, n - 2) / spread) * ((1 + related) / (1 - related)));
  return { perHour, plusMinus: 1.96 * deviation };
}
