import { timestamp } from './clock.ts';
import { installationShape } from './shapes/app.ts';
import { shortShape } from './shapes/repository.ts';
import type { Installation, Repository } from './state.ts';
import type { Webhooks } from './webhooks.ts';
import { sameName, type World } from './world.ts';

/** Shuts the app out of the account until it is let in again. Webhooks stop, but for the one that says so. */
export function suspendInstallation(
  world: World,
  webhooks: Webhooks,
  installation: Installation,
  suspended: boolean,
  by: string,
): void {
  installation.suspendedAt = suspended ? timestamp() : null;
  world.changed();
  tell(world, webhooks, installation, suspended ? 'suspend' : 'unsuspend', by);
}

/** Removes the app from the account: its tokens end, and the next installation there has another id. */
export function removeInstallation(world: World, webhooks: Webhooks, installation: Installation, by: string): void {
  const { state } = world;
  tell(world, webhooks, installation, 'deleted', by);
  state.installations = state.installations.filter((one) => one !== installation);
  state.installationTokens = state.installationTokens.filter((one) => one.installation !== installation.id);
  world.changed();
}

/** Says that an installation reaches a repository from now on, or no longer. */
export function tellRepositories(
  world: World,
  webhooks: Webhooks,
  installation: Installation,
  action: 'added' | 'removed',
  repository: Repository,
  by: string,
): void {
  const list = [shortShape(repository)];
  const payload = {
    installation: installationShape(world, installation),
    repository_selection: 'selected',
    repositories_added: action === 'added' ? list : [],
    repositories_removed: action === 'removed' ? list : [],
    requester: null,
  };
  webhooks.emitFor(installation, 'installation_repositories', action, payload, by);
}

function tell(world: World, webhooks: Webhooks, installation: Installation, action: string, by: string): void {
  const repositories = world.state.repositories
    .filter((one) => sameName(one.owner, installation.account))
    .map(shortShape);
  const payload = { installation: installationShape(world, installation), repositories };
  webhooks.emitFor(installation, 'installation', action, payload, by);
}
