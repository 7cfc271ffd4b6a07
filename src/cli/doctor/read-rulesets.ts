import type { Octokit } from '@octokit/rest';
import { type Bypass, type Demands, emptyRuleset, type IdleRuleset, unreadDemands } from '../../domain/protection.ts';
import { GATE } from '../../domain/tell-checks.ts';
import { orHidden } from './http-error.ts';

/** The branch that is asked about. */
export interface Place {
  readonly owner: string;
  readonly repo: string;
  readonly branch: string;
}

type Rule = Awaited<ReturnType<Octokit['rest']['repos']['getBranchRules']>>['data'][number];
type Ruleset = Awaited<ReturnType<Octokit['rest']['repos']['getRepoRuleset']>>['data'];

/** GitHub writes −1 or nothing for "any app". */
export const appOf = (id: number | null | undefined): number | null => (id == null || id === -1 ? null : id);

const kinds: Readonly<Record<string, Bypass['kind']>> = {
  Integration: 'app',
  OrganizationAdmin: 'owners',
  RepositoryRole: 'role',
  Team: 'team',
  DeployKey: 'deploy-keys',
  User: 'person',
};

/** Shown only to who may change the ruleset; null for others. */
const bypassOf = (ruleset: Ruleset | null): readonly Bypass[] | null =>
  ruleset?.bypass_actors?.map(({ actor_type, actor_id, bypass_mode }) => ({
    kind: kinds[actor_type] ?? 'other',
    id: String(actor_id ?? ''),
    pullRequestsOnly: bypass_mode === 'pull_request',
  })) ?? null;

/** A rule added to what its ruleset demands already. Rules that keep nobody from merging what is judged change nothing. */
function withRule(demands: Demands, rule: Rule): Demands {
  switch (rule.type) {
    case 'required_status_checks': {
      const needed = rule.parameters?.required_status_checks ?? [];
      const checks = needed.map(({ context, integration_id }) => ({ name: context, app: appOf(integration_id) }));
      // Without a check GitHub does not look whether the branch is up to date.
      const upToDate = checks.length > 0 && rule.parameters?.strict_required_status_checks_policy === true;
      return { ...demands, checks: [...(demands.checks ?? []), ...checks], upToDate: demands.upToDate || upToDate };
    }
    case 'pull_request': {
      const given = rule.parameters;
      return {
        ...demands,
        pullRequest: true,
        approvals: given?.required_approving_review_count ?? 0,
        dismissesStale: given?.dismiss_stale_reviews_on_push === true,
        lastPush: given?.require_last_push_approval === true,
        conversations: given?.required_review_thread_resolution === true,
        codeOwners: given?.require_code_owner_review === true,
        methods: given?.allowed_merge_methods ?? [],
      };
    }
    case 'merge_queue':
      return { ...demands, queue: true, lastGreen: rule.parameters?.grouping_strategy !== 'ALLGREEN' };
    case 'non_fast_forward':
      return { ...demands, noForcePush: true };
    case 'deletion':
      return { ...demands, noDeletion: true };
    case 'required_signatures':
      return { ...demands, signatures: true };
    case 'update':
      return { ...demands, locked: true };
    default:
      return demands;
  }
}

const requiresSomething = (rules: Ruleset['rules']): boolean =>
  (rules ?? []).some((rule) => {
    if (rule.type === 'pull_request') return (rule.parameters?.required_approving_review_count ?? 0) > 0;
    if (rule.type !== 'required_status_checks') return false;
    return rule.parameters?.required_status_checks.some(({ context }) => context.toLowerCase() === GATE) === true;
  });

/** A ruleset that is not in force on the branch, where it looks as if it was meant to be. */
function idleOf({ name, enforcement, rules }: Ruleset): readonly IdleRuleset[] {
  if (enforcement !== 'active') return [{ name, why: enforcement }];
  return requiresSomething(rules) ? [{ name, why: 'elsewhere' }] : [];
}

/** What all rulesets in force on the branch demand, one by one, the organisation's too; and those that demand nothing. */
export async function readRulesets(
  octokit: Octokit,
  place: Place,
): Promise<{ readonly demands: readonly Demands[]; readonly idle: readonly IdleRuleset[] | null }> {
  const { branch, ...at } = place;
  const { getBranchRules, getRepoRuleset, getRepoRulesets } = octokit.rest.repos;
  const rules = await orHidden(octokit.paginate(getBranchRules, { ...at, branch, per_page: 100 }));
  if (rules === null) return { demands: [unreadDemands('')], idle: null };
  const listed = await orHidden(octokit.paginate(getRepoRulesets, { ...at, per_page: 100 }));
  const detail = async (ruleset_id: number) => (await orHidden(getRepoRuleset({ ...at, ruleset_id })))?.data ?? null;
  const demands = new Map<number, Demands>();
  for (const rule of rules) {
    const id = rule.ruleset_id ?? 0;
    const known = demands.get(id);
    const foreign = rule.ruleset_source_type === 'Repository' ? null : (rule.ruleset_source ?? '');
    const name = listed?.find((one) => one.id === id)?.name ?? `#${id}`;
    demands.set(id, withRule(known ?? emptyRuleset(name, foreign, bypassOf(await detail(id))), rule));
  }
  const others = (listed ?? []).filter(({ id, target }) => !demands.has(id) && (target ?? 'branch') === 'branch');
  const details = await Promise.all(others.map(({ id }) => detail(id)));
  const seen = listed !== null && !details.includes(null);
  const idle = details.flatMap((one) => (one === null ? [] : idleOf(one)));
  return { demands: [...demands.values()], idle: seen ? idle : null };
}
