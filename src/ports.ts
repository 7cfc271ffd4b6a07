import type { AgentEvent, Intervention } from './domain/agent-event.ts';
import type { Approval, ApprovedSpec, Permission } from './domain/approval.ts';
import type { FileChange } from './domain/compare-oracles.ts';
import type { Configuration, Prepare, Report, Step } from './domain/configuration.ts';
import type { Amounts, Candidate, Fact, Recorded, Spent } from './domain/fact.ts';
import type { FailureNote } from './domain/failure-note.ts';
import type { AgentUses, NamedModel, ReaderRole } from './domain/named-model.ts';
import type { By, Person } from './domain/person.ts';
import type { Way } from './domain/prompts/brief.ts';
import type { Json, RejectionKey, RejectionRef } from './domain/rejection.ts';
import type { ReadReport } from './domain/reports/report.ts';
import type { Remark } from './domain/review.ts';
import type { Rubric } from './domain/rubric.ts';

/** The append-only record of one rejection after another. */
export interface Ledger {
  /** Every fact about the rejection, oldest first. */
  read(rejection: RejectionKey): Promise<readonly Recorded[]>;
  /** The facts of each of these that has any, in one question. Ask for some hundreds at once, not for all there are. */
  readAll(rejections: readonly RejectionKey[]): Promise<ReadonlyMap<RejectionKey, readonly Recorded[]>>;
  /** Appends all or nothing. `false` when the last `seq` is no longer `after` (0 for none): read again and decide again. */
  append(rejection: RejectionKey, after: number, facts: readonly Fact[]): Promise<boolean>;
  /** The rejection that opened this pull request, if any. */
  ofPullRequest(repo: string, pullRequest: number): Promise<RejectionKey | undefined>;
  /** Keys of the repository's rejections that are not declined, closed, forgotten or over, newest first. */
  ofRepository(repo: string): Promise<readonly RejectionKey[]>;
  /** Keys of the repository's rejections whose last draft has this fingerprint, newest first. */
  ofFingerprint(repo: string, fingerprint: string): Promise<readonly RejectionKey[]>;
  /** Keys of the repository's rejections that opened a pull request, newest first, at most so many. */
  proposedIn(repo: string, most: number): Promise<readonly RejectionKey[]>;
  /** Keeps for 90 days that this account was seen to push this commit to a branch of the repository. */
  notePush(repo: string, head: string, by: Person): Promise<void>;
  /** Whether this account was seen to push it; null when nobody was. */
  pushed(repo: string, head: string, by: Person): Promise<boolean | null>;
  /** What the facts of all rejections of the repository tell was spent on a day (ISO date, UTC). */
  spentOn(repo: string, day: string): Promise<Spent>;
}

/**
 * What this turn of work has put aside of its repository's day, so that several at once cannot spend the same. Facts that
 * tell what was spent take it off.
 */
export interface Reserves {
  /**
   * Puts aside `want` of a day (ISO date, UTC) with this limit, in the place of what was put aside before; the minutes for
   * each of `atOnce`. `held`: what others have put aside is in the way, of which some may come back. `spent`: the day leaves
   * less than that.
   */
  take(
    day: string,
    want: { readonly tokens: number; readonly minutes: number; readonly money?: number; readonly atOnce?: number },
    limit: Amounts,
  ): Promise<'taken' | 'held' | 'spent'>;
  /** Notes what more was spent of it: that counts, should nobody live to tell it. */
  note(spent: Spent): Promise<void>;
  /** Gives back what was not spent; what was noted, and no fact told, counts as spent on that day. */
  release(): Promise<void>;
}

/** Thrown where another worker has taken over: whatever was under way here is given up at once, writing nothing. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** Large bytes about one rejection, sealed with its key. */
export interface Blobs {
  /** Stores the bytes durably and returns their name. The same bytes of the same rejection twice are stored once. */
  put(rejection: RejectionKey, bytes: Uint8Array): Promise<string>;
  /** The bytes, or undefined when they are not here (any more). Throws when what is here is damaged. */
  get(rejection: RejectionKey, name: string): Promise<Uint8Array | undefined>;
}

/** A transcript that is here: `begun` is an ISO time, `revision` grows with each part that is put. */
export interface TranscriptSeen {
  readonly name: string;
  readonly begun: string;
  readonly revision: number;
}

