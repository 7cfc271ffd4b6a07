import type { Permission } from '../../domain/approval.ts';
import type { Forge } from '../../ports.ts';
import { GithubRefused, ourError, statusOf } from './refused.ts';
import { allPages, type GithubRepository, PER_PAGE } from './repository.ts';

const exact: ReadonlySet<string> = new Set<Permission>(['admin', 'maintain', 'write', 'triage', 'read', 'none']);
const known = (name: string | undefined): name is Permission => name !== undefined && exact.has(name);

/** `permission` has only four words (maintain reads as write, triage as read); `role_name` is exact but may be custom. */
export const permission =
  ({ octokit, at }: GithubRepository): Forge['permission'] =>
  async (username) => {
    try {
      const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...at, username });
      if (known(data.role_name)) return data.role_name;
      return known(data.permission) ? data.permission : 'none';
    } catch (error) {
      if (statusOf(error) === 404) return 'none';
      throw error;
    }
  };

export const writers =
  ({ octokit, at }: GithubRepository): Forge['writers'] =>
  async () => {
    const read = (page: number) =>
      octokit.rest.repos.listCollaborators({ ...at, permission: 'push', per_page: PER_PAGE, page });
    try {
      const found = await allPages(read);
      // An older server ignores the filter.
      const people = found.filter(({ type, permissions }) => type === 'User' && permissions?.push !== false);
      return people.map(({ login }) => login);
    } catch (error) {
      const ours = ourError(error);
      if (ours instanceof GithubRefused && (ours.status === 403 || ours.status === 404)) return [];
      throw error;
    }
  };
