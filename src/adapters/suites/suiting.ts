import type { Runner } from './at-most.ts';

/** What the cases of a suite are run with. */
export interface Suiting {
  readonly sandbox: Runner;
  /** How many of its cases may ask for the sandbox at once. */
  readonly width: number;
  /** How long a suite of cases may take, in milliseconds, unless one case alone may take longer. */
  readonly suiteMs: number;
}
