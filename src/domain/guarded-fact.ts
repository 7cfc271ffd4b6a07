import type { Person } from './person.ts';

/** A pull request that people merge: one that the app did not open, or that takes a merged fix back. */
export interface Guarded {
  readonly author: Person;
  readonly head: string;
  /** Who pushed this head. */
  readonly by: Person;
  /** The rejection whose merged fix it takes back, where the app opened it for that. */
  readonly undoes: number | null;
  /** The branch that it is to be merged into; null where that was not noted yet. */
  readonly into: string | null;
}

/** What is known of a pull request that people merge. */
export type GuardedFact =
  /**
   * Somebody's pull request that is to be judged, with the head that stands there. `by`: who pushed it; '' for nobody
   * knows. `undoes`: the rejection whose merged fix it takes back, where the app opened it. `into`: the branch that it is
   * to be merged into; older facts lack it.
   */
  | {
      kind: 'pull-request-found';
      author: string;
      authorId?: number;
      head: string;
      by: string;
      byId?: number;
      undoes?: number;
      into?: string;
    }
  /**
   * A writer agrees that this head is judged by what it brings along itself, as far as its check named that: `named` are
   * the hashes of it. An older fact without them covers nothing.
   */
  | {
      kind: 'oracle-accepted';
      head: string;
      by: string;
      byId?: number;
      comment: number;
      named?: readonly string[];
    };
