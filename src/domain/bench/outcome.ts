import type { Agreed } from '../cluster-drafts.ts';
import type { Spec } from '../spec.ts';
import type { Cheat } from './hard-code.ts';
import type { Disposition } from './translation-case.ts';

/** What a model was asked for one case and what that took. */
export interface Cost {
  readonly requests: number;
  readonly tokens: number;
  /** In the operator's currency; null where no price is told. */
  readonly money: number | null;
}

/** What the product made of one rejection. */
export interface Translated {
  /** `nothing`: it broke, or gave up without a word that is one of the three. */
  readonly is: Disposition | 'nothing';
  readonly by: 'recipe' | 'model' | 'person' | null;
  /** The specs as posted, in order. */
  readonly specs: readonly Spec[];
  /** Code of a decline. */
  readonly reason: string | null;
  /** Slots that were asked about, and the words of the question. */
  readonly missing: readonly string[];
  readonly question: string;
  /** How many drafts agreed, where that was counted. */
  readonly agreed: Agreed | null;
  /** Everything that left for the model's endpoint or for GitHub. */
  readonly sent: readonly string[];
  readonly cost: Cost;
  /** What went wrong, where it broke. */
  readonly trouble: string | null;
}

/** What running a spec's cases came to, beside the fault that it is about. */
export interface Proven {
  /** Which fault of the case. */
  readonly fault: number;
  readonly redOnBase: boolean;
  readonly greenOnGold: boolean;
  readonly caught: Readonly<Record<Cheat, boolean>>;
  /** Wrong variants of the right fix, by the case's own cases, and how many of them the spec's cases turn red. */
  readonly mutants: number;
  readonly killed: number;
}

/** One case, what was made of it, and what that came to. */
export interface Result {
  readonly id: string;
  readonly translated: Translated;
  /** One for each spec that is about a fault of the case. */
  readonly proven: readonly Proven[];
}
