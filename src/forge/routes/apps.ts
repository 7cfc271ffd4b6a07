import { type Answer, created, GitHubError, noContent, notFound, ok } from '../answers.ts';
import { removeInstallation, suspendInstallation } from '../installation-changes.ts';
import { type Call, type Operations, onForge } from '../operation.ts';
import { page } from '../pages-of-results.ts';
import { appShape, installationShape } from '../shapes/app.ts';
import { repositoryShape } from '../shapes/repository.ts';
import type { Installation, Permissions, Repository } from '../state.ts';
import { issueInstallationToken, narrowPermissions, refuseSuspended, revokeInstallationToken } from '../tokens.ts';
import type { Webhooks } from '../webhooks.ts';
import { type Actor, botLogin, sameName, type World } from '../world.ts';

/** Lets only the app itself in, by its signed token. */
export const byApp = (handle: (call: Call) => Answer | Promise<Answer>) =>
  onForge((call) => {
    if (call.actor.kind === 'app') return handle(call);
    const anonymous = call.actor.kind === 'anonymous';
    throw new GitHubError(401, anonymous ? 'Requires authentication' : 'A JSON web token could not be decoded');
  });

const byInstallation = (handle: (call: Call, actor: Extract<Actor, { kind: 'installation' }>) => Answer) =>
  onForge((call) => {
    if (call.actor.kind === 'installation') return handle(call, call.actor);
    if (call.actor.kind === 'anonymous') throw new GitHubError(401, 'Requires authentication');
    throw new GitHubError(
      403,
      'You must authenticate with an installation access token in order to list repositories for an installation.',
    );
  });

function installationOf(call: Call): Installation {
  const id = Number(call.parameters['installation_id']);
  const installation = call.world.state.installations.find((one) => one.id === id);
  if (!installation) throw notFound();
  return installation;
}

function repositoriesOf(world: World, installation: Installation): Repository[] {
  return world.state.repositories.filter((one) => sameName(one.owner, installation.account));
}

interface TokenInput {
  repositories?: string[];
  repository_ids?: number[];
  permissions?: Permissions;
}

function createToken(call: Call) {
  const installation = installationOf(call);
  refuseSuspended(installation);
  const input = call.body as TokenInput;
  const repositories = narrowRepositories(call.world, installation, input);
  const permissions = narrowPermissions(installation, input.permissions);
  const issued = issueInstallationToken(call.world, installation, {
    repositories: repositories?.map((one) => one.id) ?? null,
    permissions,
  });
  return created({
    token: issued.token,
    expires_at: new Date(issued.expires).toISOString().replace(/\.\d+Z$/, 'Z'),
    permissions: { metadata: 'read', ...permissions },
    repository_selection: 'selected',
    ...(repositories ? { repositories: repositories.map((one) => repositoryShape(call.world, one)) } : {}),
  });
}

function narrowRepositories(world: World, installation: Installation, input: TokenInput): Repository[] | null {
  if (!input.repositories && !input.repository_ids) return null;
  const all = repositoriesOf(world, installation);
  const wanted = [
    ...(input.repositories ?? []).map((name) => all.find((one) => sameName(one.name, name))),
    ...(input.repository_ids ?? []).map((id) => all.find((one) => one.id === id)),
  ];
  const found = wanted.filter((one) => one !== undefined);
  if (found.length === wanted.length) return found;
  throw new GitHubError(
    422,
    'There is at least one repository that does not exist or is not accessible to the parent installation.',
  );
}

function getForRepository(call: Call) {
  const { owner, repo } = call.parameters;
  const installation = call.world.state.installations.find((one) => sameName(one.account, owner!));
  if (!installation || !repositoriesOf(call.world, installation).some((one) => sameName(one.name, repo!)))
    throw notFound();
  return ok(installationShape(call.world, installation));
}

const changes = (change: (call: Call) => void) =>
  byApp((call) => {
    change(call);
    return noContent();
  });

const suspends = (webhooks: Webhooks, suspended: boolean) =>
  changes((call) => suspendInstallation(call.world, webhooks, installationOf(call), suspended, botLogin(call.world)));

export const appOperations = (webhooks: Webhooks): Operations => ({
  'apps/suspend-installation': suspends(webhooks, true),
  'apps/unsuspend-installation': suspends(webhooks, false),
  'apps/delete-installation': changes((call) =>
    removeInstallation(call.world, webhooks, installationOf(call), botLogin(call.world)),
  ),
  'apps/get-authenticated': byApp((call) =>
    ok({ ...appShape(call.world), installations_count: call.world.state.installations.length }),
  ),
  'apps/list-installations': byApp((call) =>
    page(call, call.world.state.installations, (one) => installationShape(call.world, one)),
  ),
  'apps/get-installation': byApp((call) => ok(installationShape(call.world, installationOf(call)))),
  'apps/get-repo-installation': byApp(getForRepository),
  'apps/create-installation-access-token': byApp(createToken),
  'apps/list-repos-accessible-to-installation': byInstallation((call, actor) => {
    const installation = call.world.state.installations.find((one) => one.id === actor.installation)!;
    const found = repositoriesOf(call.world, installation).filter(
      (one) => actor.repositories === null || actor.repositories.includes(one.id),
    );
    const shape = (one: Repository) => repositoryShape(call.world, one, actor);
    return page(call, found, shape, (repositories) => ({ total_count: found.length, repositories }));
  }),
  'apps/revoke-installation-access-token': byInstallation((call) => {
    revokeInstallationToken(call.world, call.token!);
    return noContent();
  }),
});
