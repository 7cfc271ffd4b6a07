import { mayWrite, type Permission } from '../../../src/domain/approval.ts';
import type {
  BranchRules,
  Forge,
  LabelEvent,
  PullRequest,
  RequiredCheck,
  Reviewers,
  ReviewThread,
  SubmittedReview,
} from '../../../src/ports.ts';
import type { SmallRepository } from './small-repository.ts';

export const BOT = 'corrigible[bot]';
export const APP = 1;

interface StoredComment {
  readonly id: number;
  readonly on: number;
  readonly by: string;
  readonly byPerson: boolean;
  readonly marker: string | null;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
}

interface StoredCheck {
  readonly head: string;
  readonly name: string;
  readonly app: number;
  readonly stamp: string;
  /** When it was posted. */
  readonly at?: string;
  readonly conclusion: string | null;
  readonly text: string;
}

/** What GitHub knows in a small world. Tests change it as people would. */
export interface ForgeState {
  readonly issue: { title: string; body: string; author: string; open: boolean; labels: string[]; closedBy: string };
  /** Issues that the app opened. */
  readonly opened: {
    readonly number: number;
    readonly title: string;
    readonly body: string;
    readonly labels: readonly string[];
    open: boolean;
  }[];
  readonly events: LabelEvent[];
  readonly comments: StoredComment[];
  readonly roles: Map<string, Permission>;
  /** GitHub's ids of those who were ever told with one. */
  readonly ids: Map<string, number>;
  /** The head is the branch's, read when asked. */
  pull: {
    readonly number: number;
    readonly branch: string;
    readonly title: string;
    readonly body: string;
    open: boolean;
    draft: boolean;
    merged: boolean;
  } | null;
  /** Pull requests that take a merged fix back. */
  readonly reverts: {
    readonly number: number;
    readonly branch: string;
    readonly title: string;
    readonly body: string;
  }[];
  /** Who was asked to review, one entry for each time. */
  readonly asked: Reviewers[];
  /** People and teams that GitHub does not let be asked. */
  readonly unaskable: string[];
  readonly reviews: SubmittedReview[];
  readonly checks: StoredCheck[];
  required: RequiredCheck[];
  rules: Omit<BranchRules, 'checks' | 'upToDate' | 'queue'>;
  threads: ReviewThread[];
  /** What GitHub says instead of merging, oldest first; it merges when none is left. */
  readonly refusals: string[];
  upToDate: boolean;
  /** Heads in the merge queue; null where there is none. */
  queue: string[] | null;
  readonly statuses: { name: string; state: string }[];
  readonly merges: { readonly head: string; readonly title: string; readonly body: string }[];
}

export const firstState = (): ForgeState => ({
  issue: { title: '', body: '', author: 'rita', open: true, labels: ['rejection'], closedBy: '' },
  opened: [],
  events: [],
  comments: [],
  roles: new Map([
    ['alice', 'admin'],
    ['bob', 'write'],
    ['carol', 'write'],
    ['tom', 'triage'],
    ['rita', 'read'],
    ['robot', 'admin'],
  ]),
  ids: new Map(),
  pull: null,
  asked: [],
  unaskable: [],
  reverts: [],
  reviews: [],
  checks: [],
  required: [],
  rules: { approvals: 0, codeOwners: false, conversations: false },
  threads: [],
  refusals: [],
  upToDate: false,
  queue: null,
  statuses: [],
  merges: [],
});

function pullRequestOf(state: ForgeState, repository: SmallRepository): PullRequest {
  const { pull } = state;
  if (pull === null) throw new Error('no pull request');
  const { number, open, merged, draft, branch } = pull;
  return {
    number,
    open,
    merged,
    mergeSha: merged ? (repository.remote.get('main') ?? null) : null,
    draft,
    author: BOT,
    head: repository.remote.get(branch) ?? state.merges.at(-1)?.head ?? '',
    headBranch: branch,
    base: repository.remote.get('main') ?? '',
    baseBranch: 'main',
    mergeable: true,
    behind: false,
    labels: [],
  };
}

/** The writes of the small forge, each with GitHub's own safeguards: a merge of another head moves nothing. */
function writes(state: ForgeState, repository: SmallRepository, now: () => string) {
  const post: Forge['postComment'] = async (_, on, marker, body) => {
    const [id, at] = [(state.comments.at(-1)?.id ?? 0) + 1, now()];
    state.comments.push({ id, on, by: BOT, byPerson: false, marker, body, createdAt: at, updatedAt: at });
    return id;
  };
  const edit: Forge['editComment'] = async (_, id, __, body) => {
    const found = state.comments.find((comment) => comment.id === id);
    if (found !== undefined) Object.assign(found, { body, updatedAt: now() });
    return found !== undefined;
  };
  const open: Forge['openPullRequest'] = async (_, { branch, title, body }) => {
    if (state.pull === null) state.pull = { number: 100, branch, title, body, open: true, draft: false, merged: false };
    if (state.pull.branch === branch) return state.pull.number;
    // GitHub allows one per branch.
    const known = state.reverts.find((revert) => revert.branch === branch);
    if (known !== undefined) return known.number;
    state.reverts.push({ number: 101 + state.reverts.length, branch, title, body });
    return 100 + state.reverts.length;
  };
  const postChecks: Forge['postChecks'] = async (_, head, stamp, checks, look) => {
    const shown: string[] = [];
    for (const { name, conclusion, title, summary } of checks) {
      const stands = look && state.checks.find((c) => c.head === head && c.name === name && c.stamp === stamp);
      const check = { head, name, app: APP, stamp, conclusion, text: `${title}\n${summary}`, at: now() };
      if (!stands) state.checks.push(check);
      shown.push((stands || check).at ?? '');
    }
    return shown.sort().at(-1) || null;
  };
  const merge: Forge['merge'] = async (_, __, approval, { title, body }) => {
    const { pull } = state;
    const at = pullRequestOf(state, repository);
    const refusal = state.refusals.shift();
    if (refusal !== undefined) return { merged: false, why: 'refused', message: refusal };
    if (pull === null || at.head !== approval.head) return { merged: false, why: 'moved', message: 'Head moved' };
    const result = await repository.merge(at.base, at.head);
    if ('conflicts' in result) return { merged: false, why: 'refused', message: 'Conflict' };
    const sha = await repository.commit(result.tree, [at.base], title);
    repository.remote.set('main', sha);
    state.merges.push({ head: at.head, title, body });
    Object.assign(pull, { merged: true, open: false });
    return { merged: true, sha };
  };
  return { post, edit, open, postChecks, merge };
}

