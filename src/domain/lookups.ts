import type { Fact, FactKind, Spent } from './fact.ts';
import { addSpent, spentIn } from './spent.ts';

/** What the store keeps beside sealed facts, so that they are found without opening them. */
export interface Lookups {
  /** Whether the rejection may still move by itself; null: as before. */
  readonly moves: boolean | null;
  /** The fault that the last of these drafts, or declines, is about; null when there is none. */
  readonly fingerprint: string | null;
  /** Names of the blobs that these facts speak of. */
  readonly blobs: readonly string[];
  /** What they tell was spent; null where they tell of nothing. */
  readonly spent: Spent | null;
}

/** After these only a person or an event about the rejection itself moves it. */
const ENDS: ReadonlySet<FactKind> = new Set(['declined', 'closed-by-hand', 'outcome', 'forgotten']);
const BEGINS: ReadonlySet<FactKind> = new Set([
  'rejection-accepted',
  'draft-posted',
  'reopened',
  'returned',
  'abandoned',
  'pull-request-found',
]);

export const pullRequestOf = (fact: Fact): number | null =>
  fact.kind === 'pull-request-opened' ? fact.pullRequest : null;

export function blobsOf(fact: Fact): readonly string[] {
  const told = fact.kind === 'draft-posted' || fact.kind === 'reflected';
  if (fact.kind === 'model-asked') return [fact.blob];
  const blob = told ? fact.transcript : fact.kind === 'reported' ? fact.blob : null;
  return blob === undefined || blob === null ? [] : [blob];
}

/** A draft or a decline is found by its fault from when it was decided. */
function fingerprintIn(fact: Fact): string | null {
  if (fact.kind === 'draft-posted') return fact.fingerprint;
  return fact.kind === 'answer-chosen' && 'fingerprint' in fact.receipt ? (fact.receipt.fingerprint ?? null) : null;
}

function sumOf(all: readonly (Spent | null)[]): Spent | null {
  const told = all.filter((spent) => spent !== null);
  return told.length === 0 ? null : told.reduce(addSpent);
}

/** What facts that are appended together come to. */
export function lookupsOf(facts: readonly Fact[]): Lookups {
  const turn = facts.findLast(({ kind }) => ENDS.has(kind) || BEGINS.has(kind));
  return {
    moves: turn === undefined ? null : BEGINS.has(turn.kind),
    fingerprint: facts.map(fingerprintIn).findLast((found) => found !== null) ?? null,
    blobs: facts.flatMap(blobsOf),
    spent: sumOf(facts.map(spentIn)),
  };
}
