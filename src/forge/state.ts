import type { Protection, Ruleset } from './branch-rules.ts';
import type { Reaction } from './reaction.ts';

/**
 * Everything the forge knows that is not in a git repository. Plain JSON, so that a snapshot of it is a restart.
 * Times are GitHub's: ISO 8601 in UTC with whole seconds. Ids grow strictly, so they order what shares a second.
 */
export interface State {
  nextId: number;
  users: User[];
  tokens: UserToken[];
  installations: Installation[];
  installationTokens: InstallationToken[];
  manifests: Manifest[];
  repositories: Repository[];
  /** Names that repositories had; each leads to where its repository is now. */
  formerNames: FormerName[];
  webhookUrl: string | null;
}

export const roles = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;
export type Role = (typeof roles)[number];
export type Level = 'read' | 'write';
export type Permissions = Record<string, Level>;

export interface User {
  id: number;
  login: string;
  name: string | null;
  type: 'User' | 'Bot';
}

interface UserToken {
  token: string;
  login: string;
}

/** The app on one account; each account has at most one. */
export interface Installation {
  id: number;
  account: string;
  permissions: Permissions;
  events: string[];
  createdAt: string;
  suspendedAt?: string | null;
}

interface FormerName {
  owner: string;
  name: string;
  repository: number;
}

export interface InstallationToken {
  token: string;
  installation: number;
  /** Ids of the repositories it is narrowed to; null for all of the installation's. */
  repositories: number[] | null;
  permissions: Permissions;
  /** Milliseconds since 1970. */
  expires: number;
}

interface Manifest {
  code: string;
  manifest: Record<string, unknown>;
}

export const mergeMethods = ['merge', 'squash', 'rebase'] as const;
export type MergeMethod = (typeof mergeMethods)[number];

export interface Repository {
  id: number;
  owner: string;
  name: string;
  private: boolean;
  defaultBranch: string;
  createdAt: string;
  pushedAt: string;
  /** When its name, owner or settings last changed; absent before the first time. */
  updatedAt?: string;
  archived?: boolean;
  /** The repository that it is a copy of, by a person who may change it. */
  forkOf?: number;
  /** The only ways of merging that the settings allow; absent for all. */
  mergeMethods?: MergeMethod[];
  /** Issues that are no longer here: deleted, or gone to another repository. */
  departed?: DepartedIssue[];
  nextNumber: number;
  collaborators: Record<string, Role>;
  /** Members by slug, of the owner's teams that may write here. */
  teams?: Record<string, string[]>;
  labels: Label[];
  issues: Issue[];
  comments: Comment[];
  events: IssueEvent[];
  reactions: Reaction[];
  pulls: Pull[];
  reviews: Review[];
  reviewComments: ReviewComment[];
  checkSuites: CheckSuite[];
  checkRuns: CheckRun[];
  statuses: Status[];
  protections: Record<string, Protection>;
  rulesets: Ruleset[];
  /** Pull requests that wait to be merged, the next first. */
  mergeQueue?: QueueEntry[];
}

export interface QueueEntry {
  id: number;
  pull: number;
  /** The head that was put in. */
  head: string;
  by: string;
  at: string;
  /** What its checks are asked for; null until it is built. */
  group: QueueGroup | null;
}

/** A pull request merged onto the base, or onto the group before it. */
export interface QueueGroup {
  head: string;
  base: string;
  ref: string;
  baseRef: string;
}

export interface DepartedIssue {
  number: number;
  to: { repository: number; number: number } | null;
}

export interface Label {
  id: number;
  name: string;
  color: string;
  description: string | null;
}

/** An issue or the issue half of a pull request, as on GitHub. */
export interface Issue {
  id: number;
  number: number;
  isPull: boolean;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  stateReason: 'completed' | 'not_planned' | 'duplicate' | 'reopened' | null;
  author: string;
  /** True when the app made it, so that `performed_via_github_app` can be told. */
  viaApp: boolean;
  labels: string[];
  assignees: string[];
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  closedBy: string | null;
  /** Only people who may write may comment. Absent where it never was. */
  locked?: boolean;
}

export interface Comment {
  id: number;
  issue: number;
  body: string;
  author: string;
  viaApp: boolean;
  createdAt: string;
  updatedAt: string;
  /** Absent before the first edit. */
  editedAt?: string;
}

export interface IssueEvent {
  id: number;
  issue: number;
  event: `${'un' | ''}${'labeled' | 'assigned' | 'locked'}` | 'closed' | 'reopened' | 'renamed' | 'merged';
  actor: string;
  viaApp: boolean;
  createdAt: string;
  label?: { name: string; color: string };
  assignee?: string;
  rename?: { from: string; to: string };
  commit?: string;
}

export interface Pull {
  number: number;
  head: string;
  /** The repository that the head lies in, where that is another. */
  fork?: number;
  headSha: string;
  base: string;
  /** The tip of the base when the pull request was closed; while it is open, git is asked. */
  baseSha: string;
  draft: boolean;
  merged: boolean;
  mergedAt: string | null;
  mergedBy: string | null;
  mergeSha: string | null;
  requestedReviewers: string[];
  /** Slugs; absent for none. */
  requestedTeams?: string[];
  /** Who moved the head last. */
  lastPusher: string;
}

export interface Review {
  id: number;
  pull: number;
  author: string;
  body: string;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
  commit: string;
  submittedAt: string;
}

export interface ReviewComment {
  id: number;
  pull: number;
  review: number;
  author: string;
  body: string;
  path: string;
  line: number | null;
  side: 'LEFT' | 'RIGHT';
  commit: string;
  replyTo: number | null;
  /** Of the thread that it began; absent until somebody resolves it. */
  resolved?: boolean;
  diffHunk: string;
  createdAt: string;
  updatedAt: string;
}

/** An app as a check names it: the forge's own, or another one that a test lets report. */
export interface CheckApp {
  id: number;
  slug: string;
}

export interface CheckSuite {
  id: number;
  app: CheckApp;
  headSha: string;
  headBranch: string | null;
  createdAt: string;
}

export interface CheckRun {
  id: number;
  suite: number;
  app: CheckApp;
  name: string;
  headSha: string;
  externalId: string;
  detailsUrl: string | null;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: string | null;
  startedAt: string | null;
  completedAt: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  annotations: Record<string, unknown>[];
}

export interface Status {
  id: number;
  sha: string;
  state: 'error' | 'failure' | 'pending' | 'success';
  context: string;
  description: string | null;
  targetUrl: string | null;
  creator: string;
  createdAt: string;
}

/** A forge before anybody came. */
export function emptyState(): State {
  return {
    nextId: 1001,
    users: [],
    tokens: [],
    installations: [],
    installationTokens: [],
    manifests: [],
    repositories: [],
    formerNames: [],
    webhookUrl: null,
  };
}
