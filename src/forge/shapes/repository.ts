import type { Repository } from '../state.ts';
import { type Actor, actorRole, allowsMethod, fullName, isAtLeast, type World } from '../world.ts';
import { userShape } from './user.ts';

/** A repository as the API shows it; with `permissions` when the viewer is known. */
export function repositoryShape(world: World, repository: Repository, viewer?: Actor) {
  const name = fullName(repository);
  const url = `${world.url}/repos/${name}`;
  const open = repository.issues.filter((issue) => issue.state === 'open').length;
  return {
    id: repository.id,
    node_id: `R_${repository.id}`,
    name: repository.name,
    full_name: name,
    owner: userShape(world, repository.owner),
    private: repository.private,
    archived: repository.archived ?? false,
    visibility: repository.private ? 'private' : 'public',
    html_url: `${world.url}/${name}`,
    url,
    clone_url: `${world.url}/${name}.git`,
    git_url: `${world.url}/${name}.git`,
    ssh_url: `${world.url}/${name}.git`,
    issues_url: `${url}/issues{/number}`,
    pulls_url: `${url}/pulls{/number}`,
    contents_url: `${url}/contents/{+path}`,
    commits_url: `${url}/commits{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    labels_url: `${url}/labels{/name}`,
    default_branch: repository.defaultBranch,
    created_at: repository.createdAt,
    updated_at: repository.updatedAt ?? repository.createdAt,
    pushed_at: repository.pushedAt,
    has_issues: true,
    open_issues: open,
    open_issues_count: open,
    allow_merge_commit: allowsMethod(repository, 'merge'),
    allow_squash_merge: allowsMethod(repository, 'squash'),
    allow_rebase_merge: allowsMethod(repository, 'rebase'),
    ...(viewer ? { permissions: permissionsShape(repository, viewer) } : {}),
  };
}

/** A repository as the events about installations list it. */
export function shortShape(repository: Repository) {
  return {
    id: repository.id,
    node_id: `R_${repository.id}`,
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
  };
}

function permissionsShape(repository: Repository, viewer: Actor) {
  const role = actorRole(repository, viewer);
  return {
    admin: isAtLeast(role, 'admin'),
    maintain: isAtLeast(role, 'maintain'),
    push: isAtLeast(role, 'write'),
    triage: isAtLeast(role, 'triage'),
    pull: isAtLeast(role, 'read'),
  };
}
