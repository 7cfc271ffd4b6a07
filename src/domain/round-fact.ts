import type { Amounts, Candidate, Reason, Spent } from './fact.ts';
import type { Reflection } from './failure-note.ts';
import type { Verdict } from './verdict.ts';

/** Which of several candidates goes on. */
export interface Chosen {
  readonly n: number;
  /** How many were asked for, and how many trees of theirs were green. */
  readonly of: number;
  readonly green: number;
  /**
   * The only green one; the smallest change; the fewest changed outputs; the first of some that are alike as far as is
   * known; the first of some that are not (`tie`); or the least red one (`none`).
   */
  readonly because: 'only' | 'smallest' | 'fewest' | 'alike' | 'tie' | 'none';
  /** What comes out differently by another one that is as good. */
  readonly apart?: { readonly with: number; readonly what: 'ticket' | 'case'; readonly name: string };
}

/** What is told of the rounds of agents. */
export type RoundFact =
  /**
   * `budget`: what the rejection may cost in all, as the configuration says then. `candidates`: how many agents work side
   * by side, where it is more than one.
   */
  | { kind: 'round-started'; round: number; base: string; budget?: Amounts; candidates?: number }
  /** One of several is done: with its tree, or the reason why there is none. `n`: which, from 1 on. */
  | {
      kind: 'candidate-ended';
      round: number;
      n: number;
      candidate: Candidate | null;
      reason: Reason | null;
      spent: Spent;
    }
  /** One of several was judged, and with it those that have the same tree. `tree`: with the approved cases. */
  | {
      kind: 'candidate-judged';
      round: number;
      n: number;
      tree: string;
      verdict: Verdict;
      seconds: number;
      /** How many its change adds and removes. */
      lines: number;
    }
  /** `chosen`: of several candidates, which told themselves what they spent. */
  | { kind: 'round-ended'; round: number; candidate: Candidate; spent: Spent; by: 'recipe' | 'model'; chosen?: Chosen }
  /** Base moved before the pull request was opened: the same change on today's base, to be judged there. */
  | { kind: 'carried'; round: number; candidate: Candidate }
  | { kind: 'round-failed'; round: number; reason: Reason; spent: Spent }
  /** Something was noticed of the agent in this round, and it was told so. */
  | { kind: 'nudged'; round: number; reason: Reason }
  /**
   * A model looked back at a round that was judged red. `note`: its words, redacted; null where it gave none that can be
   * used. `used`: they are handed to the next round, whose verdict is what came of them.
   */
  | {
      kind: 'reflected';
      round: number;
      note: Reflection | null;
      used: boolean;
      spent: Spent;
      /** Blob with what the model was asked and answered. */
      transcript?: string;
    };
