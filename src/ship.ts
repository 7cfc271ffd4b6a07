import { type Approval, type ApprovedSpec, mayWrite } from './domain/approval.ts';
import type { Fact, FactOf, Reason } from './domain/fact.ts';
import { hasLabel, isLabel, LABELS } from './domain/labels.ts';
import * as say from './domain/messages/people.ts';
import { leftQueue } from './domain/messages/queue.ts';
import { byOf, personOf } from './domain/person.ts';
import type { At } from './domain/stage.ts';
import { stillHolds } from './judged-until.ts';
import { isInQueue, leaveQueue } from './leave-queue.ts';
import { lookAgain } from './look-again.ts';
import type { Issue, Permit, Ports } from './ports.ts';
import { readMerge } from './read-back.ts';
import type { Base } from './read-base.ts';
import { textHashNow } from './read-text.ts';
import { refusalByRules } from './rules-of-branch.ts';
import { mustUpdate, noteApproval, refusedOnce } from './update-branch.ts';
import { type Before, refusedNow, type Shipping, whenRefused } from './when-refused.ts';
import { commentOnce, write } from './write-once.ts';

/**
 * `judge`: base has moved, so what the merge would become has to be judged first. `update`: base has moved, and takes only
 * what contains its tip.
 */
export type Shipped =
  | { readonly facts: readonly Fact[] }
  | { readonly judge: { readonly base: string } }
  | { readonly update: Approval };

/** GitHub has just merged it. */
const SOON_MS = 1000;

/**
 * Why the rejection itself does not allow the merge: its text was changed, or the label that cleared it is off, or was
 * put back by somebody whose label would not have started anything.
 */
async function refusalByRejection(ports: Ports, approved: ApprovedSpec, issue: Issue): Promise<Reason | null> {
  if ((await textHashNow(ports, issue)) !== approved.textHash) return { code: 'merge-text-changed' };
  if (!hasLabel(issue.labels, LABELS.clear)) return { code: 'merge-label', detail: LABELS.clear };
  const events = await ports.forge.labelEvents(ports.ref.issue);
  const last = events.filter((event) => isLabel(event.label, LABELS.clear)).at(-1);
  if (last === undefined || !last.on) return { code: 'merge-label', detail: LABELS.clear };
  if (last.id === approved.event) return null;
  const counts = last.byPerson && !last.viaApp && mayWrite(await ports.forge.permission(last.by));
  return counts ? null : { code: 'merge-label-by', detail: last.by };
}

/** The judgement of what the merge into this base becomes; `null` when it has not been judged yet. */
async function mergeJudgement(
  ports: Ports,
  stage: At<'proposed'>,
  base: Base,
  head: string,
): Promise<FactOf<'judged'> | Reason | null> {
  // The head's own judgement is one of them only where the merge is the head's tree: a head may stand on an older base.
  const merged = await ports.repository.merge(base.commit, head);
  if ('conflicts' in merged) return { code: 'merge-conflict', detail: merged.conflicts.slice(0, 5).join(', ') };
  const isOfIt = (j: FactOf<'judged'>): boolean => j.base === base.commit && j.tree === merged.tree;
  return stage.judgements.findLast((one) => isOfIt(one) && stillHolds(ports, one)) ?? null;
}

/** Why it is not merged; what the app put into the merge queue does not stay there then. */
const held = async (ports: Ports, ...refusal: Parameters<typeof refusedOnce>): Promise<Shipped> => ({
  facts: [...(await leaveQueue(ports, refusal[0])), ...refusedOnce(...refusal)],
});

/** The same, looked at again where somebody else's check, or talk on GitHub, may end without a word that reaches us. */
async function waitFor(ports: Ports, stage: At<'proposed'>, head: string, reason: Reason): Promise<Shipped> {
  if (reason.code === 'merge-required' || reason.code === 'merge-conversations') await lookAgain(ports);
  return held(ports, stage, head, reason);
}

/** Where the label stands by which anybody who may set labels holds the merge; '' for nowhere. */
const holdOn = ({ pull, issue }: Shipping): string =>
  [issue, pull]
    .filter(({ labels }) => hasLabel(labels, LABELS.hold))
    .map(({ number }) => `#${number}`)
    .join(' and ');