/** What grows part by part while people read it, sealed with the rejection's key, and kept for as long as the operator says. */
export interface Transcripts {
  /** Stores a part durably; the same number again replaces it. Throws `Fenced` once the rejection was forgotten. */
  put(rejection: RejectionKey, name: string, part: number, bytes: Uint8Array): Promise<void>;
  /** Those whose names begin so, in the order in which they were begun. */
  list(rejection: RejectionKey, prefix: string): Promise<readonly TranscriptSeen[]>;
  /** All parts, in order; none when it is not here (any more). Throws when a part is damaged or missing. */
  get(rejection: RejectionKey, name: string): Promise<readonly Uint8Array[]>;
}

/** This worker's right to write for the rejection. */
export interface Leave {
  /**
   * For how many milliseconds this worker may write: until then nobody else takes over. `creates` is how many comments,
   * checks and pull requests are about to be made. Throws `Weather` when the worker has lost touch with the others, or
   * when GitHub's limit for the installation is used up, with the time to wait.
   */
  toWrite(creates: number): Promise<number>;
}

declare const permitted: unique symbol;

/**
 * Leave for one write on GitHub, for seconds only. Made by `write` alone, after the intent was recorded: no mutation
 * without one (invariant 8).
 */
export interface Permit {
  readonly [permitted]: true;
  /** The name of the intent. */
  readonly what: string;
  /**
   * Milliseconds until somebody else may take over, by the stricter of two clocks: a process that was frozen, or a
   * machine that slept, finds none left. Asked for right before a call is sent.
   */
  left(): number;
  /** Ends the call when none is left. */
  readonly signal: AbortSignal;
}

/** What was done, for those who watch. Ids only. */
export interface Doing {
  readonly rejection?: RejectionKey;
  /** What exactly: the kind of fact that is appended, the write that is made, the stage that is moved. */
  readonly what?: string;
}

/**
 * Watches what the app does to the world: metrics, traces, and the tests that kill it right before and right after each
 * of these points. `point` is `port.method`, from a closed list per port.
 */
export interface Observer {
  around<T>(point: string, doing: Doing, work: () => Promise<T>): Promise<T>;
}

/** The durable queue, as far as a stage may use it. */
export interface Queue {
  /**
   * Queues one long piece of work. The same `run` twice is one piece of work. Its end wakes the rejection. `ended` when it
   * was queued before and is over.
   */
  enqueueRun(rejection: RejectionRef, run: string): Promise<'queued' | 'ended'>;
  /** Ends the work in progress for the rejection, wherever it runs: within two seconds. Durable. */
  cancelRun(rejection: RejectionKey): Promise<void>;
  /** Has a rejection of the same repository advanced after a while. Durable. */
  wakeAfter(rejection: RejectionRef, ms: number): Promise<void>;
}

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly authorId?: number;
  readonly authorIsPerson: boolean;
  readonly open: boolean;
  readonly labels: readonly string[];
  readonly isPullRequest: boolean;
  readonly closedBy: string | null;
  /** ISO time, where it is told. */
  readonly createdAt?: string;
  /** Words in it that became rejections of their own. */
  readonly given?: readonly string[];
}

export interface LabelEvent extends By {
  readonly id: number;
  readonly label: string;
  readonly on: boolean;
  readonly byPerson: boolean;
  /** Performed by a GitHub App on somebody's behalf. */
  readonly viaApp: boolean;
  /** ISO time, whole seconds. */
  readonly at: string;
}

