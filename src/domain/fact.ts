import type { Case } from './case.ts';
import type { CommandFact } from './command-fact.ts';
import type { GuardedFact } from './guarded-fact.ts';
import type { ReadingFact } from './reading-fact.ts';
import type { ReportCounts } from './report/report.ts';
import type { RoundFact } from './round-fact.ts';
import type { RubricStamp, Spec } from './spec.ts';
import type { SpecEdit } from './spec-edits.ts';
import type { PartOf, SplitFact } from './split-fact.ts';
import type { Verdict } from './verdict.ts';

/** A short reason as data: `code` names the sentence in `messages.ts`, `detail` fills its blank. */
export interface Reason {
  readonly code: string;
  readonly detail?: string;
}

/**
 * What a round or a judgement spent. Tokens are the model's, seconds are wall clock, money is in the operator's currency,
 * where the operator has told the price.
 */
export interface Spent {
  readonly seconds: number;
  readonly tokens: number;
  readonly requests: number;
  readonly money?: number;
}

/** Limits of what may be spent. */
export interface Amounts {
  readonly tokens?: number | undefined;
  readonly minutes?: number | undefined;
  readonly money?: number | undefined;
}

/** A tree that the agent made from `base`. Both are git object ids. */
export interface Candidate {
  readonly base: string;
  readonly tree: string;
}

/** A comment that is taken for an answer, and the slots that were asked about. */
export interface AnswerGiven {
  readonly comment: number;
  readonly to: readonly string[];
}

/**
 * What happened, who caused it, and the hashes of what it was about. Facts hold ids, placeholders and hashes only;
 * they are never changed, and everything else is derived from them. `byId` is GitHub's id of the account that was called
 * `by` then; older facts lack it.
 */
