import type { Protection, Ruleset } from '../branch-rules.ts';
import type { Repository } from '../state.ts';
import { fullName, type World } from '../world.ts';

/** Required checks; the deprecated `contexts` go along, as GitHub's schema wants them. */
export function statusChecksShape(url: string, checks: NonNullable<Protection['checks']>) {
  return {
    url: `${url}/protection/required_status_checks`,
    enforcement_level: 'non_admins',
    strict: checks.strict,
    contexts: checks.required.map((one) => one.context),
    contexts_url: `${url}/protection/required_status_checks/contexts`,
    checks: checks.required.map(({ context, appId }) => ({ context, app_id: appId })),
  };
}

export function protectionShape(world: World, repository: Repository, branch: string, protection: Protection) {
  const branchUrl = `${world.url}/repos/${fullName(repository)}/branches/${branch}`;
  const url = `${branchUrl}/protection`;
  const { checks, reviews } = protection;
  return {
    url,
    ...(checks ? { required_status_checks: statusChecksShape(branchUrl, checks) } : {}),
    ...(reviews
      ? {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            dismiss_stale_reviews: reviews.dismissStale,
            require_code_owner_reviews: reviews.codeOwners,
            require_last_push_approval: reviews.lastPushApproval,
            required_approving_review_count: reviews.count,
          },
        }
      : {}),
    enforce_admins: { url: `${url}/enforce_admins`, enabled: protection.enforceAdmins },
    required_linear_history: { enabled: protection.linearHistory },
    allow_force_pushes: { enabled: protection.forcePushes ?? false },
    allow_deletions: { enabled: protection.deletions ?? false },
    required_conversation_resolution: { enabled: protection.conversations ?? false },
    lock_branch: { enabled: protection.locked ?? false },
  };
}

/** A ruleset as the API shows it; with those who may pass over it only for who may change it. */
export function rulesetShape(world: World, repository: Repository, ruleset: Ruleset, mayChange = false) {
  const { id, name, enforcement, include, exclude, rules, createdAt, organisation } = ruleset;
  const at = `repos/${fullName(repository)}/rulesets/${id}`;
  return {
    id,
    name,
    target: 'branch',
    source_type: organisation ? 'Organization' : 'Repository',
    source: organisation ?? fullName(repository),
    enforcement,
    ...(mayChange ? { bypass_actors: ruleset.bypassActors ?? [] } : {}),
    conditions: { ref_name: { include, exclude } },
    rules,
    node_id: `RRS_${id}`,
    created_at: createdAt,
    updated_at: createdAt,
    _links: {
      self: { href: `${world.url}/${at}` },
      html: { href: `${world.url}/${fullName(repository)}/rules/${id}` },
    },
  };
}
