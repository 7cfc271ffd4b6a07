import type { Octokit } from '@octokit/rest';
import { type Bypass, type Demands, type NeededCheck, unreadDemands } from '../../domain/protection.ts';
import { isHttpError, orHidden } from './http-error.ts';
import { appOf, type Place } from './read-rulesets.ts';

type Protection = Awaited<ReturnType<Octokit['rest']['repos']['getBranchProtection']>>['data'];

interface Required {
  readonly contexts?: readonly string[];
  readonly checks?: readonly { readonly context: string; readonly app_id: number | null }[];
}

/** `contexts` names all of them once more, in the way of old; those that `checks` lacks may come from anybody. */
function checksOf(required: Required | undefined): readonly NeededCheck[] {
  const listed = (required?.checks ?? []).map(({ context, app_id }) => ({ name: context, app: appOf(app_id) }));
  const others = (required?.contexts ?? []).filter((context) => !listed.some(({ name }) => name === context));
  return [...listed, ...others.map((name) => ({ name, app: null }))];
}

function bypassOf({ required_pull_request_reviews: reviews }: Protection): readonly Bypass[] {
  const { users = [], teams = [], apps = [] } = reviews?.bypass_pull_request_allowances ?? {};
  const one = (kind: Bypass['kind'], id: string): Bypass => ({ kind, id, pullRequestsOnly: false });
  return [
    ...users.map(({ login }) => one('person', login)),
    ...teams.map(({ slug }) => one('team', slug)),
    ...apps.map((app) => one('app', String(app?.id ?? ''))),
  ];
}

function demandsOf(whole: Protection): Demands {
  const { required_status_checks: required, required_pull_request_reviews: reviews, restrictions } = whole;
  const checks = checksOf(required);
  return {
    ruleset: null,
    organisation: null,
    checks,
    // Without a check GitHub does not look whether the branch is up to date.
    upToDate: checks.length > 0 && required?.strict === true,
    queue: false,
    lastGreen: false,
    pullRequest: reviews !== undefined,
    approvals: reviews?.required_approving_review_count ?? 0,
    dismissesStale: reviews?.dismiss_stale_reviews === true,
    lastPush: reviews?.require_last_push_approval === true,
    conversations: whole.required_conversation_resolution?.enabled === true,
    codeOwners: reviews?.require_code_owner_reviews === true,
    noForcePush: whole.allow_force_pushes?.enabled !== true,
    noDeletion: whole.allow_deletions?.enabled !== true,
    signatures: whole.required_signatures?.enabled === true,
    locked: whole.lock_branch?.enabled === true,
    methods: [],
    apps: restrictions === undefined ? 'any' : restrictions.apps.flatMap(({ id }) => (id === undefined ? [] : [id])),
    bindsAdministrators: whole.enforce_admins?.enabled === true,
    bypass: bypassOf(whole),
  };
}

const isUnprotected = (error: unknown): boolean =>
  isHttpError(error) && error.status === 404 && /branch not protected/i.test(error.message);

/** The branch itself tells its checks to everybody who may read it; the rest is for administrators. */
async function fromBranch(octokit: Octokit, place: Place): Promise<readonly Demands[]> {
  const branch = await orHidden(octokit.rest.repos.getBranch({ ...place }));
  if (branch === null) return [unreadDemands(null)];
  const { protection } = branch.data;
  if (protection?.enabled !== true) return [];
  // Queues and ways to merge are matters of rulesets.
  const elsewhere = { queue: false, methods: [] };
  return [{ ...unreadDemands(null), ...elsewhere, checks: checksOf(protection.required_status_checks) }];
}

/** What branch protection demands: nothing at all, or one set of demands, in which what is hidden is null. */
export async function readBranchProtection(octokit: Octokit, place: Place): Promise<readonly Demands[]> {
  const asked = octokit.rest.repos.getBranchProtection({ ...place }).then(
    ({ data }) => [demandsOf(data)],
    (error: unknown) => {
      if (isUnprotected(error)) return [];
      throw error;
    },
  );
  return (await orHidden(asked)) ?? fromBranch(octokit, place);
}
