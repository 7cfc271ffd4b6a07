import { COMMANDS, type CommandName } from '../../domain/command.ts';
import { at, id, isoTime, known, list, repositoryName, sha, text } from './event-fields.ts';

/** What a webhook may be about. It says where to look; what holds is read afresh. */
interface About {
  readonly issue?: number;
  /** Labels that the issue had when it happened; absent when that was not told. */
  readonly labels?: readonly string[];
  readonly pullRequest?: number;
  /** `owner:branch` for a branch of a fork. */
  readonly branch?: string;
  readonly sha?: string;
}

/** A commit that a merge queue is about to make the tip of a branch. */
export interface AskedGroup {
  readonly head: string;
  readonly base: string;
  /** The branch that it is for. */
  readonly into: string;
  /** The pull request that is merged by it onto `base`; 0 where its branch does not tell. */
  readonly pull: number;
  /** Why it is destroyed, in GitHub's word; '' where that is not said. */
  readonly because: string;
}

interface AskedOn {
  readonly comment: number;
  readonly by: string;
  readonly on: number;
}

type What =
  | 'issue'
  | 'comment'
  | 'label'
  | 'pull-request'
  | 'review'
  | 'push'
  | 'check'
  | 'group'
  | 'repository'
  | 'installation'
  | 'other';

/** A repository as an event names it: the id stays through every rename. */
export interface NamedRepository {
  readonly id: number;
  /** `owner/name` as it was when the event happened. */
  readonly name: string;
  /** When the repository itself was last changed, ISO time: of two names the one with the later time holds. */
  readonly asOf: string | null;
}

/** A webhook in our own words. */
export interface GithubEvent {
  /** GitHub's name of the webhook, where it is known. */
  readonly guid?: string;
  readonly installation: number;
  /** `owner/name`; of several the first; null when it is about none. */
  readonly repo: string | null;
  /** All of them: only an event about an installation has several. */
  readonly repos: readonly string[];
  /** The same with their ids. */
  readonly repository: NamedRepository | null;
  readonly repositories: readonly NamedRepository[];
  readonly about: About;
  readonly by: { readonly login: string; readonly id?: number; readonly isPerson: boolean } | null;
  readonly what: What;
  /** GitHub's word; '' when the event has none. A push is `created`, `deleted` or `pushed`. */
  readonly action: string;
  /** A merge group whose checks are asked for, or (action `destroyed`) not any more. */
  readonly group?: AskedGroup;
  /** A new comment on a pull request that asks to judge it again. */
  readonly recheck?: { readonly comment: number; readonly by: string };
  /** A new comment, on an issue or a pull request (`on`), that asks to stop what is under way, or to undo a merged fix. */
  readonly stop?: AskedOn;
  readonly undo?: AskedOn;
  /** The same of any other command. */
  readonly command?: AskedOn & { readonly command: CommandName };
  /** A branch of the repository itself that somebody moved, and where to. */
  readonly pushed?: { readonly branch: string; readonly head: string; readonly by: string; readonly byId?: number };
}

/** Absent when any of them cannot be read. */
function labelsOf(payload: unknown): readonly string[] | undefined {
  const labels = at(payload, 'issue', 'labels');
  if (!Array.isArray(labels)) return undefined;
  const names = labels.map((label) => text(at(label, 'name')));
  return names.every((name) => name !== undefined) ? names : undefined;
}

const aboutIssue = (payload: unknown): About => {
  const number = id(at(payload, 'issue', 'number'));
  const isPull = at(payload, 'issue', 'pull_request') != null;
  return isPull ? known<About>({ pullRequest: number }) : known<About>({ issue: number, labels: labelsOf(payload) });
};

/** A branch of a fork may be named like one of ours; its label, `owner:branch`, is no name that git allows. */
function headBranch(pull: unknown): string | undefined {
  const repository = id(at(pull, 'head', 'repo', 'id'));
  const own = repository !== undefined && repository === id(at(pull, 'base', 'repo', 'id'));
  return text(at(pull, 'head', own ? 'ref' : 'label'));
}