export interface Comment extends By {
  readonly id: number;
  readonly byPerson: boolean;
  readonly body: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface PullRequest {
  readonly number: number;
  readonly open: boolean;
  readonly merged: boolean;
  /** The commit that the merge made, when GitHub tells. */
  readonly mergeSha: string | null;
  readonly draft: boolean;
  readonly author: string;
  readonly authorId?: number;
  readonly head: string;
  readonly headBranch: string;
  readonly base: string;
  readonly baseBranch: string;
  readonly mergeable: boolean | null;
  /** GitHub says that nothing but its age keeps the head from being merged. */
  readonly behind: boolean;
  readonly labels: readonly string[];
}

export interface SubmittedReview extends By {
  readonly id: number;
  readonly byPerson: boolean;
  readonly state: 'approved' | 'changes-requested' | 'commented' | 'dismissed' | 'pending';
  readonly head: string;
  readonly body: string;
}

/** Inline comments of reviews that hang together. */
export interface ReviewThread {
  /** GitHub's node id: what resolves it. */
  readonly id: string;
  readonly isResolved: boolean;
  /** The lines that it is about have changed since. */
  readonly isOutdated: boolean;
  readonly path: string;
  /** null when it is about the whole file, or outdated. */
  readonly line: number | null;
  /** Oldest first; the first 100. `id` is the one REST knows, to reply to. */
  readonly comments: readonly {
    readonly id: number;
    readonly review: number | null;
    readonly by: string;
    readonly byPerson: boolean;
    readonly body: string;
  }[];
  /** There are comments that are not listed. */
  readonly more: boolean;
}

export interface Reviewers {
  /** Logins. */
  readonly people: readonly string[];
  /** `organisation/team`, of the organisation that owns the repository. */
  readonly teams: readonly string[];
}

export interface CheckToPost {
  readonly name: string;
  readonly conclusion: 'success' | 'failure' | 'neutral' | 'action_required' | 'cancelled';
  readonly title: string;
  /** Markdown, within GitHub's 65,535 characters (the adapter cuts, and says so). */
  readonly summary: string;
  readonly annotations?: readonly { path: string; line: number; message: string }[];
}

export interface PostedCheck {
  readonly name: string;
  readonly app: number;
  readonly conclusion: string | null;
}

/** A check or status that the base branch demands. `app` is null when any app may give it. */
export interface RequiredCheck {
  readonly name: string;
  readonly app: number | null;
}

/** What a branch demands of a merge into it, as far as the app may read it. */
export interface BranchRules {
  readonly checks: readonly RequiredCheck[];
  /** Heads have to contain the tip of the branch. Branch protection may demand that without telling. */
  readonly upToDate: boolean;
  /** Merges go through a queue. Branch protection may demand that without telling. */
  readonly queue: boolean;
  /** How many writers have to approve. This and what follows is told by rulesets alone. */
  readonly approvals: number;
  /** The owners of what is changed have to approve. */
  readonly codeOwners: boolean;
  /** Every conversation has to be resolved. */
  readonly conversations: boolean;
}

export type MergeResult =
  | { readonly merged: true; readonly sha: string }
  /**
   * `retry`: the base moved or GitHub is still computing; `moved`: the head is another; `queue`: only a queue merges here;
   * `refused`: a rule forbids it.
   */
  | { readonly merged: false; readonly why: 'retry' | 'moved' | 'queue' | 'refused'; readonly message: string };

/** `message` says, in GitHub's words, why it is not in the queue. */
export type Enqueued = { readonly queued: true } | { readonly queued: false; readonly message: string };

/**
 * One repository on GitHub as the app sees it. Reads are always fresh. Every mutation takes the leave to make it. Throws
 * `Weather` when GitHub cannot be reached or answers 5xx or a limit.
 */
export interface Forge {
  readonly repo: string;
  /** The app's own account, such as `corrigible[bot]`, and its id. */
  readonly me: { readonly login: string; readonly app: number };
  issue(number: number): Promise<Issue>;
  labelEvents(issue: number): Promise<readonly LabelEvent[]>;
  comments(issue: number): Promise<readonly Comment[]>;
  comment(id: number): Promise<Comment | null>;
  /** Whether anybody ever edited the comment; true where it is gone. */
  wasEdited(comment: number): Promise<boolean>;
  /** Ids of the app's own comments that carry this marker, oldest first. */
  findComments(issue: number, marker: string): Promise<readonly number[]>;
  /** Posts a comment that carries `marker` hidden in it. */
  postComment(permit: Permit, issue: number, marker: string, body: string): Promise<number>;
  /** Only for comments that nobody but the app writes. `false` when somebody deleted it. */
  editComment(permit: Permit, id: number, marker: string, body: string): Promise<boolean>;
  /** Only for the newer of two that carry one marker. */
  deleteComment(permit: Permit, id: number): Promise<void>;
  /** Issues that the app itself opened since then (ISO time, by GitHub's clock) and that hold this line, oldest first. */
  findIssues(line: string, since: string): Promise<readonly { readonly number: number; readonly open: boolean }[]>;
  /** Opens an issue in the app's own name. */
  openIssue(
    permit: Permit,
    issue: { readonly title: string; readonly body: string; readonly labels: readonly string[] },
  ): Promise<number>;
  closeIssue(permit: Permit, issue: number, reason: 'completed' | 'not_planned'): Promise<void>;
  reopenIssue(permit: Permit, issue: number): Promise<void>;
  /** Makes the labels that are missing; returns the names it could not make. */
  ensureLabels(
    permit: Permit,
    labels: readonly { name: string; color: string; description: string }[],
  ): Promise<readonly string[]>;
  /** What the account may do now. 404 is `none`. */
  permission(login: string): Promise<Permission>;
  /** Logins of the people who may write, for asking reviews; empty when it cannot be read. */
  writers(): Promise<readonly string[]>;
  pullRequest(number: number): Promise<PullRequest>;
  /** Opens the pull request of this branch; where GitHub says that one exists, that one. */
  openPullRequest(permit: Permit, from: { branch: string; base: string; title: string; body: string }): Promise<number>;
  /** False where GitHub does not let one of them be asked: then it has asked none. */
  requestReview(permit: Permit, pullRequest: number, reviewers: Reviewers): Promise<boolean>;
  reviews(pullRequest: number): Promise<readonly SubmittedReview[]>;
  reviewThreads(pullRequest: number): Promise<readonly ReviewThread[]>;
  /** Whether one of the app's own comments in the reviews of this pull request carries this marker. */
  hasReplied(pullRequest: number, marker: string): Promise<boolean>;
  /** Replies to the thread that begins with `comment`, with `marker` hidden in it. `false` when the thread is gone. */
  replyToThread(permit: Permit, pullRequest: number, comment: number, marker: string, body: string): Promise<boolean>;
  /** Resolving again is the same. */
  resolveThread(permit: Permit, thread: string): Promise<void>;
  /**
   * Makes one completed check run per entry. With `look`, an entry for which one of the app's with this name and
   * `stamp` stands on the head already gets the annotations that it lacks; without, the caller knows that none can exist.
   * Returns when the last of them was made, by GitHub's clock; null where it does not say.
   */
  postChecks(
    permit: Permit,
    head: string,
    stamp: string,
    checks: readonly CheckToPost[],
    look: boolean,
  ): Promise<string | null>;
  /** The latest check of each name on the commit, with the app that made it. */
  checks(head: string): Promise<readonly PostedCheck[]>;
  branchRules(branch: string): Promise<BranchRules>;
  /** The latest commit status of each context. */
  statuses(head: string): Promise<readonly { name: string; state: string }[]>;
  /** Squash-merges exactly this head: the only way to merge, and it needs the proof. */
  merge(
    permit: Permit,
    pullRequest: number,
    approval: Approval,
    message: { title: string; body: string },
  ): Promise<MergeResult>;
  /** Puts exactly this head into the merge queue of its base. With `look` it may be there already. */
  enqueue(permit: Permit, pullRequest: number, approval: Approval, look: boolean): Promise<Enqueued>;
  isQueued(pullRequest: number): Promise<boolean>;
  /** Takes it out of the merge queue of its base. `false` where GitHub does not let it out. */
  dequeue(permit: Permit, pullRequest: number): Promise<boolean>;
  deleteBranch(permit: Permit, branch: string): Promise<void>;
  /** A token for git, narrowed to this repository, and to reading unless `write`. */
  gitAccess(write: boolean): Promise<GitAccess>;
}

/** What a file becomes: a text, a blob that is here already, or nothing. */
export type NewFile = string | null | { readonly id: string };

export interface GitAccess {
  readonly url: string;
  readonly token: string | null;
}

/** One entry of `git diff-tree -r --raw`. Modes are git's, `000000` for none. */
export interface RawChange extends FileChange {
  readonly added: number;
  readonly removed: number;
}

/** The dependencies of a repository as they were made of a commit of base. Whatever is in there, only sandboxes read it. */
export interface Prepared {
  /** Differs wherever what was made differs, or what it was made of. */
  readonly key: string;
  /** To be bound over each tree that is run with them. */
  readonly layers: readonly Layer[];
}

/**
 * Thrown where dependencies cannot be made until a person mends something. The message says what is wrong and what to do,
 * and what the command said at last.
 */
export class NotPrepared extends Error {
  override readonly name = 'NotPrepared';
  readonly problem: string;
  readonly fix: string;
  /** Differs from run to run, and may be empty. */
  readonly said: string;
  constructor({ problem, fix, said = '' }: { problem: string; fix: string; said?: string }) {
    super(`${problem} ${fix}${said}`);
    this.problem = problem;
    this.fix = fix;
    this.said = said;
  }
}

/** What dependencies are made of. */
export interface Preparation {
  readonly ref: RejectionRef;
  readonly repository: Pick<Repository, 'checkout'>;
  /** The files that the command sees: of base, never of a head. */
  readonly tree: string;
  readonly prepare: Prepare;
}

/** Makes the dependencies of repositories, in the sandbox, and keeps them. */
export interface Preparing {
  /**
   * What the command makes of these files, made now or before; once, whoever asks for it at the same time. Throws
   * `NotPrepared`, `Weather` where hosts that are allowed do not answer, and `SandboxRefused`.
   */
  prepare(of: Preparation, signal?: AbortSignal): Promise<Prepared>;
}

/** A tree laid out on disk for a sandbox. The host never runs git on it. */
export interface Checkout {
  readonly dir: string;
  readonly gitDir: string;
  readonly tree: string;
  /** What every run on it finds beside it. */
  readonly prepared?: Prepared;
  dispose(): Promise<void>;
}

/** The mirror of one repository on this machine. Ids are full git object ids. */
export interface Repository {
  /** Fetches every branch and pull request head. Throws `Weather`. */
  fetch(access: GitAccess): Promise<void>;
  /** The name of the default branch as last fetched. */
  defaultBranch(): Promise<string>;
  /** The commit a branch points at as last fetched, or null. */
  branch(name: string): Promise<string | null>;
  /** Whether the object is here. */
  has(id: string): Promise<boolean>;
  treeOf(commit: string): Promise<string>;
  parents(commit: string): Promise<readonly string[]>;
  mergeBase(a: string, b: string): Promise<string | null>;
  /**
   * A file of a commit or tree; null when absent or not a regular file. Throws `FileRefused` for one that is over
   * `maxBytes` (default 5 MB) or not UTF-8.
   */
  read(treeish: string, path: string, maxBytes?: number): Promise<string | null>;
  /** Paths of the regular files below `folder` ('' for all). Throws `FileRefused` where there are too many. */
  list(treeish: string, folder: string): Promise<readonly string[]>;
  /** The id of the tree or blob at a path, or null. */
  idOf(treeish: string, path: string): Promise<string | null>;
  /** Throws `FileRefused`, as `diff` and `merge` do, where too much differs to be compared. */
  changes(from: string, to: string): Promise<readonly RawChange[]>;
  /** Messages of the commits that are in `to` and not in `from`, newest first, `most` of them. */
  messages(from: string, to: string, most: number): Promise<readonly { commit: string; message: string }[]>;
  /** Unified diff for people, at most `maxBytes`. */
  diff(from: string, to: string, maxBytes: number): Promise<string>;
  /** A tree like `tree` with these files set, to a text or a blob (or removed with null). Modes are kept, new files are 100644. */
  withFiles(tree: string, files: Readonly<Record<string, NewFile>>): Promise<string>;
  /** Three-way merge without a worktree. */
  merge(ours: string, theirs: string): Promise<{ tree: string } | { conflicts: readonly string[] }>;
  commit(tree: string, parents: readonly string[], message: string): Promise<string>;
  /** Pushes a commit to a branch; refuses (false) when the branch is not at `expected` (null: must not exist). */
  push(permit: Permit, access: GitAccess, commit: string, branch: string, expected: string | null): Promise<boolean>;
  /**
   * Lays a tree out in a fresh folder, without the paths that match `without`. Throws `FileRefused` on a symbolic link
   * that leads out, on paths that cannot be, and on more files or bytes than are laid out.
   */
  checkout(tree: string, without?: readonly string[]): Promise<Checkout>;
  /** Takes in the pack that the sandbox made of a tree; checks it (fsck); returns the tree. Throws on a broken pack. */
  importTree(pack: Uint8Array, tree: string, base: string): Promise<string>;
}

/** Something of the host that a command sees at an absolute path. */
export interface Layer {
  /** A folder, or outside of /work also a file. When the app is root, strangers must be able to read it. */
  readonly host: string;
  /** Below /work it may lie where the tree has a folder or nothing, and leaves an empty folder there. */
  readonly inside: string;
  /** Folders in it, by path, that each run finds empty and may write to, on memory. */
  readonly scratch?: readonly string[];
}

export interface SandboxJob {
  /** Folder on the host that the command sees as /work. */
  readonly tree: string;
  readonly writable: boolean;
  /** Bare repository bound read-only at /repo.git. */
  readonly gitDir?: string;
  /** Bound read-only, over the tree as well; later ones lie over earlier ones. */
  readonly layers?: readonly Layer[];
  /** Folders that the app made for this run, bound writable, over `layers`. Their disk is watched like the tree's. */
  readonly writableLayers?: readonly Layer[];
  /** Unix sockets of the host by name, found at /run/<name>.sock. They are the run's user's alone meanwhile. */
  readonly sockets?: Readonly<Record<string, string>>;
  /** 127.0.0.1:port inside leads to the socket of this name in `sockets`. Costs the start of a Node. */
  readonly ports?: Readonly<Record<number, string>>;
  /** Folders inside that go first on PATH. */
  readonly path?: readonly string[];
  /** argv, or a line for `/bin/sh -c`. */
  readonly command: readonly string[] | string;
  /** A stream (any `Readable`) is a conversation: open until it ends or the run does, which destroys it. */
  readonly stdin?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
  /** No secrets: whatever runs in there reads it. */
  readonly env?: Readonly<Record<string, string>>;
  readonly limits: SandboxLimits;
  readonly signal?: AbortSignal;
  /** Called for each chunk of stdout as it comes. */
  readonly onOutput?: (chunk: Uint8Array) => void;
  /** The same for stderr. */
  readonly onErrors?: (chunk: Uint8Array) => void;
}

export interface SandboxLimits {
  readonly wallMs: number;
  /** Of stdout and stderr together. */
  readonly outputBytes: number;
  readonly memoryMb?: number;
  readonly processes?: number;
  /** How much of the host's disk may go while a command writes to its tree. */
  readonly diskMb?: number;
  /** How many new files a tree or layer that a command writes to may have. */
  readonly files?: number;
  /** Seconds of a processor that all processes of the run may use together. Default two for each of `wallMs`. */
  readonly cpuSeconds?: number;
  /** Longest silence on stdout and stderr. */
  readonly idleMs?: number;
}

export interface SandboxRun {
  readonly exit: number | null;
  readonly ended:
    | 'exited'
    | 'killed-by-signal'
    | 'timed-out'
    | 'fell-silent'
    | 'out-of-cpu'
    | 'too-much-output'
    | 'too-much-memory'
    | 'disk-filled'
    | 'aborted'
    | 'could-not-start';
  readonly stdout: Uint8Array;
  readonly stderr: string;
  readonly ms: number;
}

/** Where untrusted code runs. No sandbox, no run. */
export interface Sandbox {
  /** null when untrusted code may run here, else one plain sentence that says why not and what to do. */
  refusal(): Promise<string | null>;
  /** Runs one command. Never throws for what the command did; throws `SandboxRefused` when `refusal()` is not null. */
  run(job: SandboxJob): Promise<SandboxRun>;
}

/** Thrown instead of running anything when the sandbox does not hold. */
export class SandboxRefused extends Error {
  override readonly name = 'SandboxRefused';
}

/** Why a file, or with the path `.` a whole tree, cannot be used. */
export type FileRefusal =
  | 'too-large'
  | 'not-utf8'
  | 'link-leads-out'
  | 'path-impossible'
  | 'path-twice'
  | 'too-many-files'
  | 'tree-too-large'
  | 'not-compared';

/** A file of the repository that cannot be used as it is. The message says what is wrong with it. */
export class FileRefused extends Error {
  override readonly name = 'FileRefused';
  readonly path: string;
  readonly reason: FileRefusal;
  constructor(path: string, reason: FileRefusal, message: string) {
    super(message);
    this.path = path;
    this.reason = reason;
  }
}

/**
 * Whose trouble it is: `rejection`, this call's or this rejection's own; `installation`, a limit that holds for all of the
 * installation's repositories; `everything`, GitHub does not answer, which others will have noticed, too.
 */
export type WeatherScope = 'rejection' | 'installation' | 'everything';

/** The world's failure, not ours and not the user's: try again later. `retryAfterMs` when the world said when. */
export class Weather extends Error {
  override readonly name = 'Weather';
  readonly retryAfterMs: number | undefined;
  readonly scope: WeatherScope;
  constructor(message: string, retryAfterMs?: number, options: ErrorOptions & { readonly scope?: WeatherScope } = {}) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
    this.scope = options.scope ?? 'rejection';
  }
}