async function mergeNow(ports: Ports, shipping: Before): Promise<Shipped> {
  const { stage, approval } = shipping;
  const { spec, rubric, approvalHash } = stage.approved;
  const { pullRequest } = stage.proposal;
  const { head, by, solo } = approval;
  const words = { spec, pullRequest, issue: ports.ref.issue, rubric, approvalHash, by, solo };
  await noteApproval(ports, stage, approval);
  const message = say.commitMessage.merge(words);
  const merge = (permit: Permit) => ports.forge.merge(permit, pullRequest, approval, message);
  const result = await write(ports, `merge ${head}`, merge);
  if (result.merged) {
    const read = await readMerge(ports, stage, result.sha);
    return { facts: [{ kind: 'merged', sha: result.sha, head, ...byOf(personOf(approval)), ...read }] };
  }
  if (result.why === 'moved') {
    const now = await ports.forge.pullRequest(pullRequest);
    if (now.head !== head) return { facts: [{ kind: 'head-moved', head: now.head, by: '' }] };
  }
  if (result.why === 'queue') return enqueueNow(ports, shipping);
  return { facts: [await refusedNow(ports, shipping, result.message)] };
}

/** Puts exactly the approved commit into the merge queue of base, once per approval. */
async function enqueueNow(ports: Ports, shipping: Before): Promise<Shipped> {
  const { stage, approval } = shipping;
  const { head, review, by } = approval;
  await noteApproval(ports, stage, approval);
  const enqueue = (permit: Permit, look: boolean) =>
    ports.forge.enqueue(permit, stage.proposal.pullRequest, approval, look);
  const result = await write(ports, `enqueue ${head} ${review}`, enqueue);
  if (result.queued) return { facts: [{ kind: 'enqueued', head, review, by }] };
  return { facts: [await refusedNow(ports, shipping, result.message)] };
}

/** Waits while it is in the merge queue; where it left that without being merged, says so once. */
async function whileQueued(ports: Ports, { stage, approval }: Shipping): Promise<Shipped> {
  const { pullRequest, head } = stage.proposal;
  if (await ports.forge.isQueued(pullRequest)) {
    // GitHub tells of the end by events that may get lost.
    await lookAgain(ports);
    return { facts: [] };
  }
  const now = await ports.forge.pullRequest(pullRequest);
  if (now.merged || now.head !== head) {
    await ports.queue.wakeAfter(ports.ref, SOON_MS);
    return { facts: [] };
  }
  const group = stage.judgements.findLast((one) => one.merge && one.head !== head);
  const detail = group === undefined || group.verdict.passed ? '' : group.verdict.because;
  const reason = { code: 'merge-dequeued', detail };
  const facts = refusedOnce(stage, head, reason);
  if (facts.length > 0)
    await commentOnce(ports, `dequeued-${approval.review}`, leftQueue(approval.by, reason), pullRequest);
  return { facts };
}

/**
 * Merges exactly the approved commit. Everything is read again in this pass, after the approval and right before the
 * merge; whatever cannot be read stops it (invariants 1 and 12).
 */
export async function ship(ports: Ports, shipping: Shipping): Promise<Shipped> {
  const { stage, base, issue, pull, approval, approvers } = shipping;
  const { head } = approval;
  // Everything was judged against the default branch, and only its rules were read.
  if (pull.baseBranch !== base.branch)
    return held(ports, stage, head, { code: 'merge-other-base', detail: base.branch });
  const hold = holdOn(shipping);
  if (hold !== '') return held(ports, stage, head, { code: 'merge-hold', detail: hold });
  if (pull.draft) return held(ports, stage, head, { code: 'merge-draft' });
  const own = stage.judgements.findLast((one) => one.head === head && !one.merge);
  if (own?.verdict.passed === false)
    return held(ports, stage, head, { code: 'merge-red', detail: own.verdict.because });
  const byRejection = () => refusalByRejection(ports, stage.approved, issue);
  if (isInQueue(stage) && stage.enqueued?.review === approval.review) {
    const refusal = await byRejection();
    return refusal === null ? whileQueued(ports, shipping) : held(ports, stage, head, refusal);
  }
  if (await mustUpdate(ports, base, pull)) {
    const refusal = await byRejection();
    return refusal === null ? { update: approval } : held(ports, stage, head, refusal);
  }
  const judged = await mergeJudgement(ports, stage, base, head);
  if (judged === null) return { judge: { base: base.commit } };
  if ('code' in judged) return held(ports, stage, head, judged);
  if (!judged.verdict.passed) return held(ports, stage, head, { code: 'merge-red', detail: judged.verdict.because });
  const refused = await byRejection();
  if (refused !== null) return held(ports, stage, head, refused);
  const rules = await ports.forge.branchRules(base.branch);
  const refusal = await refusalByRules(ports, { base, head, pull: pull.number, approvers }, rules);
  if (refusal !== null) return waitFor(ports, stage, head, refusal);
  const before = { ...shipping, rules };
  const next = await whenRefused(ports, before);
  if (next === 'wait') return { facts: [] };
  if (next !== 'go') return held(ports, stage, head, next);
  return rules.queue ? enqueueNow(ports, before) : mergeNow(ports, before);
}