const aboutPull = (payload: unknown): About => {
  const pull = at(payload, 'pull_request');
  const head = sha(at(pull, 'head', 'sha'));
  return known<About>({ pullRequest: id(at(pull, 'number')), branch: headBranch(pull), sha: head });
};

const branchOf = (ref: unknown): string | undefined => text(ref)?.match(/^refs\/heads\/(.+)$/s)?.[1];

const aboutPush = (payload: unknown): About =>
  known<About>({ branch: branchOf(at(payload, 'ref')), sha: sha(at(payload, 'after')) });

/** `check_run` and `check_suite` share their form; a run's branch is told by its suite. */
const aboutCheck =
  (name: 'check_run' | 'check_suite') =>
  (payload: unknown): About => {
    const check = at(payload, name);
    const suite = name === 'check_run' ? at(check, 'check_suite') : check;
    const pullRequest = id(at(check, 'pull_requests', 0, 'number'));
    return known<About>({ pullRequest, branch: text(at(suite, 'head_branch')), sha: sha(at(check, 'head_sha')) });
  };

const aboutStatus = (payload: unknown): About => known<About>({ sha: sha(at(payload, 'sha')) });
const aboutNothing = (): About => ({});

/** GitHub names a group's branch `gh-readonly-queue/<base>/pr-<number>-<sha>`. */
function groupOf(event: string, payload: unknown): AskedGroup | undefined {
  const group = event === 'merge_group' ? at(payload, 'merge_group') : undefined;
  const [head, base, into] = [sha(at(group, 'head_sha')), sha(at(group, 'base_sha')), branchOf(at(group, 'base_ref'))];
  if (head === undefined || base === undefined || into === undefined) return undefined;
  const number = /^gh-readonly-queue\/.+\/pr-(\d{1,15})-[0-9a-f]+$/s.exec(branchOf(at(group, 'head_ref')) ?? '')?.[1];
  return { head, base, into, pull: id(Number(number)) ?? 0, because: text(at(payload, 'reason'), 50) ?? '' };
}

/** GitHub's events that may concern a rejection; all else is `other`. */
const events: Readonly<Record<string, { readonly what: What; about(payload: unknown): About }>> = {
  issues: { what: 'issue', about: aboutIssue },
  issue_comment: { what: 'comment', about: aboutIssue },
  pull_request: { what: 'pull-request', about: aboutPull },
  pull_request_review: { what: 'review', about: aboutPull },
  pull_request_review_comment: { what: 'comment', about: aboutPull },
  pull_request_review_thread: { what: 'comment', about: aboutPull },
  push: { what: 'push', about: aboutPush },
  check_run: { what: 'check', about: aboutCheck('check_run') },
  check_suite: { what: 'check', about: aboutCheck('check_suite') },
  status: { what: 'check', about: aboutStatus },
  merge_group: { what: 'group', about: aboutNothing },
  repository: { what: 'repository', about: aboutNothing },
  installation: { what: 'installation', about: aboutNothing },
  installation_repositories: { what: 'installation', about: aboutNothing },
};

const byOf = (sender: unknown): GithubEvent['by'] => {
  const login = text(at(sender, 'login'));
  if (login === undefined) return null;
  return known<NonNullable<GithubEvent['by']>>({
    login,
    id: id(at(sender, 'id')),
    isPerson: at(sender, 'type') === 'User',
  });
};

/** An event about an installation lists what it reaches, or only what came and went. */
function namedIn(payload: unknown): readonly unknown[] {
  if (repositoryName(at(payload, 'repository', 'full_name')) !== undefined) return [at(payload, 'repository')];
  return ['repositories', 'repositories_added', 'repositories_removed'].flatMap((name) => list(at(payload, name)));
}

function reposOf(named: readonly unknown[]): readonly string[] {
  const names = named.map((one) => repositoryName(at(one, 'full_name')));
  return [...new Set(names.filter((name) => name !== undefined))];
}

function repositoriesOf(named: readonly unknown[]): readonly NamedRepository[] {
  const found = new Map<number, NamedRepository>();
  for (const one of named) {
    const [number, name] = [id(at(one, 'id')), repositoryName(at(one, 'full_name'))];
    if (number === undefined || name === undefined) continue;
    found.set(number, { id: number, name, asOf: isoTime(at(one, 'updated_at')) ?? null });
  }
  return [...found.values()];
}

