import type { Approval } from './domain/approval.ts';
import type { Fact, Reason } from './domain/fact.ts';
import { hashOf } from './domain/hash.ts';
import { reasonOfRefusal } from './domain/merge-refusal.ts';
import { because } from './domain/messages/people.ts';
import type { At } from './domain/stage.ts';
import type { BranchRules, Issue, Ports, PullRequest } from './ports.ts';
import type { Base } from './read-base.ts';

const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 60 * 60_000;
/** After as many refusals of the same, trying again is no use. */
const MOST_TRIES = 10;

/** All that was read in this pass, right before the merge. */
export interface Shipping {
  readonly stage: At<'proposed'>;
  readonly base: Base;
  readonly issue: Issue;
  readonly pull: PullRequest;
  readonly approval: Approval;
  /** Whose approval GitHub counts. */
  readonly approvers: readonly string[];
}

/** The same, with what the branch demands. */
export type Before = Shipping & { readonly rules: BranchRules };

/** A hash of all that a merge may depend on that was refused for this reason. Reads what a merge itself does without. */
async function readingOf({ forge }: Ports, before: Before, { code }: Reason): Promise<string> {
  const { base, issue, pull, approval, approvers, rules } = before;
  const { number, head, mergeable, behind } = pull;
  const talk = code === 'merge-conversations' ? await forge.reviewThreads(number) : [];
  const open = talk.filter(({ isResolved }) => !isResolved).map(({ id }) => id);
  const ofHead = [await forge.checks(head), await forge.statuses(head), open];
  const labels = [issue.labels, pull.labels];
  const { review } = approval;
  return hashOf(JSON.stringify({ base: base.commit, review, approvers, mergeable, behind, labels, rules, ofHead }));
}

/** GitHub's refusal in these words, with what to compare before it is asked again. */
export async function refusedNow(ports: Ports, before: Before, words: string): Promise<Fact> {
  const reason = reasonOfRefusal(words);
  const { head } = before.approval;
  return { kind: 'merge-refused', head, reason, tried: await readingOf(ports, before, reason) };
}

/** Whether to ask GitHub once more: at once where something has changed, else after a wait that doubles, and not for ever. */
export async function whenRefused(ports: Ports, before: Before): Promise<'go' | 'wait' | Reason> {
  const { tried, proposal } = before.stage;
  if (tried === null || tried.head !== proposal.head) return 'go';
  if (tried.read !== (await readingOf(ports, before, tried.reason))) return 'go';
  if (tried.times >= MOST_TRIES) return { code: 'merge-given-up', detail: because(tried.reason) };
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tried.times - 1));
  // No longer than that, whatever clock wrote the time.
  const left = Math.min(wait, Date.parse(tried.at) + wait - Date.parse(ports.clock.now()));
  if (left <= 0) return 'go';
  await ports.queue.wakeAfter(ports.ref, left + 50);
  return 'wait';
}
