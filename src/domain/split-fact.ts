/** Words of the reporter's, redacted, and the heading that they stand under; '' where they stand under none. */
export interface Said {
  readonly heading: string;
  readonly quote: string;
}

/** One fault of a rejection that names several. */
export interface Part {
  readonly said: readonly Said[];
  readonly ticket: string | null;
  /** The part that has to be over before this one begins, counted from 1; null for none. */
  readonly after: number | null;
}

/** Where a rejection comes from that is a part of another one: its number there, and whose end it waits for. */
export interface PartOf {
  readonly rejection: number;
  readonly part: number;
  readonly after: number | null;
}

/** How one rejection becomes several. */
export type SplitFact =
  /**
   * A writer had it split. The first part stays what this rejection is about; each other becomes one of its own. `since`: when
   * GitHub says that was asked for.
   */
  | {
      kind: 'split';
      comment: number;
      by: string;
      byId?: number;
      since: string;
      often?: 'always' | 'once';
      parts: readonly Part[];
    }
  | { kind: 'part-opened'; part: number; issue: number }
  /** It does not wait for `after` any more: that is over, or a person (`by`) wants it worked on now. */
  | { kind: 'part-began'; after: number; by?: string };
