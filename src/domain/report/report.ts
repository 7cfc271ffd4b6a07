/** One place of an output that comes out differently. Texts are redacted, in words, and cut around what differs. */
export interface FieldChange {
  /** The names on the way there; empty for the whole output. */
  readonly path: readonly string[];
  readonly before: string;
  readonly after: string;
}

/** A step whose output comes out differently. */
export interface StepChange {
  readonly step: string;
  /** Whether it is the last one: what it gives is the answer. */
  readonly last: boolean;
  readonly fields: readonly FieldChange[];
  /** How many more places differ. */
  readonly more: number;
}

/** A ticket that the pipeline runs on one side only, and what it says where it does not. */
export interface Failure {
  readonly side: 'before' | 'after';
  readonly because: string;
}

/** Tickets with exactly the same changes. */
export interface ChangeGroup {
  /** Whether somebody rejected what came out for them. */
  readonly complained: boolean;
  /** Some of them by name, in order. */
  readonly tickets: readonly string[];
  readonly count: number;
  /** The last step first. */
  readonly steps: readonly StepChange[];
  readonly failed: Failure | null;
  /** What the first of them says: the beginning of what the first step is given, redacted. */
  readonly says: string;
}

/** How many tickets. */
export interface ReportCounts {
  readonly stored: number;
  readonly asked: number;
  /** Something else comes out, or it runs on one side only. */
  readonly changed: number;
  /** Changed, and nobody complained. */
  readonly unexpected: number;
  /** Run on one side only. */
  readonly failed: number;
  /** Some step gives something else from run to run. */
  readonly noisy: number;
  /** Run on neither side. */
  readonly broken: number;
}

/** What a change does to the stored tickets. Holds nothing personal. */
export interface Report {
  readonly version: 1;
  readonly counts: ReportCounts;
  /** Those that nobody complained about first. */
  readonly groups: readonly ChangeGroup[];
  /** Changed tickets that are in no group for want of room. */
  readonly omitted: readonly string[];
  /** Steps whose outputs differ from run to run, and for how many tickets. */
  readonly noisy: readonly { readonly step: string; readonly tickets: number }[];
  /** Some tickets that run on neither side, by name. */
  readonly broken: readonly string[];
}
