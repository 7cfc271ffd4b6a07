import type { AskedGroup, GithubEvent } from './adapters/github/event.ts';
import type { SweepLedger } from './adapters/github/sweep-pass.ts';
import type { Fact } from './domain/fact.ts';
import { hashOf } from './domain/hash.ts';
import { hasLabel, LABELS } from './domain/labels.ts';
import { byOf, isKnown, personOf } from './domain/person.ts';
import type { RejectionKey } from './domain/rejection.ts';
import type { Proposal, Stage, Standing } from './domain/stage.ts';
import { standingOf } from './domain/standing.ts';
import type { Ledger } from './ports.ts';

/** Rejections whose facts are read at once when somebody pushes to the repository. */
const AT_ONCE = 200;
/** Stages that a push to the base branch may move. */
const MOVED_BY_BASE = new Set(['accepted', 'drafted', 'cleared', 'halted', 'proven', 'proposed', 'merged', 'returned']);
/** The rejection that a branch of ours belongs to. A fork's branch is told as `owner:branch` and is nobody's. */
function ofBranch(repo: string, branch: string | undefined): RejectionKey | undefined {
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
  those(repo, ledger, ({ stage }) => headOf(stage) === sha);

const headOf = (stage: Stage): string | null =>
  stage.name === 'proposed' ? stage.proposal.head : stage.name === 'guarded' ? stage.pull.head : null;

/** What may begin or end the judging of somebody's pull request. */
const FINDS = new Set(['opened', 'reopened', 'synchronize', 'edited', 'ready_for_review', 'closed']);

/** A pull request that the app did not open is looked at when it begins, and from then on only where it is judged. */
async function concernedByPull(
  event: GithubEvent,
  key: RejectionKey,
  ledger: Ledger,
): Promise<readonly RejectionKey[]> {
  const begins = event.what === 'pull-request' && FINDS.has(event.action);
  const { stage } = standingOf(await ledger.read(key));
  // A merge group may have asked before anything else was known of it.
  if (stage.name === 'new') return begins ? [key] : [];
  if (stage.name !== 'guarded' && stage.name !== 'closed') return [];
  const { sha, pullRequest } = event.about;
  // Who pushed cannot be read again later.
  if (event.action === 'synchronize' && sha !== undefined && pullRequest !== undefined)
    await noteOnce(ledger, key, {
      kind: 'head-moved',
      head: sha,
      ...byOf({ login: event.by?.login ?? '', id: event.by?.id ?? null }),
    });
  return [key];
}

/** Only these events tell of a merge group. What no pull request can be read from goes to the repository's own ledger. */
async function concernedByGroup(
  action: string,
  { head, base, into, pull, because }: AskedGroup,
  repo: string,
  ledger: Ledger,
): Promise<readonly RejectionKey[]> {
  const key = (pull === 0 ? undefined : await ledger.ofPullRequest(repo, pull)) ?? `${repo}#${pull}`;
  if (action === 'checks_requested') {
    await noteOnce(ledger, key, { kind: 'group-asked', head, base, into, pull });
    return [key];
  }
  const { groups, last } = standingOf(await ledger.read(key));
  if (groups.some((group) => group.head === head)) await noteOnce(ledger, key, { kind: 'group-gone', head, because });
  return last === 0 ? [] : [key];
}

/** GitHub's button asks to judge a commit again; nothing that can be read later tells of that. */
async function askedAgain(event: GithubEvent, repo: string, ledger: Ledger): Promise<readonly RejectionKey[]> {
  const { by, guid } = event;
  const { sha } = event.about;
  if (sha === undefined || by === null || !by.isPerson) return [];
  const keys = await those(repo, ledger, ({ stage, groupHeads }) => headOf(stage) === sha || groupHeads.includes(sha));
  const fact: Fact = {
    kind: 'recheck-requested',
    head: sha,
    by: by.login,
    comment: null,
    ...(guid && { delivery: guid }),
  };
  for (const key of keys) await noteOnce(ledger, key, fact);
  return keys;
}

/** Records what only this event tells, whatever is written meanwhile, and however often the event is drained. */
async function noteOnce(ledger: Ledger, key: RejectionKey, fact: Fact): Promise<void> {
  const hash = hashOf(fact);
  for (let tries = 0; tries < 20; tries++) {
    const recorded = await ledger.read(key);
    if (recorded.some((one) => one.fact.kind === fact.kind && hashOf(one.fact) === hash)) return;
    if (await ledger.append(key, recorded.at(-1)?.seq ?? 0, [fact])) return;
  }
}

/** What base is may decide about all that is open, fixes that are still watched, and what nothing could be compared with. */
const concernedByBase = (repo: string, ledger: Ledger): Promise<readonly RejectionKey[]> =>
  those(repo, ledger, ({ stage }) =>
    stage.name === 'guarded'
      ? stage.judged?.verdict.held === 'neutral' || stage.queued !== null
      : MOVED_BY_BASE.has(stage.name) && !('outcome' in stage && stage.outcome !== null),
  );

const isSettled = ({ lastPusher }: Proposal): boolean => lastPusher === null || isKnown(lastPusher);

/** A push by a person to a branch of ours is a fact about that rejection: who pushed cannot be read again later. */
async function concernedByPush(
  repo: string,
  pushed: NonNullable<GithubEvent['pushed']>,
  ledger: Ledger,
): Promise<readonly RejectionKey[]> {
  // Of groups their own event tells.
  if (pushed.branch.startsWith('gh-readonly-queue/')) return [];
  const key = ofBranch(repo, pushed.branch);
  if (key === undefined) {
    // Whoever opens a pull request for it later need not be who pushed, and nothing tells that then.
    const by = personOf(pushed);
    if (isKnown(by)) await ledger.notePush(repo, pushed.head, by);
    return concernedByBase(repo, ledger);
  }
  for (let tries = 0; tries < 20; tries++) {
    const { stage, last } = standingOf(await ledger.read(key));
    if (stage.name !== 'proposed' || stage.proposal.branch !== pushed.branch) break;
    if (stage.proposal.head === pushed.head && isSettled(stage.proposal)) break;
    if (await ledger.append(key, last, [{ kind: 'head-moved', head: pushed.head, ...byOf(personOf(pushed)) }])) break;
  }
  return [key];
}

/** What somebody asks for is kept with what it is about; an issue that nothing is known of has nothing to stop or undo. */
async function noteAsked({ stop, undo, command, about }: GithubEvent, keys: readonly RejectionKey[], ledger: Ledger) {
  const asks = stop !== undefined || undo !== undefined || command !== undefined;
  for (const key of asks ? keys : []) {
    const isNew = (await ledger.read(key)).length === 0;
    // Somebody may be quicker with a hint than the app with the rejection.
    if (isNew && (command === undefined || !hasLabel(about.labels ?? [], LABELS.rejection))) continue;
    if (command !== undefined) await noteOnce(ledger, key, { kind: 'command-asked', ...command });
    if (stop !== undefined) await noteOnce(ledger, key, { kind: 'stop-asked', ...stop });
    if (undo !== undefined) await noteOnce(ledger, key, { kind: 'undo-asked', ...undo });
  }
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
  if (repo === null) return [];
  // Also of what the app itself put into the queue.
  if (event.group !== undefined) return concernedByGroup(event.action, event.group, repo, ledger);
  if (event.by?.login === me) return [];
  const keys = await concerned(event, repo, ledger);
  await noteAsked(event, keys, ledger);
  return keys;
}

async function concerned(event: GithubEvent, repo: string, ledger: Ledger): Promise<readonly RejectionKey[]> {
  const { about } = event;
  if (event.action === 'rerequested') return askedAgain(event, repo, ledger);
  const ofOurs = ofBranch(repo, event.pushed?.branch) !== undefined;
  if (event.pushed !== undefined && (event.what === 'push' || ofOurs))
    return concernedByPush(repo, event.pushed, ledger);
  if (about.pullRequest !== undefined) {
    // A person may be quicker than the fact that the pull request was opened: its branch tells whose it is.
    const key = (await ledger.ofPullRequest(repo, about.pullRequest)) ?? ofBranch(repo, about.branch);
    if (key === undefined) return concernedByPull(event, `${repo}#${about.pullRequest}`, ledger);
    if (event.recheck !== undefined) await noteOnce(ledger, key, { kind: 'recheck-asked', ...event.recheck });
    return [key];
  }
  if (about.issue !== undefined) return concernedByIssue(`${repo}#${about.issue}`, about.labels, ledger);
  return about.sha === undefined ? [] : concernedByCommit(repo, about.sha, ledger);
}

/** What the sweep asks, of the ledger and of `me`, the app's own account. */
export const forSweeps = (ledger: Ledger, me: () => Promise<string>): SweepLedger => ({
  ofPullRequest: async (repo, number, branch) =>
    (await ledger.ofPullRequest(repo, number)) ?? ofBranch(repo, branch ?? undefined) ?? `${repo}#${number}`,
  ofBase: (repo) => concernedByBase(repo, ledger),
  // What else a comment tells is read afresh.
  ofCommand: async (repo, event) =>
    event.stop === undefined && event.undo === undefined && event.recheck === undefined && event.command === undefined
      ? []
      : concernedBy(event, repo, ledger, await me()),
  open: (repo) => ledger.ofRepository(repo),
});
