import { created, GitHubError, noContent, notFound, ok } from '../answers.ts';
import type { Protection, Ruleset } from '../branch-rules.ts';
import { readCommits } from '../git-read.ts';
import { readRef } from '../git-repository.ts';
import { type Operations, type RepositoryCall, reads, writes } from '../operation.ts';
import { page } from '../pages-of-results.ts';
import { activeRulesets } from '../requirements.ts';
import { addRuleset, type RulesetInput } from '../seed.ts';
import { commitShape } from '../shapes/commit.ts';
import { protectionShape, rulesetShape, statusChecksShape } from '../shapes/protection.ts';
import { actorRole, fullName, grants, isAtLeast } from '../world.ts';

interface ProtectionInput {
  required_status_checks: {
    strict: boolean;
    contexts?: string[];
    checks?: { context: string; app_id?: number }[];
  } | null;
  enforce_admins: boolean | null;
  required_pull_request_reviews: {
    required_approving_review_count?: number;
    dismiss_stale_reviews?: boolean;
    require_last_push_approval?: boolean;
    require_code_owner_reviews?: boolean;
  } | null;
  required_linear_history?: boolean;
  allow_force_pushes?: boolean | null;
  allow_deletions?: boolean;
  required_conversation_resolution?: boolean;
  lock_branch?: boolean;
}

const branchOf = (call: RepositoryCall) => call.parameters['branch']!;

function protectionOf(call: RepositoryCall): Protection {
  const protection = call.repository.protections[branchOf(call)];
  if (!protection) throw new GitHubError(404, 'Branch not protected');
  return protection;
}

/** For administrators; to other people there is no such page. */
function getProtection(call: RepositoryCall) {
  const { actor, world, repository } = call;
  if (actor.kind === 'user' && !isAtLeast(actorRole(repository, actor), 'admin')) throw notFound();
  return ok(protectionShape(world, repository, branchOf(call), protectionOf(call)));
}

async function update(call: RepositoryCall) {
  const branch = branchOf(call);
  if (!(await readRef(call.directory, `refs/heads/${branch}`))) throw new GitHubError(404, 'Branch not found');
  const protection = readProtection(call.body as ProtectionInput);
  call.repository.protections[branch] = protection;
  call.world.changed();
  return ok(protectionShape(call.world, call.repository, branch, protection));
}

function readProtection(input: ProtectionInput): Protection {
  const checks = input.required_status_checks;
  const reviews = input.required_pull_request_reviews;
  const named = checks?.checks ?? (checks?.contexts ?? []).map((context) => ({ context, app_id: undefined }));
  return {
    checks: checks && {
      strict: checks.strict,
      required: named.map(({ context, app_id }) => ({
        context,
        appId: app_id === undefined || app_id === -1 ? null : app_id,
      })),
    },
    reviews: reviews && {
      count: reviews.required_approving_review_count ?? 1,
      dismissStale: reviews.dismiss_stale_reviews ?? false,
      lastPushApproval: reviews.require_last_push_approval ?? false,
      codeOwners: reviews.require_code_owner_reviews ?? false,
    },
    enforceAdmins: input.enforce_admins ?? false,
    linearHistory: input.required_linear_history ?? false,
    forcePushes: input.allow_force_pushes ?? false,
    deletions: input.allow_deletions ?? false,
    conversations: input.required_conversation_resolution ?? false,
    locked: input.lock_branch ?? false,
  };
}

function remove(call: RepositoryCall) {
  protectionOf(call);
  delete call.repository.protections[branchOf(call)];
  call.world.changed();
  return noContent();
}

async function getBranch(call: RepositoryCall) {
  const { world, repository, directory } = call;
  const name = branchOf(call);
  const sha = await readRef(directory, `refs/heads/${name}`);
  if (!sha) throw new GitHubError(404, 'Branch not found');
  const [commit] = await readCommits(directory, ['-1', sha]);
  const protection = repository.protections[name];
  const self = `${world.url}/repos/${fullName(repository)}/branches/${name}`;
  return ok({
    name,
    commit: commitShape(world, repository, commit!),
    _links: { self, html: `${world.url}/${fullName(repository)}/tree/${name}` },
    protected: protection !== undefined || activeRulesets(repository, name).length > 0,
    protection: {
      enabled: protection !== undefined,
      ...(protection?.checks ? { required_status_checks: statusChecksShape(self, protection.checks) } : {}),
    },
    protection_url: `${self}/protection`,
  });
}

function createRuleset(call: RepositoryCall) {
  const ruleset = addRuleset(call.world, call.repository, call.body as RulesetInput);
  return created(rulesetShape(call.world, call.repository, ruleset, true));
}

/** An organisation's ruleset is its owners' to change, and a forge has no organisations. */
function mayChange({ actor, repository }: RepositoryCall, { organisation }: Ruleset): boolean {
  if (organisation !== undefined) return false;
  if (actor.kind === 'installation') return grants(actor.permissions, 'administration', 'write');
  return isAtLeast(actorRole(repository, actor), 'admin');
}

function getRuleset(call: RepositoryCall) {
  const ruleset = rulesetOf(call);
  return ok(rulesetShape(call.world, call.repository, ruleset, mayChange(call, ruleset)));
}

function rulesetOf(call: RepositoryCall): Ruleset {
  const ruleset = call.repository.rulesets.find((one) => one.id === call.number('ruleset_id'));
  if (!ruleset) throw notFound();
  return ruleset;
}

function deleteRuleset(call: RepositoryCall) {
  const ruleset = rulesetOf(call);
  call.repository.rulesets = call.repository.rulesets.filter((one) => one !== ruleset);
  call.world.changed();
  return noContent();
}

function branchRules(call: RepositoryCall) {
  const rules = activeRulesets(call.repository, branchOf(call)).flatMap((ruleset) =>
    ruleset.rules.map((rule) => ({
      ...rule,
      ruleset_source_type: ruleset.organisation ? 'Organization' : 'Repository',
      ruleset_source: ruleset.organisation ?? fullName(call.repository),
      ruleset_id: ruleset.id,
    })),
  );
  return page(call, rules, (rule) => rule);
}

function listRulesets(call: RepositoryCall) {
  return page(call, call.repository.rulesets, (one) => {
    const { rules: _, conditions: __, ...shape } = rulesetShape(call.world, call.repository, one);
    return shape;
  });
}

export const protectionOperations: Operations = {
  'repos/get-branch': reads('contents', getBranch),
  'repos/get-branch-protection': reads('administration', getProtection),
  'repos/update-branch-protection': writes('administration', 'admin', update),
  'repos/delete-branch-protection': writes('administration', 'admin', remove),
  'repos/get-branch-rules': reads('metadata', branchRules),
  'repos/get-repo-rulesets': reads('metadata', listRulesets),
  'repos/get-repo-ruleset': reads('metadata', getRuleset),
  'repos/create-repo-ruleset': writes('administration', 'admin', createRuleset),
  'repos/delete-repo-ruleset': writes('administration', 'admin', deleteRuleset),
};