export type Fact =
  /** `after`: comments up to this id were taken into account. */
  | {
      kind: 'rejection-accepted';
      reporter: string;
      textHash: string;
      ticket: string | null;
      hidden: number;
      after: number;
      /** Comments with hints of people who may write. */
      hints?: readonly number[];
      /** Comments that answer a question of the app's, and what that asked about. */
      answers?: readonly AnswerGiven[];
      /** A person wants it worked on by itself, whatever other rejection is of the same fault. */
      alone?: true;
      /** It was counted at this other one, with this case, until that ended. */
      waited?: { of: number; case: Case | null };
      partOf?: PartOf;
    }
  /** About to create something; if no receipt follows, it is looked for before it is made again. */
  | { kind: 'intent'; what: string }
  | { kind: 'status-posted'; comment: number }
  | { kind: 'status-shown'; hash: string }
  /** What is about to be said about the rejection, as it was decided: asked again, a model would say something else. */
  | ({ kind: 'answer-chosen' } & Answer)
  | ReadingFact
  /** `fingerprint`: the fault, where it is counted at another rejection, and `case` what was red on base for it. */
  | { kind: 'declined'; reason: Reason; comment: number | null; fingerprint?: string; case?: Case }
  /** Another rejection of the same fault is counted here, or is not any more. */
  | { kind: 'case-attached'; rejection: number; case: Case | null }
  | { kind: 'case-detached'; rejection: number }
  /** What the block in the spec comment came to, at this base. No problems: it may be announced as ready. */
  | {
      kind: 'spec-checked';
      bodyHash: string;
      base: string;
      approvalHash: string | null;
      problems: readonly string[];
      /** The other rejection of which a case counts as a hold-out. */
      holdOut?: number;
      /** What a person should look at, though it holds nothing up. */
      warnings?: readonly string[];
    }
  /**
   * The status comment has shown this hash as ready, at this time by GitHub's clock; label events up to `lastEvent`
   * came before that.
   */
  | { kind: 'spec-ready'; approvalHash: string; lastEvent: number; shownAt: string }
  | { kind: 'clearance-refused'; event: number; by: string; reason: Reason }
  /** A writer set the label before there was a spec: that approves nothing, and is not forgotten. */
  | { kind: 'clearance-wished'; event: number; by: string; byId?: number }
  | {
      kind: 'spec-approved';
      event: number;
      by: string;
      byId?: number;
      approvalHash: string;
      spec: Spec;
      rubric: RubricStamp;
      paths: readonly string[];
      textHash: string;
      /** The comment that approved it, where that was not the label. */
      comment?: number;
      /** What people changed of the draft, field by field. */
      edits?: readonly SpecEdit[];
    }
  | RoundFact
  | CommandFact
  | SplitFact
  /** `head` is set when the judged tree is a commit of the pull request, `merge` when it is the merge of that head into `base`. */
  | {
      kind: 'judged';
      base: string;
      tree: string;
      head: string | null;
      merge: boolean;
      verdict: Verdict;
      seconds: number;
      /** The last day, as 2026-07-31, on which it holds: a quarantine that it went by ends then. */
      until?: string;
    }
  /**
   * What a judged tree does to the stored tickets: a blob, and a hash of what it says. Where that could not be told there
   * is no blob, but the trouble. `until`: ISO date up to which its page is shown.
   */
  | {
      kind: 'reported';
      base: string;
      tree: string;
      blob: string | null;
      hash: string;
      counts: ReportCounts | null;
      trouble: ReportTrouble | null;
      until: string;
    }
  /** The comment about it, on the pull request. */
  | { kind: 'report-posted'; comment: number }
  | { kind: 'report-shown'; hash: string }
  | { kind: 'run-queued'; what: 'implement' | 'judge' | 'revise' | 'group'; head: string | null; base: string | null }
  /** The process that did the work queued at `queued` ended in the middle of it, and another one has begun it again. */
  | { kind: 'run-restarted'; queued: number }
  /**
   * The work queued at `queued` ended without a result: the world's failure, to be tried again. `hopeless`: it was tried
   * often enough.
   */
  | { kind: 'run-lost'; queued: number; because: string; weather: boolean; hopeless?: boolean }
  | { kind: 'stopped'; reason: Reason }
  | {
      kind: 'pull-request-opened';
      pullRequest: number;
      branch: string;
      base: string;
      head: string;
      tree: string;
      solo: boolean;
    }
  /** `shownAt`: when the last of them stood there, by GitHub's clock; older facts lack it. */
  | { kind: 'checks-posted'; head: string; verdictHash: string; green: boolean; shownAt?: string }
  | { kind: 'head-moved'; head: string; by: string; byId?: number }
  /** The app merged this commit of base into the branch, over the head `from`. Who pushed before stays who pushed. */
  | { kind: 'branch-updated'; head: string; from: string; base: string }
  | { kind: 'review-refused'; review: number; by: string; head: string; reason: Reason }
  | { kind: 'revision-requested'; review: number; by: string; head: string }
  /**
   * How the review is taken: its questions are answered, or its wishes make another round after round `after`.
   * `remarksHash`: what it said then.
   */
  | {
      kind: 'revision-routed';
      review: number;
      route: 'answer' | 'round';
      remarks: readonly RoutedRemark[];
      remarksHash: string;
      after: number;
      /** Blob with what the model was asked and answered. */
      transcript?: string;
    }
  /** No commit comes of the review: it goes back to people. */
  | { kind: 'revision-stopped'; review: number; reason: Reason }
  /** The commit that came of the review stands on the branch. */
  | { kind: 'revised'; review: number; head: string }
  /** Everything was said about the review that is to be said; `head`: the commit that came of it. */
  | { kind: 'revision-ended'; review: number; head: string | null }
  /** `solo`: by who had cleared the spec as well. */
  | { kind: 'approved'; review: number; by: string; byId?: number; head: string; solo?: true }
  /** `tried`: where GitHub was asked to merge it, a hash of all that was read before. */
  | { kind: 'merge-refused'; head: string; reason: Reason; tried?: string }
  /** The approved head was put into the merge queue of its base. */
  | { kind: 'enqueued'; head: string; review: number; by: string }
  /** The app took it out of that queue again; if GitHub does not let it out, its groups are red. */
  | { kind: 'dequeued'; head: string }
  /** Nothing that was told is in the way of its merge any more. */
  | { kind: 'released'; head: string }
  /**
   * GitHub's merge queue asks for the checks of a commit that is to become the tip of `into`: `base` with `pull` merged
   * into it; 0 where no pull request could be read from it.
   */
  | { kind: 'group-asked'; head: string; base: string; into: string; pull: number }
  /** Nobody waits for the checks of this group any more. */
  | { kind: 'group-gone'; head: string; because: string }
  /** `asJudged`: what stands on the base branch now is what was judged green. `red`: it was judged after the merge, and why not. */
  | { kind: 'merged'; sha: string; head: string; by: string; byId?: number; asJudged: boolean; red?: string }
  /** The pull request was given up for a new attempt. */
  | { kind: 'abandoned'; pullRequest: number }
  | { kind: 'thanked'; comment: number }
  | { kind: 'closed-by-hand'; what: 'rejection' | 'pull-request'; by: string }
  | { kind: 'reopened'; what: 'rejection' | 'pull-request'; by: string }
  /**
   * What became of a merged fix; `unclear` where its cases do not tell. `recognised`: by a commit that says so (`what`:
   * its id), by its own cases alone, or by another rejection of the same fault (`what`: its number).
   */
  | {
      kind: 'outcome';
      outcome: 'held' | 'reverted' | 'recurred' | 'unclear';
      because: string;
      recognised?: 'revert' | 'cases' | 'rejection';
      what?: string;
    }
  /** The pull request that takes a merged fix back. `by` is '' and `comment` null where the app does so by itself. */
  | {
      kind: 'revert-opened';
      pullRequest: number;
      branch: string;
      base: string;
      head: string;
      by: string;
      comment: number | null;
    }
  /** A merged rejection is open again; the comment tells its history. `textHash`: of its text at that time. */
  | { kind: 'returned'; comment: number; textHash: string }
  | { kind: 'configuration-refused'; problemsHash: string; comment: number | null }
  /** Nothing can be done until `until` (ISO time; null: until somebody puts it right), and why. */
  | { kind: 'delayed'; reason: Reason; until: string | null }
  /** What it waited for is over. */
  | { kind: 'resumed' }
  | GuardedFact
  /** A person wants the head of the app's own pull request judged again; whether that counts is not known yet. */
  | { kind: 'recheck-asked'; comment: number; by: string }
  /** `comment`: where it was asked for; null for GitHub's button, of which only one webhook tells. */
  | {
      kind: 'recheck-requested';
      head: string;
      by: string;
      byId?: number;
      comment: number | null;
      delivery?: string;
    }
  /** Two comments carried one marker, or two issues one line: the older stays. */
  | { kind: 'duplicate-removed'; comment: number; kept: number; what?: 'issue' }
  /** Everything personal was deleted; what was recorded before cannot be read any more. */
  | { kind: 'forgotten'; by: string };

/** Why there is no report: it took too long, or it failed; the log says how. */
export type ReportTrouble = 'too-long' | 'failed';

/** A comment that is to be posted, and the fact that it will be, but for its id. */
export interface Answer {
  readonly marker: string;
  readonly body: string;
  readonly receipt:
    | Omit<FactOf<'question-asked'>, 'comment'>
    | Omit<FactOf<'declined'>, 'comment'>
    | Omit<FactOf<'draft-posted'>, 'comment'>;
}

/** One remark of a review and how it is taken. `thread` and `comment` are null for the review's own text. */
export interface RoutedRemark {
  readonly thread: string | null;
  readonly comment: number | null;
  /** What is answered; absent for a wish, which the round answers. */
  readonly answer?: string;
}

export type FactKind = Fact['kind'];
export type FactOf<K extends FactKind> = Extract<Fact, { kind: K }>;

/** A fact with its place in the rejection's chain. `at` is an ISO time in UTC. */
export interface Recorded {
  readonly seq: number;
  readonly at: string;
  readonly fact: Fact;
}
