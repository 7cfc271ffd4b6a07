import type { RequiredCheck, Ruleset } from './branch-rules.ts';
import { membersOf, ownersOfChanges } from './code-owners.ts';
import { isAncestor } from './git-repository.ts';
import type { MergeMethod, Pull, Repository, Review } from './state.ts';
import { type Actor, actorRole, gitDirectory, isAtLeast, roleOf, sameName, type World } from './world.ts';

interface Policy {
  readonly required: readonly RequiredCheck[];
  readonly strict: boolean;
  readonly reviews: number;
  readonly lastPushApproval: boolean;
  readonly codeOwners: boolean;
  readonly conversations: boolean;
}

/** Why the base branch does not take this pull request yet, in GitHub's words; empty when it does. */
export async function unmetRequirements(
  world: World,
  repository: Repository,
  pull: Pull,
  baseSha: string,
  actor?: Actor,
): Promise<string[]> {
  const policies = policiesFor(repository, pull.base, actor);
  const unmet = policies.flatMap((policy) => [
    ...unmetReviews(repository, pull, policy),
    ...unmetChecks(repository, pull.headSha, policy.required),
  ]);
  if (policies.some((policy) => policy.codeOwners))
    unmet.push(...(await unmetOwners(gitDirectory(world, repository), repository, pull, baseSha)));
  if (policies.some((policy) => policy.conversations)) unmet.push(...unmetConversations(repository, pull));
  const strict = policies.some((policy) => policy.strict);
  if (strict && !(await isAncestor(gitDirectory(world, repository), baseSha, pull.headSha))) {
    unmet.push('Head branch is not up to date with the base branch');
  }
  return [...new Set(unmet)];
}

/** True when merges into this branch go through a queue. */
export const hasQueue = (repository: Repository, branch: string): boolean =>
  activeRulesets(repository, branch).some(({ rules }) => rules.some(({ type }) => type === 'merge_queue'));

/** What the checks that a branch requires say of a commit that is to become its tip. */
export function checksOn(repository: Repository, branch: string, sha: string): 'passing' | 'failing' | 'waiting' {
  const required = policiesFor(repository, branch, undefined).flatMap((policy) => policy.required);
  const verdicts = required.map((check) => verdictOn(repository, sha, check));
  if (verdicts.includes('failing')) return 'failing';
  return verdicts.every((verdict) => verdict === 'passing') ? 'passing' : 'waiting';
}

/** True when pull requests are the only way into this branch for that actor. */
export function needsPullRequest(repository: Repository, branch: string, actor: Actor): boolean {
  return policiesFor(repository, branch, actor).some((policy) => policy.reviews > 0);
}

function policiesFor(repository: Repository, branch: string, actor: Actor | undefined): Policy[] {
  const protection = repository.protections[branch];
  // Branch protection does not bind administrators unless it says so; rulesets bind everybody.
  const bypassed =
    actor?.kind === 'user' && !protection?.enforceAdmins && isAtLeast(actorRole(repository, actor), 'admin');
  const fromProtection = protection && !bypassed ? [protectionPolicy(protection)] : [];
  return [...fromProtection, ...activeRulesets(repository, branch).map(rulesetPolicy)];
}

function protectionPolicy(protection: Repository['protections'][string]): Policy {
  return {
    required: protection.checks?.required ?? [],
    strict: protection.checks?.strict ?? false,
    reviews: protection.reviews?.count ?? 0,
    lastPushApproval: protection.reviews?.lastPushApproval ?? false,
    codeOwners: protection.reviews?.codeOwners ?? false,
    conversations: protection.conversations ?? false,
  };
}

/** True when a push to the head of a pull request takes its approvals away. */
export function dismissesStaleApprovals(repository: Repository, branch: string): boolean {
  const byRuleset = activeRulesets(repository, branch).some((ruleset) =>
    ruleset.rules.some((rule) => rule.type === 'pull_request' && rule.parameters?.['dismiss_stale_reviews_on_push']),
  );
  return byRuleset || repository.protections[branch]?.reviews?.dismissStale === true;
}

