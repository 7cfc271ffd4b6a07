import type { ApprovedSpec } from './approval.ts';
import type { Amounts, Candidate, FactOf, Reason, Spent } from './fact.ts';
import type { Family } from './family.ts';
import type { Guarded } from './guarded-fact.ts';
import type { Person } from './person.ts';
import type { Chosen } from './round-fact.ts';

/** One attempt of the agent, as far as it got. */
export interface Round {
  readonly round: number;
  readonly candidate: Candidate | null;
  readonly judged: FactOf<'judged'> | null;
  readonly failed: Reason | null;
  /** When, ISO time. */
  readonly failedAt: string | null;
  /** What the agent was told to mind, if anything. */
  readonly nudged: Reason | null;
  /** What a model said when it looked back at it. */
  readonly reflected: FactOf<'reflected'> | null;
  /** How many agents work side by side, what became of each so far, and which candidate went on. */
  readonly of: number;
  readonly tried: readonly Contender[];
  readonly chosen: Chosen | null;
  /** The commit of base that it was started on. */
  readonly base: string | null;
}

/** One of several candidates of a round. */
export interface Contender {
  readonly n: number;
  readonly candidate: Candidate | null;
  readonly reason: Reason | null;
  readonly judged: FactOf<'candidate-judged'> | null;
}

/** The pull request of the rejection and what is known of its head. */
export interface Proposal {
  readonly pullRequest: number;
  readonly branch: string;
  readonly head: string;
  /** Commit of base that the head was made on. */
  readonly base: string;
  /** Who pushed this head, when it was not the app. */
  readonly lastPusher: Person | null;
  readonly solo: boolean;
}

/** A review that asks for changes, and what came of it so far. */
export interface Revision {
  readonly review: number;
  readonly by: string;
  /** The commit that was reviewed. */
  readonly of: string;
  readonly routed: FactOf<'revision-routed'> | null;
  /** Why no commit comes of it. */
  readonly stopped: Reason | null;
  /** Commits that were about to be pushed for it. */
  readonly meant: readonly string[];
  /** The commit that came of it. */
  readonly head: string | null;
  /** Everything was said about it. */
  readonly ended: boolean;
}

/** The last time that the app merged base into the branch. */
export interface Updated {
  readonly head: string;
  /** What stood there before. */
  readonly from: string;
  readonly base: string;
  /** ISO time. */
  readonly at: string;
  /** How often, since a person last pushed. */
  readonly times: number;
  /** How often in a row what stood there was approved. */
  readonly approved: number;
}

interface Drafted {
  readonly draft: FactOf<'draft-posted'>;
  readonly checked: FactOf<'spec-checked'> | null;
  readonly ready: FactOf<'spec-ready'> | null;
  /** Label events that were answered already, approving or not. */
  readonly answered: readonly number[];
  /** Why the last attempt ended without a pull request. */
  readonly ended: Reason | null;
  /** The label event that had started it. */
  readonly endedAttempt: number | null;
}

/** What is known of a fix from its merge on. */
interface AfterMerge {
  readonly merged: FactOf<'merged'>;
  readonly approved: ApprovedSpec;
  readonly proposal: Proposal;
  readonly outcome: FactOf<'outcome'> | null;
  /** The pull request that takes it back. */
  readonly revert: FactOf<'revert-opened'> | null;
  /** How many such pull requests the rejection ever had. */
  readonly reverts: number;
  /** How often the rejection came back after a merge. */
  readonly returns: number;
  /** The fault, as its draft was posted; null where that is not known. */
  readonly fingerprint: string | null;
}

/**
 * Where a rejection stands, derived from its facts. Each member carries exactly what the next stage needs.
 * Waiting for a person: asked, declined, drafted, halted, proposed, returned, closed. Waiting for work: cleared.
 */