const marked = (marker: string): string => `<!-- ${marker} -->`;

/** GitHub in memory, with state, for one rejection. It forgives nothing that GitHub would not. */
export function smallForge(state: ForgeState, repository: SmallRepository, now: () => string): Forge {
  const { post, edit, open, postChecks, merge } = writes(state, repository, now);
  return {
    repo: 'acme/shop',
    me: { login: BOT, app: APP },
    issue: async (number) => ({
      ...state.issue,
      labels: [...state.issue.labels],
      number,
      authorIsPerson: true,
      isPullRequest: false,
    }),
    labelEvents: async () => [...state.events],
    comments: async (on) => state.comments.filter((comment) => comment.on === on).map((comment) => ({ ...comment })),
    comment: async (id) => {
      const found = state.comments.find((comment) => comment.id === id);
      return found === undefined ? null : { ...found };
    },
    wasEdited: async (id) => {
      const found = state.comments.find((comment) => comment.id === id);
      return found?.updatedAt !== found?.createdAt;
    },
    findComments: async (on, marker) =>
      state.comments.filter((comment) => comment.on === on && comment.marker === marker).map(({ id }) => id),
    postComment: post,
    deleteComment: async (_, id) =>
      void state.comments.splice(
        state.comments.findIndex((comment) => comment.id === id),
        1,
      ),
    editComment: edit,
    findIssues: async (line) =>
      state.opened
        .filter(({ body }) => body.split('\n').includes(line))
        .map(({ number, open: isOpen }) => ({ number, open: isOpen })),
    openIssue: async (_, { title, body, labels }) => {
      const number = 8 + state.opened.length;
      state.opened.push({ number, title, body, labels, open: true });
      return number;
    },
    closeIssue: async (_, number) =>
      void Object.assign(state.opened.find((one) => one.number === number) ?? state.issue, {
        open: false,
        closedBy: BOT,
      }),
    reopenIssue: async () => void Object.assign(state.issue, { open: true }),
    ensureLabels: async () => [],
    permission: async (login) => state.roles.get(login) ?? 'none',
    writers: async () => ['alice', 'bob', 'carol'].filter((login) => mayWrite(state.roles.get(login) ?? 'none')),
    pullRequest: async () => pullRequestOf(state, repository),
    openPullRequest: open,
    requestReview: async (_, __, reviewers) => {
      state.asked.push(reviewers);
      return [...reviewers.people, ...reviewers.teams].every((name) => !state.unaskable.includes(name));
    },
    reviews: async () => [...state.reviews],
    reviewThreads: async () => state.threads,
    hasReplied: async (_, marker) =>
      state.threads.some(({ comments }) =>
        comments.some(({ by, body }) => by === BOT && body.includes(marked(marker))),
      ),
    replyToThread: async (_, __, comment, marker, body) => {
      const at = state.threads.findIndex(({ comments }) => comments[0]?.id === comment);
      const thread = state.threads[at];
      if (thread === undefined) return false;
      const reply = { id: now().length, review: null, by: BOT, byPerson: false, body: `${body}${marked(marker)}` };
      state.threads[at] = { ...thread, comments: [...thread.comments, reply] };
      return true;
    },
    resolveThread: async (_, id) => {
      state.threads = state.threads.map((thread) => (thread.id === id ? { ...thread, isResolved: true } : thread));
    },
    postChecks,
    checks: async (head) => {
      const ofHead = state.checks.filter((check) => check.head === head);
      return ofHead.filter((c, i) => ofHead.findLastIndex((d) => d.name === c.name && d.app === c.app) === i);
    },
    branchRules: async () => ({
      ...state.rules,
      checks: state.required,
      upToDate: state.upToDate,
      queue: state.queue !== null,
    }),
    statuses: async () => state.statuses,
    merge,
    enqueue: async (_, __, { head }) => {
      if (state.queue?.includes(head)) return { queued: true };
      if (pullRequestOf(state, repository).head !== head) return { queued: false, message: 'Head moved' };
      state.queue?.push(head);
      return { queued: true };
    },
    dequeue: async () => {
      if (state.queue !== null) state.queue = [];
      return true;
    },
    isQueued: async () => (state.queue?.length ?? 0) > 0,
    deleteBranch: async (_, branch) => void repository.remote.delete(branch),
    gitAccess: async () => ({ url: 'memory:', token: null }),
  };
}
