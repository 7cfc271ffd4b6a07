import type { FactOf } from './fact.ts';
import { byOf, isKnown, isSame, type Person, personOf } from './person.ts';
import type { RubricStamp, Spec } from './spec.ts';

declare const cleared: unique symbol;
declare const approved: unique symbol;

/** Proof that a person with write permission cleared exactly this spec. Only `clearedSpec` makes one. */
export interface ApprovedSpec {
  readonly spec: Spec;
  readonly rubric: RubricStamp;
  readonly approvalHash: string;
  /** Globs that the fix may touch. */
  readonly paths: readonly string[];
  /** Login of the person who set the label, and the event of that label. */
  readonly by: string;
  readonly byId?: number | undefined;
  readonly event: number;
  /** Hash of the rejection's text that was cleared. */
  readonly textHash: string;
  /** How often the rejection had come back after a merge: its cases lie beside those of the times before. */
  readonly again: number;
  readonly [cleared]: true;
}

/** The proof as recorded: the ledger is written by `approve-spec.ts` alone, after every condition of invariant 2 held. */
export const clearedSpec = (fact: FactOf<'spec-approved'>, again = 0): ApprovedSpec =>
  ({
    spec: fact.spec,
    rubric: fact.rubric,
    approvalHash: fact.approvalHash,
    paths: fact.paths,
    by: fact.by,
    byId: fact.byId,
    event: fact.event,
    textHash: fact.textHash,
    again,
  }) as ApprovedSpec;

/** Proof that a person approved exactly this commit. Only `approveHead` makes one; `ship` cannot be called without it. */
export interface Approval {
  readonly head: string;
  readonly by: string;
  readonly byId?: number;
  readonly review: number;
  /** Whoever approved had cleared the spec as well, which solo mode allows. */
  readonly solo: boolean;
  readonly [approved]: true;
}

/** A person's review as GitHub tells it. `permission` is what the reviewer may do now, read now. */
export interface Review {
  readonly id: number;
  readonly by: string;
  readonly byId?: number;
  readonly isPerson: boolean;
  readonly permission: Permission;
  readonly state: 'approved' | 'changes-requested' | 'commented' | 'dismissed' | 'pending';
  readonly head: string;
  readonly body: string;
}

export type Permission = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';
export const mayWrite = (permission: Permission): boolean =>
  permission === 'admin' || permission === 'maintain' || permission === 'write';

export interface HeadUnderReview {
  readonly head: string;
  /** The account that opened the pull request. */
  readonly author: Person;
  /** Who cleared the spec. */
  readonly requester: Person;
  /** Who pushed last, when it was not the app; `null` when it was the app; unknown when nobody saw who. */
  readonly lastPusher: Person | null;
  readonly solo: boolean;
}

export type ReviewOutcome =
  | { readonly is: 'approval'; readonly approval: Approval }
  | { readonly is: 'refused'; readonly review: Review; readonly code: ReviewRefusal }
  | { readonly is: 'changes-requested'; readonly reviews: readonly Review[] }
  | { readonly is: 'none' };

export type ReviewRefusal =
  | 'bot'
  | 'author'
  | 'requester'
  | 'last-pusher'
  | 'unknown-pusher'
  | 'no-write'
  | 'stale-head';

/** Why this review, taken alone, cannot approve this head; `null` when it can. Invariant 1. */
function refusalOf(review: Review, on: HeadUnderReview): ReviewRefusal | null {
  const reviewer = personOf(review);
  if (!review.isPerson) return 'bot';
  if (isSame(reviewer, on.author)) return 'author';
  if (!mayWrite(review.permission)) return 'no-write';
  if (review.head !== on.head) return 'stale-head';
  if (on.lastPusher !== null && !isKnown(on.lastPusher)) return 'unknown-pusher';
  if (on.lastPusher !== null && isSame(reviewer, on.lastPusher)) return 'last-pusher';
  if (isSame(reviewer, on.requester) && !on.solo) return 'requester';
  return null;
}

/**
 * Each account's latest opinion, as GitHub counts: a later comment does not change it, a later request for changes or a
 * dismissal does. Reviews come oldest first.
 */
function opinionsOf(reviews: readonly Review[]): readonly Review[] {
  const opinions = new Map<string | number, Review>();
  for (const review of reviews)
    if (review.state === 'approved' || review.state === 'changes-requested' || review.state === 'dismissed')
      opinions.set(review.byId ?? review.by.toLowerCase(), review);
  return [...opinions.values()];
}

/**
 * Whose approval GitHub counts: of whatever head, and bots' as well. That is for its own rules, and no proof of
 * anything: what is merged needs an `Approval`.
 */
export const approversOf = (reviews: readonly Review[]): readonly string[] =>
  opinionsOf(reviews)
    .filter(({ state, isPerson, permission }) => state === 'approved' && (!isPerson || mayWrite(permission)))
    .map(({ by }) => by);

/** What the reviews (oldest first) say about this head. A request for changes by a writer wins over any approval. */
export function approveHead(reviews: readonly Review[], on: HeadUnderReview): ReviewOutcome {
  const latest = opinionsOf(reviews);
  const objections = latest.filter((r) => r.state === 'changes-requested' && r.isPerson && mayWrite(r.permission));
  if (objections.length > 0) return { is: 'changes-requested', reviews: objections };
  const approvals = latest.filter((r) => r.state === 'approved');
  const good = approvals.filter((r) => refusalOf(r, on) === null);
  const isSolo = (review: Review) => isSame(personOf(review), on.requester);
  const best = good.find((review) => !isSolo(review)) ?? good[0];
  if (best !== undefined) {
    const { head, id } = best;
    const approval = { head, ...byOf(personOf(best)), review: id, solo: isSolo(best) };
    return { is: 'approval', approval: approval as Approval };
  }
  const last = approvals.at(-1);
  return last === undefined ? { is: 'none' } : { is: 'refused', review: last, code: refusalOf(last, on) ?? 'no-write' };
}
