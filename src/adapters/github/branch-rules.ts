import { githubTrouble } from '../../domain/messages/github.ts';
import { type BranchRules, type Forge, type RequiredCheck, Weather } from '../../ports.ts';
import { allPages, type GithubRepository, PER_PAGE } from './repository.ts';

/** GitHub writes −1 or nothing for "any app". */
const appOf = (id: number | null | undefined): number | null => (id == null || id === -1 ? null : id);

async function fromRules({ octokit, at }: GithubRepository, branch: string): Promise<BranchRules> {
  const read = (page: number) => octokit.rest.repos.getBranchRules({ ...at, branch, per_page: PER_PAGE, page });
  const rules = (await allPages(read)).flatMap((rule) => (rule.type === 'required_status_checks' ? [rule] : []));
  const checks = rules.flatMap(({ parameters }) =>
    (parameters?.required_status_checks ?? []).map(
      ({ context, integration_id }): RequiredCheck => ({ name: context, app: appOf(integration_id) }),
    ),
  );
  return {
    checks,
    upToDate: rules.some(({ parameters }) => parameters?.strict_required_status_checks_policy === true),
  };
}

/** The branch itself tells the checks of its protection; the protection's own page is for administrators. */
async function fromProtection({ octokit, at }: GithubRepository, branch: string): Promise<BranchRules> {
  const { data } = await octokit.rest.repos.getBranch({ ...at, branch });
  if (typeof data?.protected !== 'boolean') throw new Weather(githubTrouble.unreadable());
  const required = data.protection?.required_status_checks;
  const pinned = (required?.checks ?? []).map(({ context, app_id }) => ({ name: context, app: appOf(app_id) }));
  const named = (required?.contexts ?? []).filter((context) => !pinned.some(({ name }) => name === context));
  return { checks: [...pinned, ...named.map((name) => ({ name, app: null }))], upToDate: required?.strict === true };
}

/** Either rulesets or branch protection may hold the policy, so both are read. */
export const branchRules =
  (on: GithubRepository): Forge['branchRules'] =>
  async (branch) => {
    const both = [await fromRules(on, branch), await fromProtection(on, branch)];
    const checks = both.flatMap((one) => one.checks);
    return {
      checks: [...new Map(checks.map((check) => [JSON.stringify([check.name, check.app]), check])).values()],
      upToDate: both.some(({ upToDate }) => upToDate),
    };
  };
