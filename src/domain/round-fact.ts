import type { Amounts, Candidate, Reason, Spent } from './fact.ts';
import type { Reflection } from './failure-note.ts';

/** What is told of the rounds of agents. */
export type RoundFact =
  /** `budget`: what the rejection may cost in all, as the configuration says then. */
  | { kind: 'round-started'; round: number; base: string; budget?: Amounts }
  | { kind: 'round-ended'; round: number; candidate: Candidate; spent: Spent; by: 'recipe' | 'model' }
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
