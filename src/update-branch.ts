import type { Approval } from './domain/approval.ts';
import type { Fact, FactOf, Reason } from './domain/fact.ts';
import { branchWords as say } from './domain/messages/branch.ts';
import { byOf, personOf } from './domain/person.ts';
import { sameDiff } from './domain/same-diff.ts';
import type { At, Updated } from './domain/stage.ts';
import { lookAgain } from './look-again.ts';
import type { Permit, Ports, PullRequest } from './ports.ts';
import type { Base } from './read-base.ts';
import { commentOnce, recordAfterwards, write } from './write-once.ts';

/** Before anybody has approved, not sooner than this after the last time; twice as long after each. */
const FIRST_WAIT_MS = 10 * 60_000;
const LONGEST_WAIT_MS = 24 * 60 * 60_000;
/** In a row, of heads that were approved: on a base that moves faster than people approve it would never end. */
const MOST_APPROVED = 5;
/** Of longer diffs it is not told whether they are the same. */
const DIFF_BYTES = 2_000_000;

/** Why this head is not merged, once. */
export const refusedOnce = (stage: At<'proposed'>, head: string, reason: Reason): readonly Fact[] =>
  stage.held?.head === head && stage.held.reason.code === reason.code && stage.held.reason.detail === reason.detail
    ? []
    : [{ kind: 'merge-refused', head, reason }];

/** What work ends in, and not what was read: it stays until work goes on. */
const OF_WORK: readonly string[] = ['merge-conflict', 'work-failed', 'no-sandbox', 'not-prepared'];

/** Takes back what was said to be in the way of a merge, when something else is due first. */
export const released = ({ held, proposal: { head } }: At<'proposed'>): readonly Fact[] =>
  held === null || OF_WORK.includes(held.reason.code) ? [] : [{ kind: 'released', head }];

/** Records who approves what is about to be merged or moved: known then, even if nobody lives to see the answer. */
export async function noteApproval(ports: Ports, stage: At<'proposed'>, approval: Approval): Promise<void> {
  const { review, head, solo } = approval;
  const known = stage.approval?.head === head && stage.approval.review === review;
  if (!known)
    await recordAfterwards(ports, [
      { kind: 'approved', review, ...byOf(personOf(approval)), head, ...(solo && { solo }) },
    ]);
}

const contains = async ({ repository }: Ports, head: string, base: Base): Promise<boolean> =>
  (await repository.mergeBase(base.commit, head)) === base.commit;

/** Whether base takes only heads that contain its tip, and this one does not. A merge queue brings it up to date itself. */
export async function mustUpdate(ports: Ports, base: Base, { head, behind }: PullRequest): Promise<boolean> {
  if (await contains(ports, head, base)) return false;
  const rules = await ports.forge.branchRules(base.branch);
  return !rules.queue && (behind || rules.upToDate);
}

/** Milliseconds until the branch may be brought up to date again; 0 or less for now. */
function waitOf(updated: Updated | null, now: string): number {
  if (updated === null) return 0;
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (updated.times - 1));
  // No longer than that, whatever clock wrote the time.
  return Math.min(wait, Date.parse(updated.at) + wait - Date.parse(now));
}

/** While nobody has approved it: keeps a head that may be approved one that can be merged. */
export async function keepUpToDate(
  ports: Ports,
  stage: At<'proposed'>,
  base: Base,
  pull: PullRequest,
): Promise<readonly Fact[]> {
  if (pull.draft || pull.baseBranch !== base.branch || (await contains(ports, pull.head, base))) return [];
  const wait = waitOf(stage.updated, ports.clock.now());
  if (wait > 0) {
    await ports.queue.wakeAfter(ports.ref, wait + 50);
    return [];
  }
  return (await mustUpdate(ports, base, pull)) ? updateBranch(ports, stage, base, null) : [];
}

/**
 * Merges base into the branch, by a commit that keeps everything that stands there, and only over exactly this head.
 * An approval of it holds no more then: it can be merged nowhere, because base takes only what is up to date. After some
 * such times people are told what to do themselves.
 */
export async function updateBranch(
  ports: Ports,
  stage: At<'proposed'>,
  base: Base,
  approval: Approval | null,
): Promise<readonly Fact[]> {
  const { repository } = ports;
  const { head: from, branch } = stage.proposal;
  const { updated } = stage;
  if (approval !== null && updated?.head === from && updated.approved >= MOST_APPROVED)
    return refusedOnce(stage, from, { code: 'update-used-up', detail: `${updated.approved} ${base.branch}` });
  const merged = await repository.merge(from, base.commit);
  if ('conflicts' in merged) {
    const detail = merged.conflicts.slice(0, 5).join(', ');
    return refusedOnce(stage, from, { code: 'merge-conflict', detail });
  }
  if (approval !== null) await noteApproval(ports, stage, approval);
  const head = await repository.commit(merged.tree, [from, base.commit], say.commit(base.branch));
  const access = await ports.forge.gitAccess(true);
  const push = (permit: Permit) => repository.push(permit, access, head, branch, from);
  if (await write(ports, `push ${head}`, push)) return [{ kind: 'branch-updated', head, from, base: base.commit }];
  // Somebody pushed meanwhile, or an earlier push of ours got through: whichever stands there is read then.
  await lookAgain(ports);
  return [];
}

/** Whether the pull request changes the same against base as before base was merged into it. */
async function isUnchanged({ repository }: Ports, { from, head, base }: Updated): Promise<boolean> {
  const start = await repository.mergeBase(base, from);
  if (start === null) return false;
  const before = await repository.diff(start, from, DIFF_BYTES);
  const after = await repository.diff(base, head, DIFF_BYTES);
  return before.length < DIFF_BYTES && after.length < DIFF_BYTES && sameDiff(before, after);
}

/** Where an approved head was brought up to date: says so once it is judged, and asks to approve again. */
export async function askAgain(
  ports: Ports,
  stage: At<'proposed'>,
  { branch }: Base,
  { verdict }: FactOf<'judged'>,
): Promise<Fact | null> {
  const { updated, approval, proposal, answered } = stage;
  if (updated === null || updated.head !== proposal.head || approval?.head !== updated.from) return null;
  const { review, by } = approval;
  if (answered.includes(review)) return null;
  const { from, head } = updated;
  const unchanged = await isUnchanged(ports, updated);
  const red = verdict.passed ? null : verdict.because;
  const words = say.approveAgain({ by, from, head, branch, unchanged, red });
  await commentOnce(ports, `updated-${head}`, words, proposal.pullRequest);
  const reason = { code: 'review-stale-head', detail: `${from} ${head}` };
  return { kind: 'review-refused', review, by, head: from, reason };
}
