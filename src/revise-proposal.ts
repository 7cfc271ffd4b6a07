import { answerReview } from './answer-review.ts';
import type { Review } from './domain/approval.ts';
import type { Fact, Reason } from './domain/fact.ts';
import { hasLabel, LABELS } from './domain/labels.ts';
import { keyOf } from './domain/rejection.ts';
import type { At, Revision } from './domain/stage.ts';
import type { Issue, Ports } from './ports.ts';
import { pushRevision } from './push-revision.ts';
import type { Base } from './read-base.ts';
import { textHashNow } from './read-text.ts';
import { sortReview } from './sort-review.ts';

/** What was read in this pass. */
interface Now {
  readonly base: Base;
  readonly issue: Issue;
  /** The requests for changes that stand, by writers. */
  readonly objections: readonly Review[];
}

/** Ends a round that is under way for a review: nothing will come of it. */
export async function letGo(ports: Ports, stage: At<'proposed'>): Promise<void> {
  if (stage.queued?.fact.what === 'revise') await ports.queue.cancelRun(keyOf(ports.ref));
}

/** Says why nothing came of a review, as soon as that is known; null where there is nothing to say. */
export async function tellStopped(ports: Ports, stage: At<'proposed'>): Promise<readonly Fact[] | null> {
  const { revision } = stage;
  if (revision === null || revision.ended || revision.stopped === null) return null;
  await ports.queue.cancelRun(keyOf(ports.ref));
  return [await answerReview(ports, stage, revision)];
}

/** Why the work for a review that is under way ends; null while it goes on. */
async function endOf(
  ports: Ports,
  { approved }: At<'proposed'>,
  { review }: Revision,
  { issue, objections }: Now,
): Promise<Reason | null> {
  if (!objections.some(({ id }) => id === review)) return { code: 'revision-withdrawn' };
  if (!hasLabel(issue.labels, LABELS.clear)) return { code: 'label-removed' };
  return (await textHashNow(ports, issue)) === approved.textHash ? null : { code: 'merge-text-changed' };
}

/**
 * Carries a review that asks for changes one move further: it is read and sorted, its round is queued (`queue`), what
 * came of it is pushed, and its remarks are answered. One review at a time, the oldest first. null where there is none.
 */
export async function reviseProposal(
  ports: Ports,
  stage: At<'proposed'>,
  now: Now,
): Promise<readonly Fact[] | 'queue' | null> {
  const { revision } = stage;
  if (revision === null || revision.ended) {
    const next = now.objections.find(({ id }) => !stage.answered.includes(id));
    if (next === undefined) return null;
    return [{ kind: 'revision-requested', review: next.id, by: next.by, head: next.head }];
  }
  const { review, routed, head } = revision;
  if (head !== null) return [await answerReview(ports, stage, revision)];
  const reason = await endOf(ports, stage, revision, now);
  if (reason !== null) return [{ kind: 'revision-stopped', review, reason }];
  if (routed === null) return sortReview(ports, { stage, revision, base: now.base });
  if (routed.route === 'answer') return [await answerReview(ports, stage, revision)];
  const last = stage.rounds.at(-1);
  const proven = last !== undefined && last.round > routed.after && last.judged?.verdict.passed === true;
  return proven && last.judged !== null ? pushRevision(ports, stage, revision, last.judged.tree) : 'queue';
}
