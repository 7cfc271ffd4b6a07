import type { NormaliserName } from './normalisers.ts';

/** Words by which an intent is known; a text that has any of them counts for it. */
interface SubIntent {
  readonly id: string;
  readonly any: readonly string[];
}

export interface IntentRule extends SubIntent {
  readonly sub: readonly SubIntent[];
}

export interface FetchRules {
  readonly articles: readonly { readonly id: string; readonly title: string; readonly tags: readonly string[] }[];
  /** By intent, then article. */
  readonly weights: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** From this weight on an article goes out without a person. */
  readonly authoritative: number;
}

export type When =
  | { readonly entity: string; readonly is: 'present' | 'absent' }
  | { readonly fact: 'order_status' | 'language'; readonly is: string };

export interface Leaf {
  readonly reply: string;
  readonly tools: readonly string[];
}

interface Branch extends Leaf {
  readonly when: When;
}

export interface PlanRules {
  readonly 'reviewed-tools': readonly string[];
  readonly plan: Readonly<Record<string, { readonly branches: readonly Branch[]; readonly other: Leaf }>>;
}

/** Everything in config/. */
export interface Rules {
  readonly intents: { readonly intents: readonly IntentRule[]; readonly other: { readonly sub: readonly SubIntent[] } };
  readonly extraction: {
    readonly currency: string;
    readonly groups: Readonly<Record<string, Readonly<Record<string, NormaliserName>>>>;
  };
  readonly fetch: FetchRules;
  readonly plan: PlanRules;
  readonly replies: Readonly<Record<string, string>>;
}
