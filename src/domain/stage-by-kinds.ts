import type { Fact, FactKind, FactOf, Recorded } from './fact.ts';
import { type Passed, stagesPassed } from './stages-passed.ts';

/** The kind of a fact and when it was appended, ISO time: what the store keeps in clear. */
export interface BareFact {
  readonly seq: number;
  readonly at: string;
  readonly kind: FactKind;
}

/** Kinds that may change the stage, or tell of a delay: whoever asks for many rejections need ask for no others. */
export const STAGE_KINDS = [
  'rejection-accepted',
  'question-asked',
  'declined',
  'draft-posted',
  'spec-approved',
  'round-started',
  'round-ended',
  'carried',
  'judged',
  'stopped',
  'halted',
  'retried',
  'abandoned',
  'pull-request-opened',
  'merged',
  'returned',
  'closed-by-hand',
  'reopened',
  'delayed',
  'resumed',
  'pull-request-found',
  'forgotten',
] as const satisfies readonly FactKind[];

const candidate = { base: '', tree: '' };
const spent = { seconds: 0, tokens: 0, requests: 0 };
const rubric = { id: '', hash: '' };

/** A fact of the kind that moves the stage as any such fact does. Judgements are taken for green. */
function likelyFact(kind: FactKind): Fact {
  switch (kind) {
    case 'round-started':
      return { kind, round: 1, base: '' };
    case 'round-ended':
      return { kind, round: 1, candidate, spent, by: 'recipe' };
    case 'carried':
      return { kind, round: 1, candidate };
    case 'judged': {
      const verdict = { name: '', passed: true, because: '' };
      return { kind, base: '', tree: '', head: null, merge: false, verdict, seconds: 0 };
    }
    case 'spec-approved':
      return { kind, rubric, event: 0, by: '', approvalHash: '', paths: [], textHash: '' } as unknown as FactOf<
        typeof kind
      >;
    default:
      return { kind, reason: { code: '' } } as unknown as Fact;
  }
}

/** Where a rejection stands and since when, from the kinds of its facts; `sure` is false where the facts have to be read. */
export interface StandsAt extends Passed {
  readonly sure: boolean;
  /** Whether it is delayed, for a reason that only the facts tell. */
  readonly delayed: boolean;
}

/** Undefined without facts. Facts of other kinds than `STAGE_KINDS` make no difference. */
export function standsAt(facts: readonly BareFact[]): StandsAt | undefined {
  const kinds: ReadonlySet<FactKind> = new Set(STAGE_KINDS);
  const recorded = facts
    .filter(({ kind }) => kinds.has(kind))
    .map(({ seq, at, kind }): Recorded => ({ seq, at, fact: likelyFact(kind) }));
  const last = stagesPassed(recorded).at(-1);
  const delay = recorded.findLast(({ fact }) => fact.kind === 'delayed' || fact.kind === 'resumed');
  // Cleared or proven: the verdict decides, and which round it was about.
  const open = last?.stage === 'proven' || last?.stage === 'cleared';
  const sure = !open || !recorded.some(({ fact }) => fact.kind === 'judged');
  return last && { ...last, sure, delayed: delay?.fact.kind === 'delayed' };
}
