import type { GithubEvent } from './adapters/github/event.ts';
import { hasLabel, LABELS } from './domain/labels.ts';
import type { RejectionKey } from './domain/rejection.ts';
import type { Standing } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import type { Ledger } from './ports.ts';

/** Rejections whose facts are read at once when somebody pushes to the repository. */
const AT_ONCE = 200;
/** Stages that a push to the base branch may move. */
const MOVED_BY_BASE = new Set(['accepted', 'drafted', 'cleared', 'proven', 'proposed', 'merged']);
/** The rejection that a branch of ours belongs to. A fork's branch is told as `owner:branch` and is nobody's. */
export function ofBranch(repo: string, branch: string | undefined): RejectionKey | undefined {
  const issue = /^corrigible\/(\d+)-\d+$/.exec(branch ?? '')?.[1];
  return issue === undefined ? undefined : `${repo}#${issue}`;
}

/** The repository's rejections whose standing fits. */
async function those(
  repo: string,
  ledger: Ledger,
  fits: (standing: Standing) => boolean,
): Promise<readonly RejectionKey[]> {
  const open = await ledger.ofRepository(repo);
  const found: RejectionKey[] = [];
  for (let at = 0; at < open.length; at += AT_ONCE) {
    const read = await ledger.readAll(open.slice(at, at + AT_ONCE));
    for (const [key, recorded] of read) if (fits(standingOf(recorded))) found.push(key);
  }
  return found;
}

/**
 * Most of what happens on issues concerns no rejection, and looking at each would cost calls of GitHub. An issue that has
 * no facts, and had not the label when this happened, is passed over: setting the label is an event of its own.
 */
async function concernedByIssue(
  key: RejectionKey,
  labels: readonly string[] | undefined,
  ledger: Ledger,
): Promise<readonly RejectionKey[]> {
  if (labels === undefined || hasLabel(labels, LABELS.rejection)) return [key];
  return (await ledger.read(key)).length > 0 ? [key] : [];
}

/** A check or status of somebody else's on a head that waits for it. */
const concernedByCommit = (repo: string, sha: string, ledger: Ledger) =>
  those(repo, ledger, ({ stage }) => stage.name === 'proposed' && stage.proposal.head === sha);

/** What base is may decide about all that is open, and about fixes that are still watched. */
export const concernedByBase = (repo: string, ledger: Ledger): Promise<readonly RejectionKey[]> =>
  those(
    repo,
    ledger,
    ({ stage }) => MOVED_BY_BASE.has(stage.name) && !(stage.name === 'merged' && stage.outcome !== null),
  );

/** A push by a person to a branch of ours is a fact about that rejection: who pushed cannot be read again later. */
async function concernedByPush(
  repo: string,
  pushed: NonNullable<GithubEvent['pushed']>,
  ledger: Ledger,
): Promise<readonly RejectionKey[]> {
  const key = ofBranch(repo, pushed.branch);
  if (key === undefined) return concernedByBase(repo, ledger);
  for (let tries = 0; tries < 20; tries++) {
    const { stage, last } = standingOf(await ledger.read(key));
    if (stage.name !== 'proposed' || stage.proposal.branch !== pushed.branch) break;
    if (stage.proposal.head === pushed.head && stage.proposal.lastPusher !== '') break;
    if (await ledger.append(key, last, [{ kind: 'head-moved', head: pushed.head, by: pushed.by }])) break;
  }
  return [key];
}

/**
 * Rejections that an event may concern. `repo` is the ledger's name of its repository, null when it is about none, and
 * `me` the app's own account. The event only says where to look; what holds is read afresh.
 */
export async function concernedBy(
  event: GithubEvent,
  repo: string | null,
  ledger: Ledger,
  me: string,
): Promise<readonly RejectionKey[]> {
  const { about } = event;
  if (repo === null || event.by?.login === me) return [];
  if (event.pushed !== undefined) return concernedByPush(repo, event.pushed, ledger);
  if (about.pullRequest !== undefined) {
    // A person may be quicker than the fact that the pull request was opened: its branch tells whose it is.
    const key = (await ledger.ofPullRequest(repo, about.pullRequest)) ?? ofBranch(repo, about.branch);
    return key === undefined ? [] : [key];
  }
  if (about.issue !== undefined) return concernedByIssue(`${repo}#${about.issue}`, about.labels, ledger);
  return about.sha === undefined ? [] : concernedByCommit(repo, about.sha, ledger);
}
