import type { Repository } from '../state.ts';
import type { World } from '../world.ts';

/** A team of the repository's owner. Its id follows from its place, which never changes. */
export function teamShape(world: World, repository: Repository, slug: string) {
  const id = repository.id * 100 + Object.keys(repository.teams ?? {}).indexOf(slug);
  const url = `${world.url}/organizations/${repository.owner}/team/${slug}`;
  return {
    id,
    node_id: `T_${id}`,
    name: slug,
    slug,
    description: null,
    privacy: 'closed',
    notification_setting: 'notifications_enabled',
    permission: 'push',
    type: 'organization',
    url,
    html_url: `${world.url}/orgs/${repository.owner}/teams/${slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    parent: null,
  };
}
