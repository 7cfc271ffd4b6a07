import {
  type Approval,
  approveHead,
  approversOf,
  type Permission,
  type Review,
  type ReviewRefusal,
} from './domain/approval.ts';
import type { Fact, FactOf } from './domain/fact.ts';
import * as say from './domain/messages/people.ts';
import { byOf, personOf } from './domain/person.ts';
import { keyOf } from './domain/rejection.ts';
import type { At } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import type { Ports, PullRequest, SubmittedReview } from './ports.ts';
import { readMerge } from './read-back.ts';
import type { Base } from './read-base.ts';
import { askAgain } from './update-branch.ts';
import { commentOnce } from './write-once.ts';

/** What the reviews came to: facts to record, or the proof that this head may be merged; null while nobody gave it. */
export type Received =
  | { readonly facts: readonly Fact[] }
  /** Requests for changes by writers that stand. */
  | { readonly objections: readonly Review[] }
  | { readonly approval: null; readonly pull: PullRequest }
  | { readonly approval: Approval; readonly pull: PullRequest; readonly approvers: readonly string[] };

const AGAIN_MS = 10_000;

/** Permissions are read now, and only of people whose opinion could count. */
async function withPermissions(ports: Ports, reviews: readonly SubmittedReview[]): Promise<readonly Review[]> {
  const opinions = reviews.filter((review) => review.state === 'approved' || review.state === 'changes-requested');
  const people = new Set(opinions.filter((review) => review.byPerson).map((review) => review.by));
  const permissions = new Map<string, Permission>();
  for (const login of people) permissions.set(login, await ports.forge.permission(login));
  return reviews.map(({ byPerson, ...review }) => ({
    ...review,
    isPerson: byPerson,
    permission: permissions.get(review.by) ?? 'none',
  }));
}

/** What happened to the pull request since the facts were written; empty when nothing did. */
export async function whatBecame(ports: Ports, stage: At<'proposed'>, pull: PullRequest): Promise<readonly Fact[]> {
  if (pull.merged) {
    const { intents } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
    // Ours, when we were about to merge exactly this head or put it into the queue: the answer was lost.
    const ours = intents.some((what) => what === `merge ${pull.head}` || what.startsWith(`enqueue ${pull.head} `));
    const by = ours && stage.approval !== null ? byOf(personOf(stage.approval)) : { by: 'somebody' };
    const sha = pull.mergeSha ?? pull.head;
    return [{ kind: 'merged', sha, head: pull.head, ...by, ...(await readMerge(ports, stage, sha)) }];
  }
  if (!pull.open) return [{ kind: 'closed-by-hand', what: 'pull-request', by: 'Somebody' }];
  if (pull.head === stage.proposal.head || (await isUnseen(ports, stage))) return [];
  // Who pushed is told by the push event alone; when it has not come, nobody is known, and nobody's approval counts.
  const ours = ourRevision(stage, pull.head) ?? (await ourUpdate(ports, pull.head));
  return [ours ?? { kind: 'head-moved', head: pull.head, by: '' }];
}

/** GitHub shows a push in the pull request a while after it took it. The branch itself was read in this pass. */
const isUnseen = async ({ repository }: Ports, { proposal }: At<'proposed'>): Promise<boolean> =>
  (await repository.branch(proposal.branch)) === proposal.head;

/** A head that came of a review, found again after a crash. */
const ourRevision = ({ revision }: At<'proposed'>, head: string): Fact | null =>
  revision?.meant.includes(head) ? { kind: 'revised', review: revision.review, head } : null;

/** A head that the app merged base into, found again after a crash: somebody else's commits are no merges that we meant. */
async function ourUpdate(ports: Ports, head: string): Promise<Fact | null> {
  const { repository, forge } = ports;
  const { intents } = standingOf(await ports.ledger.read(keyOf(ports.ref)));
  if (!intents.includes(`push ${head}`)) return null;
  if (!(await repository.has(head))) await repository.fetch(await forge.gitAccess(false));
  const [from, base] = await repository.parents(head);
  return from === undefined || base === undefined ? null : { kind: 'branch-updated', head, from, base };
}

/**
 * Reads the pull request and its reviews afresh and decides what they say about the head that stands there now
 * (invariant 1). A refusal is told once per review, in words.
 */
export async function receiveApproval(
  ports: Ports,
  stage: At<'proposed'>,
  base: Base,
  judged: FactOf<'judged'>,
): Promise<Received> {
  const { proposal, approved } = stage;
  const pull = await ports.forge.pullRequest(proposal.pullRequest);
  const facts = await whatBecame(ports, stage, pull);
  if (facts.length > 0) return { facts };
  if (pull.head !== proposal.head) {
    await ports.queue.wakeAfter(ports.ref, AGAIN_MS);
    return { facts: [] };
  }
  const reviews = await withPermissions(ports, await ports.forge.reviews(proposal.pullRequest));
  const { solo } = base.configuration;
  const author = personOf({ by: pull.author, byId: pull.authorId });
  const on = { head: pull.head, author, requester: personOf(approved), lastPusher: proposal.lastPusher, solo };
  const outcome = approveHead(reviews, on);
  // A review that GitHub dismissed at the app's own push is one that nobody gave.
  const asked = outcome.is === 'none' || outcome.is === 'refused' ? await askAgain(ports, stage, base, judged) : null;
  if (asked !== null) return { facts: [asked] };
  switch (outcome.is) {
    case 'approval':
      return { approval: outcome.approval, pull, approvers: approversOf(reviews) };
    case 'none':
      return { approval: null, pull };
    case 'changes-requested':
      return { objections: outcome.reviews };
    case 'refused': {
      const refused = await refuse(ports, stage, outcome.review, outcome.code, pull.head);
      return refused.length > 0 ? { facts: refused } : { approval: null, pull };
    }
  }
}

/** Says once, on the pull request, why this review does not count. */
async function refuse(
  ports: Ports,
  stage: At<'proposed'>,
  { id, by, head }: Review,
  code: ReviewRefusal,
  now: string,
): Promise<readonly Fact[]> {
  if (stage.answered.includes(id)) return [];
  const reason = { code: `review-${code}`, detail: code === 'stale-head' ? `${head} ${now}` : by };
  await commentOnce(ports, `review-${id}`, say.reviewRefused(reason), stage.proposal.pullRequest);
  return [{ kind: 'review-refused', review: id, by, head, reason }];
}
