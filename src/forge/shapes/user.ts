import { ensureUser, type World } from '../world.ts';

/** A user as the API shows it everywhere. */
export function userShape(world: World, login: string) {
  const { id, login: name, type } = ensureUser(world, login);
  const url = `${world.url}/users/${encodeURIComponent(name)}`;
  return {
    login: name,
    id,
    node_id: `U_${id}`,
    type,
    site_admin: false,
    avatar_url: `${world.url}/avatars/${id}`,
    gravatar_id: '',
    url,
    html_url: `${world.url}/${type === 'Bot' ? `apps/${name.replace('[bot]', '')}` : name}`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    received_events_url: `${url}/received_events`,
  };
}