export type ShutBecause =
  | 'repository-gone'
  | 'repository-archived'
  | 'installation-gone'
  | 'installation-suspended'
  | 'app-refused'
  | 'issue-gone'
  | 'issue-locked';

/**
 * Thrown where nothing can be done until a person mends it: waiting does not help. The message says what to do, for the
 * operator. `issue-gone` and `issue-locked` are about one rejection, `app-refused` about everything, the others about a repository.
 */
export class Shut extends Error {
  override readonly name = 'Shut';
  readonly because: ShutBecause;
  constructor(because: ShutBecause, message: string) {
    super(message);
    this.because = because;
  }
}

/**
 * What one case came to on one tree. `error`: the step crashed, timed out, or did not print JSON; `because` says which.
 * `output` may be parsed anew each time that it is looked at.
 */
export type CaseResult =
  | { readonly status: 'output'; readonly output: Json }
  | { readonly status: 'error'; readonly because: string };

/** Runs steps and replays on laid-out trees, in the sandbox. */
export interface Suites {
  /**
   * The output of one command for each input, in order, in a sandbox of its own. Never fewer results than inputs: what
   * did not answer is an error. `personal`: what comes out is about real people, and is not kept beyond this process.
   */
  outputs(
    checkout: Checkout,
    step: Pick<Step, 'run' | 'lines' | 'timeout'> &
      Partial<Pick<Step, 'deterministic'>> & { readonly personal?: boolean },
    inputs: readonly Json[],
    signal?: AbortSignal,
  ): Promise<readonly CaseResult[]>;
  /** What the step's own suite reports on a tree that it may write to, which is its alone. Never throws for what it did. */
  report(checkout: Checkout, report: Report, signal?: AbortSignal): Promise<ReadReport>;
  /** The same suites for judging again on request: nothing is taken that was kept before, and what comes out is kept instead. */
  anew(): Suites;
}

