/** How the report of a suite may be written. */
export const reportFormats = [
  'junit',
  'vitest',
  'jest',
  'tap',
  'promptfoo',
  'inspect',
  'openai-evals',
  'jsonl',
] as const;
export type ReportFormat = (typeof reportFormats)[number];

export interface ReportedCase {
  /** Unique in the report. */
  readonly id: string;
  readonly outcome: 'pass' | 'fail' | 'error' | 'skip';
  /** Why, in the report's own words, cut; '' for a pass. */
  readonly because: string;
  /** Where the format gives one. */
  readonly score?: number;
  /** Where the format gives one: the root cause that it shares with other cases, which together say no more than one. */
  readonly cause?: string;
  /** Number of the repetition, from 1, where the same case was run several times: ids are then equal, repeats differ. */
  readonly repeat?: number;
}

export type ReadReport =
  | {
      readonly cases: readonly ReportedCase[];
      /** The commit that the report says it is of, in its own words: whoever knows what was judged has to compare. */
      readonly commit?: string;
    }
  | { readonly problem: string };

/** A report that can be used. */
export type UsableReport = Exclude<ReadReport, { readonly problem: string }>;

/** Reads the text of one format. May leave what holds for every format to `checkCases`. */
export type Reader = (text: string) => ReadReport;

/** What joins the parts of an id: suite, file, case. */
export const joinId = (parts: readonly string[]): string => parts.filter((part) => part.trim() !== '').join(' > ');

/** Whether a commit that a report names, whole or shortened as Git does, is this one. */
export const isCommit = (named: string, commit: string): boolean =>
  named.length >= 7 && commit.toLowerCase().startsWith(named.toLowerCase());

/** The path inside the repository of a file that the sandbox knows as /work/…. */
export const inRepository = (file: string): string => file.replace(/^(?:file:\/\/)?\/work\//, '');