export type Stage =
  | { readonly name: 'new' }
  | {
      readonly name: 'accepted';
      readonly accepted: FactOf<'rejection-accepted'>;
      /** What was decided to be said, where that is not known to be said yet. */
      readonly chosen: FactOf<'answer-chosen'> | null;
    }
  | { readonly name: 'asked'; readonly question: FactOf<'question-asked'> }
  | {
      readonly name: 'declined';
      readonly declined: FactOf<'declined'>;
      readonly textHash: string;
      /** What was asked before, and not answered. */
      readonly question: FactOf<'question-asked'> | null;
    }
  | ({ readonly name: 'drafted' } & Drafted)
  | {
      readonly name: 'cleared';
      readonly draft: FactOf<'draft-posted'>;
      readonly approved: ApprovedSpec;
      readonly rounds: readonly Round[];
      readonly queued: Queued | null;
      readonly lost: Lost | null;
    }
  /** Cleared, or proven even, and stopped by a person. */
  | {
      readonly name: 'halted';
      readonly halted: FactOf<'halted'>;
      readonly approved: ApprovedSpec;
    }
  | {
      readonly name: 'proven';
      readonly draft: FactOf<'draft-posted'>;
      readonly approved: ApprovedSpec;
      readonly candidate: Candidate;
      readonly judged: FactOf<'judged'>;
      readonly round: number;
      /** Of several candidates. */
      readonly chosen: Chosen | null;
      /** How often the candidate was carried to a base that had moved. */
      readonly carried: number;
      readonly attempt: number;
    }
  | {
      readonly name: 'proposed';
      readonly approved: ApprovedSpec;
      readonly proposal: Proposal;
      readonly judgements: readonly FactOf<'judged'>[];
      readonly queued: Queued | null;
      readonly lost: Lost | null;
      readonly answered: readonly number[];
      /** Heads whose checks were posted. */
      readonly checked: readonly string[];
      /** A request to judge again that was not answered yet. */
      readonly asked: FactOf<'recheck-asked'> | null;
      /** The last reason why an approved head was not merged. */
      readonly held: FactOf<'merge-refused'> | null;
      /** The last review that asked for changes of what stands there. */
      readonly revision: Revision | null;
      /** Of the whole attempt, those of revisions among them. */
      readonly rounds: readonly Round[];
      /** The approval by which the merge was tried. */
      readonly approval: FactOf<'approved'> | null;
      readonly updated: Updated | null;
      readonly enqueued: Enqueued | null;
      readonly tried: Tried | null;
    }
  | ({
      readonly name: 'merged';
      readonly thanked: boolean;
      /** Whoever approved it had cleared it as well. */
      readonly solo: boolean;
    } & AfterMerge)
  /** Merged once, and open again: undone, reverted, or rejected anew. */
  | ({ readonly name: 'returned'; readonly returned: FactOf<'returned'> } & AfterMerge)
  | {
      readonly name: 'closed';
      readonly closed: FactOf<'closed-by-hand'>;
      readonly before: string;
      readonly pullRequest: number | null;
      /** Where it is somebody else's pull request that was closed. */
      readonly guarded: Guarded | null;
      /** The label event that started what is closed now. */
      readonly clearedBy: number | null;
    }
  /** A pull request of somebody else's: it is judged, and people merge it. */
  | {
      readonly name: 'guarded';
      readonly pull: Guarded;
      /** What was judged of its head since the last request to do so again. */
      readonly judged: FactOf<'judged'> | null;
      readonly judgements: readonly FactOf<'judged'>[];
      readonly queued: Queued | null;
      readonly lost: Lost | null;
      readonly accepted: FactOf<'oracle-accepted'> | null;
      /** Comments that were answered already. */
      readonly answered: readonly number[];
      readonly posted: FactOf<'checks-posted'> | null;
      /** Why it is not judged. */
      readonly held: FactOf<'merge-refused'> | null;
    }
  /** Deleted on request: nothing is known of it, and nothing more is done. */
  | { readonly name: 'forgotten' };

export type StageName = Stage['name'];
export type At<N extends StageName> = Extract<Stage, { name: N }>;

/** Merges that GitHub refused, one after the other, though nothing that is read before one had changed. */
export interface Tried {
  readonly head: string;
  /** A hash of what was read. */
  readonly read: string;
  readonly times: number;
  /** ISO time of the last. */
  readonly at: string;
  readonly reason: Reason;
}

/** The approval by which it was last put into a merge queue. `left`: the app took it out again. */
export type Enqueued = FactOf<'enqueued'> & { readonly left: boolean };

/** A merge group and when it was asked for, ISO time. `anew`: somebody wants it judged again, whatever is known of its tree. */
export type Group = FactOf<'group-asked'> & { readonly at: string; readonly anew: boolean };

/** Work that ended without a result, again and again since anything else happened to it. */
export interface Lost {
  /** How often in a row. */
  readonly times: number;
  /** How many of them were not the weather's; infinitely many where trying again is no use. */
  readonly ours: number;
  /** ISO time of the last. */
  readonly at: string;
  readonly because: string;
}

/** A queued piece of long work that has not ended, as far as the facts tell. */
export interface Queued {
  readonly seq: number;
  readonly fact: FactOf<'run-queued'>;
  /** Whether somebody asked for it: nothing that was kept from before counts. */
  readonly anew: boolean;
  /** How many processes ended in the middle of it since it last got on. */
  readonly restarts: number;
}

/** What holds beside the stage: the comment to edit, what was spent, how often each stage was tried. */
export interface Standing {
  readonly stage: Stage;
  readonly accepted: FactOf<'rejection-accepted'> | null;
  readonly statusComment: number | null;
  readonly statusShown: string | null;
  readonly spent: Spent;
  /** What it may spend in all, as the last round was told. */
  readonly budget: Amounts | null;
  /** What was told of the stored tickets, oldest first. */
  readonly reports: readonly FactOf<'reported'>[];
  /** The comment on the pull request that shows the latest of them, and the hash of what is shown there, or in its text. */
  readonly reportComment: number | null;
  readonly reportShown: string | null;
  readonly refusals: readonly FactOf<'clearance-refused'>[];
  readonly configurationRefused: FactOf<'configuration-refused'> | null;
  /** How often files with mistakes were told about. */
  readonly told: number;
  /** What was about to be created at some time, by name. */
  readonly intents: readonly string[];
  /** Each time that judging again was asked for, oldest first. */
  readonly rechecks: readonly FactOf<'recheck-requested'>[];
  /** Requests to stop what is under way that were not answered yet. */
  readonly stopAsked: readonly FactOf<'stop-asked'>[];
  /** What people asked for in comments that were not answered yet, oldest first. */
  readonly commands: readonly FactOf<'command-asked'>[];
  /** The label as somebody set it before there was a spec. */
  readonly wish: FactOf<'clearance-wished'> | null;
  /** Other rejections of the same fault that are counted here, oldest first; and the fault, as the last draft has it. */
  readonly attached: readonly FactOf<'case-attached'>[];
  readonly fault: string | null;
  readonly family: Family;
  /** Requests to undo the merged fix that were not answered yet. */
  readonly undoAsked: readonly FactOf<'undo-asked'>[];
  /** Merge groups whose checks somebody waits for, oldest first. */
  readonly groups: readonly Group[];
  /** Commits of these, and of groups that got their checks. */
  readonly groupHeads: readonly string[];
  /** What it waits for, when that is neither a person nor work. */
  readonly delayed: FactOf<'delayed'> | null;
  /** `seq` of the last fact, 0 for none. */
  readonly last: number;
}
