/** How often a case was run on one side, and how often it passed. What else a run may come to, the caller weighs. */
export interface Repeats {
  readonly passes: number;
  readonly runs: number;
}

/** Fewer runs than this say too little about how often a case passes. */
export const ENOUGH_RUNS = 20;

export const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

export const addsUp = ({ passes, runs }: Repeats): boolean => isCount(passes) && isCount(runs) && passes <= runs;
