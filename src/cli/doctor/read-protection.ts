import type { Octokit } from '@octokit/rest';
import { demanded, type Protection } from '../../domain/protection.ts';
import { GATE } from '../../domain/tell-checks.ts';
import { isHttpError, isLimit, orHidden } from './http-error.ts';
import { readBranchProtection } from './read-branch-protection.ts';
import { type Place, readRulesets } from './read-rulesets.ts';

/** Where GitHub looks for code owners, in its order. */
const CODE_OWNERS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];
/** Statuses are set on heads, and squashed away: so a few of the latest pull requests are looked at. */
const LATEST_PULLS = 5;

async function hasCodeOwners(octokit: Octokit, { owner, repo }: Place): Promise<boolean | null> {
  let hidden = false;
  for (const path of CODE_OWNERS) {
    try {
      await octokit.rest.repos.getContent({ owner, repo, path });
      return true;
    } catch (error) {
      if (!isHttpError(error) || isLimit(error) || (error.status !== 403 && error.status !== 404)) throw error;
      hidden ||= error.status === 403;
    }
  }
  return hidden ? null : false;
}

async function hasGateStatus(octokit: Octokit, { owner, repo, branch }: Place): Promise<boolean | null> {
  const latest = { state: 'all', sort: 'updated', direction: 'desc', per_page: LATEST_PULLS } as const;
  const pulls = await orHidden(octokit.rest.pulls.list({ owner, repo, ...latest }));
  const refs = [branch, ...(pulls?.data ?? []).map(({ head }) => head.sha)];
  const ask = (ref: string) =>
    orHidden(octokit.rest.repos.getCombinedStatusForRef({ owner, repo, ref, per_page: 100 }));
  const answers = await Promise.all(refs.map(ask));
  if (answers.some((one) => one?.data.statuses.some(({ context }) => context === GATE))) return true;
  return pulls === null || answers.includes(null) ? null : false;
}

/** Reads everything that decides how a branch is protected. What the token may not see is null, never left out. */
export async function readProtection(
  octokit: Octokit,
  place: Place,
  known: Pick<Protection, 'app' | 'configured' | 'squash'>,
): Promise<Protection> {
  const rulesets = await readRulesets(octokit, place);
  const demands = [...rulesets.demands, ...(await readBranchProtection(octokit, place))];
  const required = demands.some(({ checks }) => checks?.some(({ name }) => name === GATE));
  const owners = demanded(demands, 'codeOwners') === true;
  return {
    ...known,
    demands,
    idle: rulesets.idle,
    codeOwnersFile: owners ? await hasCodeOwners(octokit, place) : null,
    gateStatus: required ? await hasGateStatus(octokit, place) : null,
  };
}
