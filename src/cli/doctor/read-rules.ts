import type { Octokit } from '@octokit/rest';
import type { Demands } from './rules.ts';

interface Place {
  readonly owner: string;
  readonly repo: string;
}

/** GitHub writes −1 or nothing for "any app". */
const appOf = (id: number | null | undefined): number | null => (id == null || id === -1 ? null : id);

const statusOf = (error: unknown): number | null =>
  error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : null;

/** All active rules on the branch, the organisation's too. */
async function fromRulesets(octokit: Octokit, at: Place, branch: string): Promise<Demands> {
  const rules = await octokit.paginate(octokit.rest.repos.getBranchRules, { ...at, branch, per_page: 100 });
  const checks: Demands['checks'][number][] = [];
  let upToDate: Demands['upToDate'] = 'no';
  let approvals = 0;
  for (const rule of rules) {
    if (rule.type === 'merge_queue') upToDate = 'queue';
    if (rule.type === 'pull_request')
      approvals = Math.max(approvals, rule.parameters?.required_approving_review_count ?? 0);
    if (rule.type !== 'required_status_checks') continue;
    for (const { context, integration_id } of rule.parameters?.required_status_checks ?? [])
      checks.push({ name: context, app: appOf(integration_id) });
    if (rule.parameters?.strict_required_status_checks_policy === true && upToDate === 'no') upToDate = 'strict';
  }
  return { checks, upToDate, approvals };
}

const nothing: Demands = { checks: [], upToDate: 'no', approvals: 0 };

/** The checks stand on the branch itself; the rest only on the protection's own page, which is for administrators. */
async function fromProtection(octokit: Octokit, at: Place, branch: string): Promise<Demands> {
  const { data } = await octokit.rest.repos.getBranch({ ...at, branch });
  if (data.protection?.enabled !== true) return nothing;
  const required = data.protection.required_status_checks;
  const pinned = (required?.checks ?? []).map(({ context, app_id }) => ({ name: context, app: appOf(app_id) }));
  const named = (required?.contexts ?? []).filter((context) => !pinned.some(({ name }) => name === context));
  const checks = [...pinned, ...named.map((name) => ({ name, app: null }))];
  try {
    const { data: whole } = await octokit.rest.repos.getBranchProtection({ ...at, branch });
    const approvals = whole.required_pull_request_reviews?.required_approving_review_count ?? 0;
    return { checks, upToDate: whole.required_status_checks?.strict === true ? 'strict' : 'no', approvals };
  } catch (error) {
    const status = statusOf(error);
    if (status !== 403 && status !== 404) throw error;
    return { checks, upToDate: null, approvals: null };
  }
}

/** Either rulesets or branch protection may hold the policy, so both are read and the stricter word counts. */
export async function readDemands(octokit: Octokit, at: Place, branch: string): Promise<Demands> {
  const rules = await fromRulesets(octokit, at, branch);
  const protection = await fromProtection(octokit, at, branch);
  const approvals = (rules.approvals ?? 0) > 0 ? rules.approvals : protection.approvals;
  return {
    checks: [...rules.checks, ...protection.checks],
    upToDate: rules.upToDate === 'no' ? protection.upToDate : rules.upToDate,
    approvals,
  };
}