/** An output as it is kept, and in how many runs of one call it came out the same. */
export interface KeptOutput {
  readonly output: Json;
  readonly times: number;
}

/**
 * Outputs that are kept: by place, which stands for everything that the inputs of a call have in common, and by name, which
 * stands for the input. What is damaged, too old or out of reach is not there. Never throws: whatever is kept can be run again.
 */
export interface Results {
  get(place: string, names: readonly string[]): Promise<ReadonlyMap<string, KeptOutput>>;
  /** Keeps these beside what is there; null takes away what was kept under the name. */
  put(place: string, outputs: ReadonlyMap<string, KeptOutput | null>): Promise<void>;
}

/** What an agent is told. Nothing else reaches it (invariant 4). */
export interface Brief {
  readonly approved: ApprovedSpec;
  /** How the step is run. */
  readonly step: Step;
  /** Text of AGENTS.md on base, or ''. */
  readonly instructions: string;
  /** One note per failed round, oldest first. */
  readonly rejected: readonly FailureNote[];
  /** How this one of several agents goes about it; without it as it likes. */
  readonly way?: Way;
  /** What a reviewer wants to be made differently, redacted; empty before there is a review. */
  readonly review: readonly Remark[];
  readonly limits: { readonly minutes: number; readonly tokens: number; readonly money?: number };
}