/** The rulesets in force on a branch. */
export function activeRulesets(repository: Repository, branch: string): Ruleset[] {
  const matches = (pattern: string) =>
    pattern === '~ALL' ||
    (pattern === '~DEFAULT_BRANCH' && branch === repository.defaultBranch) ||
    new RegExp(`^${pattern.split('*').map(escapePattern).join('.*')}$`).test(`refs/heads/${branch}`);
  return repository.rulesets.filter(
    (ruleset) => ruleset.enforcement === 'active' && ruleset.include.some(matches) && !ruleset.exclude.some(matches),
  );
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Whether a ruleset narrows the ways of merging to others than this. */
export function rulesetAllows(ruleset: Ruleset, method: MergeMethod): boolean {
  const rule = ruleset.rules.find(({ type }) => type === 'pull_request');
  const { allowed_merge_methods: allowed } = (rule?.parameters ?? {}) as RulesetParameters;
  return allowed === undefined || allowed.includes(method);
}

interface RulesetParameters {
  allowed_merge_methods?: MergeMethod[];
  required_approving_review_count?: number;
  require_last_push_approval?: boolean;
  require_code_owner_review?: boolean;
  required_review_thread_resolution?: boolean;
  strict_required_status_checks_policy?: boolean;
  required_status_checks?: { context: string; integration_id?: number }[];
}

function rulesetPolicy(ruleset: Ruleset): Policy {
  const parameters = (type: string) =>
    (ruleset.rules.find((rule) => rule.type === type)?.parameters ?? {}) as RulesetParameters;
  const checks = parameters('required_status_checks');
  const reviews = parameters('pull_request');
  return {
    required: (checks.required_status_checks ?? []).map((one) => ({
      context: one.context,
      appId: one.integration_id ?? null,
    })),
    strict: checks.strict_required_status_checks_policy ?? false,
    reviews: reviews.required_approving_review_count ?? 0,
    lastPushApproval: reviews.require_last_push_approval ?? false,
    codeOwners: reviews.require_code_owner_review ?? false,
    conversations: reviews.required_review_thread_resolution ?? false,
  };
}

function unmetReviews(repository: Repository, pull: Pull, policy: Policy): string[] {
  if (policy.reviews === 0) return [];
  const latest = latestReviews(repository, pull.number).filter((review) =>
    isAtLeast(roleOf(repository, review.author), 'write'),
  );
  if (latest.some((review) => review.state === 'CHANGES_REQUESTED')) return ['Changes have been requested'];
  const approvals = latest.filter((review) => review.state === 'APPROVED');
  const wanted = policy.reviews === 1 ? '1 approving review is' : `${policy.reviews} approving reviews are`;
  const missing = `At least ${wanted} required by reviewers with write access.`;
  if (approvals.length < policy.reviews) return [missing];
  const byOthers = approvals.some((review) => !sameName(review.author, pull.lastPusher));
  return policy.lastPushApproval && !byOthers
    ? ['New changes require approval from someone other than the last pusher.']
    : [];
}

/** One owner of each file that has any has to approve. */
async function unmetOwners(directory: string, repository: Repository, pull: Pull, baseSha: string): Promise<string[]> {
  const approvals = latestReviews(repository, pull.number).filter((review) => review.state === 'APPROVED');
  const approved = (owner: string) =>
    membersOf(repository, owner).some((login) => approvals.some(({ author }) => sameName(author, login)));
  const owned = await ownersOfChanges(directory, repository, baseSha, pull.headSha);
  const waiting = owned.filter((owners) => owners.length > 0 && !owners.some(approved)).flat();
  return waiting.length === 0 ? [] : [`Waiting on code owner review from ${[...new Set(waiting)].join(' and/or ')}.`];
}

function unmetConversations(repository: Repository, pull: Pull): string[] {
  const roots = repository.reviewComments.filter((one) => one.pull === pull.number && one.replyTo === null);
  const open = roots.some((root) => root.resolved !== true);
  return open ? ['A conversation must be resolved before this pull request can be merged.'] : [];
}

/** The last review of each person that says yes or no; a comment changes neither. */
function latestReviews(repository: Repository, pull: number): Review[] {
  const latest = new Map<string, Review>();
  for (const review of repository.reviews) {
    if (review.pull !== pull || review.state === 'COMMENTED' || review.state === 'PENDING') continue;
    latest.set(review.author, review);
  }
  return [...latest.values()];
}

const passing = new Set(['success', 'neutral', 'skipped']);

function unmetChecks(repository: Repository, sha: string, required: readonly RequiredCheck[]): string[] {
  const verdicts = required.map((check) => ({ context: check.context, verdict: verdictOn(repository, sha, check) }));
  const expected = verdicts.filter(({ verdict }) => verdict === 'expected');
  if (expected.length > 1) return [`${expected.length} of ${required.length} required status checks are expected.`];
  return verdicts
    .filter(({ verdict }) => verdict !== 'passing')
    .map(({ context, verdict }) => `Required status check "${context}" is ${verdict}.`);
}

/** A check and a status of the required name must both pass, where both exist. */
function verdictOn(repository: Repository, sha: string, { context, appId }: RequiredCheck): string {
  const runs = repository.checkRuns.filter((run) => run.headSha === sha && run.name === context);
  const run = runs.filter((one) => appId === null || appId === -1 || one.app.id === appId).at(-1);
  const status = appId
    ? undefined
    : repository.statuses.filter((one) => one.sha === sha && one.context === context).at(-1);
  if (!run && !status) return 'expected';
  if (run?.status === 'queued' || run?.status === 'in_progress')
    return run.status === 'queued' ? 'queued' : 'in progress';
  if (status?.state === 'pending') return 'pending';
  const good = (!run || passing.has(run.conclusion ?? '')) && (!status || status.state === 'success');
  return good ? 'passing' : 'failing';
}
