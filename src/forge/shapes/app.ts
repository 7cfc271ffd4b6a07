import { timestamp } from '../clock.ts';
import type { CheckApp, Installation } from '../state.ts';
import type { World } from '../world.ts';
import { userShape } from './user.ts';

const firstDay = '2025-01-01T00:00:00Z';

/** A GitHub App as checks and comments name it. */
export function appShape(world: World, app: CheckApp = world.app) {
  return {
    id: app.id,
    slug: app.slug,
    node_id: `A_${app.id}`,
    client_id: `Iv1.forge${app.id}`,
    name: app.slug,
    owner: userShape(world, world.state.installations[0]?.account ?? 'forge'),
    description: '',
    external_url: world.url,
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: firstDay,
    updated_at: firstDay,
    permissions: world.appPermissions,
    events: world.appEvents ?? [],
  };
}

/** The app on one account. */
export function installationShape(world: World, installation: Installation) {
  const account = userShape(world, installation.account);
  return {
    id: installation.id,
    account,
    app_id: world.app.id,
    app_slug: world.app.slug,
    target_id: account.id,
    target_type: 'User',
    repository_selection: 'selected',
    access_tokens_url: `${world.url}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${world.url}/installation/repositories`,
    html_url: `${world.url}/settings/installations/${installation.id}`,
    permissions: installation.permissions,
    events: installation.events,
    created_at: installation.createdAt,
    updated_at: installation.suspendedAt ?? installation.createdAt,
    single_file_name: null,
    suspended_by: installation.suspendedAt ? account : null,
    suspended_at: installation.suspendedAt ?? null,
  };
}

/** `performed_via_github_app`, which GitHub fills for what an app did. */
export function viaAppShape(world: World, viaApp: boolean) {
  return viaApp ? { ...appShape(world), created_at: firstDay, updated_at: timestamp() } : null;
}