export type AgentResult =
  | { readonly is: 'candidate'; readonly candidate: Candidate; readonly spent: Spent; readonly summary: string }
  /** The agent says the spec cannot be done, or changed nothing, or ran out of budget, or was stopped by who watches it, or is none here. */
  | {
      readonly is: 'nothing';
      readonly code:
        | 'cannot'
        | 'no-change'
        | 'budget'
        | 'model-unreachable'
        | 'stopped'
        | 'watched'
        | 'unknown'
        | 'broken';
      readonly because: string;
      readonly spent: Spent;
    };

/** One round of an agent. */
export interface Task {
  readonly brief: Brief;
  readonly repository: Repository;
  /** The commit that the work starts from. */
  readonly base: string;
  /** Globs of what the agent does not see. */
  readonly hide: readonly string[];
  /** What the agent's commands find beside the tree. */
  readonly prepared?: Prepared;
  readonly signal: AbortSignal;
  /** Called for each event in order. What it answers is heeded. */
  readonly on: (event: AgentEvent) => Intervention | null;
  /** Told each exchange with a model, for those who make the round again. */
  readonly onEntry?: ((entry: GatewayEntry) => void) | undefined;
}

/** Turns an approved spec into a candidate tree. */
export interface Agent {
  readonly kind: 'recipe' | 'model';
  /** Absent where no model is asked. */
  readonly uses?: AgentUses;
  implement(task: Task): Promise<AgentResult>;
}

