import { githubTrouble } from '../../domain/messages/github.ts';
import { type Forge, type RequiredCheck, Weather } from '../../ports.ts';
import { allPages, type GithubRepository, PER_PAGE } from './repository.ts';

/** GitHub writes −1 or nothing for "any app". */
const appOf = (id: number | null | undefined): number | null => (id == null || id === -1 ? null : id);

async function fromRules({ octokit, at }: GithubRepository, branch: string): Promise<RequiredCheck[]> {
  const read = (page: number) => octokit.rest.repos.getBranchRules({ ...at, branch, per_page: PER_PAGE, page });
  return (await allPages(read)).flatMap((rule) => {
    if (rule.type !== 'required_status_checks') return [];
    const required = rule.parameters?.required_status_checks ?? [];
    return required.map(({ context, integration_id }) => ({ name: context, app: appOf(integration_id) }));
  });
}

/** The branch itself tells the checks of its protection; the protection's own page is for administrators. */
async function fromProtection({ octokit, at }: GithubRepository, branch: string): Promise<RequiredCheck[]> {
  const { data } = await octokit.rest.repos.getBranch({ ...at, branch });
  if (typeof data?.protected !== 'boolean') throw new Weather(githubTrouble.unreadable());
  const required = data.protection?.required_status_checks;
  const pinned = (required?.checks ?? []).map(({ context, app_id }) => ({ name: context, app: appOf(app_id) }));
  const named = (required?.contexts ?? []).filter((context) => !pinned.some(({ name }) => name === context));
  return [...pinned, ...named.map((name) => ({ name, app: null }))];
}

/** Either rulesets or branch protection may hold the policy, so both are read. */
export const requiredChecks =
  (on: GithubRepository): Forge['requiredChecks'] =>
  async (branch) => {
    const all = [...(await fromRules(on, branch)), ...(await fromProtection(on, branch))];
    return [...new Map(all.map((check) => [JSON.stringify([check.name, check.app]), check])).values()];
  };