function actionOf(event: string, payload: unknown): string {
  if (event !== 'push') return text(at(payload, 'action')) ?? '';
  if (at(payload, 'deleted') === true) return 'deleted';
  return at(payload, 'created') === true ? 'created' : 'pushed';
}

/** A push is told twice when the branch has a pull request; one of the two may get lost. */
function pushedOf(event: string, action: string, about: About, by: GithubEvent['by']): GithubEvent['pushed'] {
  const told = event === 'push' || (event === 'pull_request' && action === 'synchronize');
  const { branch, sha: head } = about;
  if (!told || branch === undefined || head === undefined || (event !== 'push' && branch.includes(':')))
    return undefined;
  return known<NonNullable<GithubEvent['pushed']>>({ branch, head, by: by?.login ?? '', byId: by?.id });
}

/** A command that a person begins a new comment with. */
function commanded(name: string, what: What, action: string, payload: unknown, by: GithubEvent['by']) {
  const comment = id(at(payload, 'comment', 'id'));
  const [, word] = /^\s{0,20}\/([a-z-]{1,20})\b/.exec(text(at(payload, 'comment', 'body'), 70_000) ?? '') ?? [];
  if (what !== 'comment' || action !== 'created' || word !== name || comment === undefined || !by?.isPerson)
    return undefined;
  return { comment, by: by.login };
}

/** The comments of a diff are numbered apart: the one that is read again later would be another. */
function askedOn(name: string, event: string, action: string, payload: unknown, by: GithubEvent['by']) {
  const found = event === 'issue_comment' ? commanded(name, 'comment', action, payload, by) : undefined;
  const on = id(at(payload, 'issue', 'number'));
  return found === undefined || on === undefined ? undefined : { ...found, on };
}

/** The command that a person gives, of those that share one way of being followed. */
function commandOf(event: string, action: string, payload: unknown, by: GithubEvent['by']): GithubEvent['command'] {
  for (const command of COMMANDS) {
    const asked = askedOn(command, event, action, payload, by);
    if (asked !== undefined) return { ...asked, command };
  }
  return undefined;
}

function parsed(payload: unknown): unknown {
  if (!(payload instanceof Uint8Array)) return payload;
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return null;
  }
}

/**
 * Translates a webhook at the door: `payload` as bytes or parsed. Null when it is about no installation or not
 * readable. Never throws, whatever it is given.
 */
export function eventOf(delivery: {
  readonly event: string;
  readonly payload: unknown;
  readonly guid?: string;
}): GithubEvent | null {
  const payload = parsed(delivery.payload);
  const installation = id(at(payload, 'installation', 'id'));
  if (installation === undefined) return null;
  const kind = Object.hasOwn(events, delivery.event) ? events[delivery.event] : undefined;
  const action = actionOf(delivery.event, payload);
  const about = kind?.about(payload) ?? {};
  const by = byOf(at(payload, 'sender'));
  const named = namedIn(payload);
  const repos = reposOf(named);
  const repositories = repositoriesOf(named);
  const repository = repositories[0] ?? null;
  const labels = (kind?.what === 'issue' || kind?.what === 'pull-request') && /^(?:un)?labeled$/.test(action);
  const what = labels ? 'label' : (kind?.what ?? 'other');
  const pushed = pushedOf(delivery.event, action, about, by);
  const places = { repo: repos[0] ?? null, repos, repository, repositories };
  const recheck = commanded('recheck', what, action, payload, by);
  const stop = askedOn('stop', delivery.event, action, payload, by);
  const undo = askedOn('undo', delivery.event, action, payload, by);
  const command = commandOf(delivery.event, action, payload, by);
  const { guid } = delivery;
  const group = groupOf(delivery.event, payload);
  const told = {
    ...(group && { group }),
    ...(guid !== undefined && { guid }),
    ...(pushed && { pushed }),
    ...(recheck && { recheck }),
    ...(stop && { stop }),
    ...(undo && { undo }),
    ...(command && { command }),
  };
  return { installation, ...places, about, by, what, action, ...told };
}