/** What a question may cost, and who is told what it came to, whether it was answered or not. */
export interface Purse {
  readonly budget: GatewayBudget;
  readonly onSpent: (spent: Omit<Spent, 'seconds'>) => void;
}

export interface ModelReply {
  readonly text: string;
  readonly tokens: number;
  /** At the operator's price; absent where there is none. */
  readonly money?: number;
}

/**
 * A language model without tools: text in, text out. Throws `Weather` when it cannot be reached or cuts its answer, and
 * `GatewayCut` where its purse holds too little.
 */
export interface Model {
  readonly name: string;
  complete(request: {
    readonly system: string;
    readonly prompt: string;
    readonly temperature?: number;
    readonly seed?: number;
    readonly signal?: AbortSignal;
    readonly purse?: Purse;
  }): Promise<ModelReply>;
}

/** What one run may spend on its model. Tokens are input and output together, money is in the operator's currency. */
export interface GatewayBudget {
  readonly tokens: number;
  readonly requests: number;
  readonly money?: number | undefined;
}

/** One exchange with a model, for those who read it later. Bodies are cut where they are very long; keys are never in them. */
export type GatewayEntry =
  /** As it is sent on. `most`: what it was put aside for. */
  | {
      readonly is: 'asked';
      readonly id: number;
      readonly path: string;
      readonly body: string;
      readonly most: { readonly tokens: number; readonly money?: number };
    }
  /** `whole`: it came to its end, and `body` holds all of it. `tokens`: what it counted for. */
  | {
      readonly is: 'answered';
      readonly id: number;
      readonly status: number;
      readonly body: string;
      readonly whole: boolean;
      readonly tokens: number;
      readonly money?: number;
    }
  /** Nothing was sent on. */
  | { readonly is: 'refused'; readonly path: string; readonly status: number; readonly because: string };

