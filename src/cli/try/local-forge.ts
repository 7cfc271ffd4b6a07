import { LABELS } from '../../domain/labels.ts';
import type { Comment, Forge, GitAccess, LabelEvent, Leave } from '../../ports.ts';

/** The one person there is: reports, maintains, and decides. */
const YOU = 'you';
const BOT = 'corrigible[bot]';

export interface LocalForge extends Forge {
  /** Everything the app said, oldest first. */
  readonly said: readonly Comment[];
  /** Edits a comment as the person at the terminal. */
  edit(id: number, body: string): void;
  /** Sets the label that starts a fix. */
  clear(): void;
}

export interface LocalIssue {
  readonly title: string;
  readonly body: string;
}

/** Nobody else works here, and GitHub limits nothing. */
export const aloneHere: Leave = { toWrite: async () => 10_000 };

/** A pull request would be a write to somebody's GitHub, and this never gets so far. */
function notHere(): never {
  throw new Error('a local try ends before the pull request');
}

/** What begins where this ends. */
const withPullRequests = {
  pullRequest: notHere,
  openPullRequest: notHere,
  requestReview: notHere,
  reviews: notHere,
  reviewThreads: notHere,
  hasReplied: notHere,
  replyToThread: notHere,
  resolveThread: notHere,
  postChecks: notHere,
  checks: notHere,
  branchRules: notHere,
  enqueue: notHere,
  isQueued: notHere,
  dequeue: notHere,
  statuses: notHere,
  merge: notHere,
  deleteBranch: notHere,
};

/**
 * One issue in memory, for the stages before a pull request. It is not GitHub and does not imitate it: there are no
 * permissions to check, because the only person is the one who runs this on a clone of their own.
 */
export function localForge(repo: string, access: GitAccess, issue: LocalIssue, now: () => string): LocalForge {
  const comments: Comment[] = [];
  const labels: string[] = [LABELS.rejection];
  const events: LabelEvent[] = [];
  const replace = (id: number, body: string): boolean => {
    const at = comments.findIndex((comment) => comment.id === id);
    const known = comments[at];
    if (known !== undefined) comments[at] = { ...known, body, updatedAt: now() };
    return known !== undefined;
  };
  const post = (body: string): number => {
    const id = comments.length + 1;
    comments.push({ id, by: BOT, byPerson: false, body, createdAt: now(), updatedAt: now() });
    return id;
  };
  const forge = {
    repo,
    me: { login: BOT, app: 0 },
    said: comments,
    edit: replace,
    clear: () => {
      labels.push(LABELS.clear);
      const by = { by: YOU, byPerson: true, viaApp: false };
      events.push({ id: events.length + 1, label: LABELS.clear, on: true, ...by, at: now() });
    },
    issue: async (number) => ({
      ...issue,
      number,
      author: YOU,
      authorIsPerson: true,
      open: true,
      labels: [...labels],
      isPullRequest: false,
      closedBy: null,
    }),
    labelEvents: async () => [...events],
    comments: async () => [...comments],
    comment: async (id) => comments.find((comment) => comment.id === id) ?? null,
    wasEdited: async (id) => {
      const found = comments.find((comment) => comment.id === id);
      return found?.updatedAt !== found?.createdAt;
    },
    findComments: async () => [],
    postComment: async (_, __, ___, body) => post(body),
    editComment: async (_, id, __, body) => replace(id, body),
    deleteComment: async () => {},
    findIssues: async () => [],
    openIssue: notHere,
    closeIssue: async () => {},
    reopenIssue: async () => {},
    ensureLabels: async () => [],
    permission: async () => 'admin',
    writers: async () => [YOU],
    ...withPullRequests,
    gitAccess: async () => access,
  } satisfies LocalForge;
  return forge;
}
