import { githubTrouble } from '../../domain/messages/github.ts';
import { type BranchRules, type Forge, type RequiredCheck, Weather } from '../../ports.ts';
import { allPages, type GithubRepository, PER_PAGE } from './repository.ts';

/** GitHub writes −1 or nothing for "any app". */
const appOf = (id: number | null | undefined): number | null => (id == null || id === -1 ? null : id);

type Rule = Awaited<ReturnType<GithubRepository['octokit']['rest']['repos']['getBranchRules']>>['data'][number];
type FromProtection = Pick<BranchRules, 'checks' | 'upToDate'>;

/** Of several rulesets the strictest holds. */
function fromRules(rules: readonly Rule[]): BranchRules {
  const required = rules.flatMap((rule) => (rule.type === 'required_status_checks' ? [rule.parameters] : []));
  const reviews = rules.flatMap((rule) => (rule.type === 'pull_request' ? [rule.parameters] : []));
  const checks = required.flatMap((one) =>
    (one?.required_status_checks ?? []).map(
      ({ context, integration_id }): RequiredCheck => ({ name: context, app: appOf(integration_id) }),
    ),
  );
  return {
    checks,
    upToDate: required.some((one) => one?.strict_required_status_checks_policy === true),
    queue: rules.some(({ type }) => type === 'merge_queue'),
    approvals: Math.max(0, ...reviews.map((one) => one?.required_approving_review_count ?? 0)),
    codeOwners: reviews.some((one) => one?.require_code_owner_review === true),
    conversations: reviews.some((one) => one?.required_review_thread_resolution === true),
  };
}

/** The branch itself tells the checks of its protection; the protection's own page is for administrators. */
async function fromProtection({ octokit, at }: GithubRepository, branch: string): Promise<FromProtection> {
  const { data } = await octokit.rest.repos.getBranch({ ...at, branch });
  if (typeof data?.protected !== 'boolean') throw new Weather(githubTrouble.unreadable());
  const required = data.protection?.required_status_checks;
  const pinned = (required?.checks ?? []).map(({ context, app_id }) => ({ name: context, app: appOf(app_id) }));
  const named = (required?.contexts ?? []).filter((context) => !pinned.some(({ name }) => name === context));
  return {
    checks: [...pinned, ...named.map((name) => ({ name, app: null }))],
    upToDate: required?.strict === true,
  };
}

/** Either rulesets or branch protection may hold the policy, so both are read. */
export const branchRules =
  (on: GithubRepository): Forge['branchRules'] =>
  async (branch) => {
    const { octokit, at } = on;
    const read = (page: number) => octokit.rest.repos.getBranchRules({ ...at, branch, per_page: PER_PAGE, page });
    const rules = fromRules(await allPages(read));
    const protection = await fromProtection(on, branch);
    const checks = [...rules.checks, ...protection.checks];
    return {
      ...rules,
      checks: [...new Map(checks.map((check) => [JSON.stringify([check.name, check.app]), check])).values()],
      upToDate: rules.upToDate || protection.upToDate,
    };
  };