export interface GatewayRun {
  readonly model: NamedModel;
  readonly budget: GatewayBudget;
  /** Ends everything that is under way, and answers nothing any more. */
  readonly signal: AbortSignal;
  readonly onEntry?: ((entry: GatewayEntry) => void) | undefined;
  /** Asked in the place of the endpoint, by who makes a round again. */
  readonly fetch?: typeof fetch | undefined;
}

/** Why a gateway answers nothing any more: what may be spent is spent, or the endpoint refuses the operator's key. */
export class GatewayCut extends Error {
  override readonly name = 'GatewayCut';
  readonly code: 'budget' | 'model-refused';
  constructor(code: GatewayCut['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The only way from one run to its model: it alone has the key, lets through what is known to be harmless, and counts.
 * Whoever asks in vain gets a failure in the shape of the model's API.
 */
export interface Gateway {
  /** Answers as the endpoint would. The host of the request's address means nothing. Never rejects. */
  handle(request: Request): Promise<Response>;
  /** The path of a unix socket that does the same, in a new folder below `dir`. */
  listen(dir: string): Promise<string>;
  /** What was spent so far. `answered`: how often the model answered at all; `money` where its price is known. */
  spent(): { readonly tokens: number; readonly requests: number; readonly money?: number; readonly answered: number };
  /** Aborted with a `GatewayCut` once nothing more will be answered in this run. */
  readonly cut: AbortSignal;
  /** Ends what is under way, which counts as spent, and removes the socket. */
  close(): Promise<void>;
}

/** Files of the product itself: the rubrics that ship, by file name. */
export interface Shipped {
  rubrics(): Promise<Readonly<Record<string, string>>>;
}

export interface Clock {
  /** ISO time in UTC. */
  now(): string;
}

export interface Log {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
  /** From now on account numbers that look like this are hidden in what is told of this repository. */
  hide?(repo: string, accounts: readonly string[]): void;
}

/** Pages that the app shows itself. */
export interface Pages {
  /** Where people see a report, until the end of that day (ISO date, UTC); null where the app has no public address. */
  reportAddress(rejection: RejectionKey, blob: string, until: string): string | null;
  /**
   * Where people see what agents do in the attempt that this label event cleared, and for how many days it is kept; null
   * where the app has no public address.
   */
  transcriptAddress(
    rejection: RejectionKey,
    attempt: number,
  ): { readonly address: string; readonly days: number } | null;
}

/** All that a stage may use. One value per rejection at hand. */
export interface Ports {
  readonly ref: RejectionRef;
  readonly ledger: Ledger;
  readonly reserves: Reserves;
  readonly blobs: Blobs;
  readonly transcripts: Transcripts;
  readonly leave: Leave;
  readonly queue: Queue;
  readonly forge: Forge;
  readonly repository: Repository;
  readonly sandbox: Sandbox;
  readonly suites: Suites;
  readonly preparing: Preparing;
  readonly agents: {
    /** The agent that carries out this rubric's recipe, with what the repository says a recipe needs to know. */
    readonly recipe: (rubric: Rubric, configuration: Configuration) => Agent;
    /** The agent that the configuration asks for, as it stands today; null where the app has no model at all. */
    readonly model: (configuration: Configuration) => Agent | null;
  };
  /** Reads reviews, and looks back at rounds. */
  readonly model: Model | null;
  /** What reads rejections, by what it is asked for. */
  readonly readers: Readonly<Record<ReaderRole, Model | null>>;
  readonly shipped: Shipped;
  readonly pages: Pages;
  readonly clock: Clock;
  readonly log: Log;
}
