import type { Agreed } from './cluster-drafts.ts';
import type { Spent } from './fact.ts';
import type { ReaderRole } from './named-model.ts';
import type { RubricStamp } from './spec.ts';

/** What is read of a rejection, and what is made of that. */
export type ReadingFact =
  /**
   * A model that reads answered one question (blob), as `key` tells it apart: never asked again about this rejection.
   * `role`: what for.
   */
  | { kind: 'model-asked'; role: ReaderRole | 'review'; model: string; key: string; blob: string; spent: Spent }
  /** `until` (ISO time): how long an answer is waited for. `parts`: of which it may consist, a list of quotes each. */
  | {
      kind: 'question-asked';
      comment: number;
      missing: readonly string[];
      textHash: string;
      until?: string;
      parts?: readonly (readonly string[])[];
    }
  | {
      kind: 'draft-posted';
      comment: number;
      bodyHash: string;
      textHash: string;
      fingerprint: string;
      /** What is asked of the output, whatever it is about; older facts lack it. */
      likeness?: string;
      rubric: RubricStamp;
      change: string;
      base: string;
      by: 'recipe' | 'model' | 'person';
      agreed?: Agreed;
      /** Of which the rejection may consist: quotes of the fault that is drafted, and of each that is not. */
      parts?: readonly (readonly string[])[];
      /** The rejection whose merged fix it would undo. */
      undoes?: number;
      /** Blob with what the model was asked and answered. */
      transcript?: string;
    };
