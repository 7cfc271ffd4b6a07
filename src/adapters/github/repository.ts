import { githubTrouble } from '../../domain/messages/github.ts';
import { type Forge, type Log, type Permit, Weather } from '../../ports.ts';
import type { Octokit } from './octokit.ts';

/** One repository, as the functions beside this file take it. */
export interface GithubRepository {
  /** For reading: a mutation without leave throws. */
  readonly octokit: Octokit;
  /** The same client for what this permit allows. */
  readonly writing: (permit: Permit) => Octokit;
  /** For Octokit's parameters. */
  readonly at: { readonly owner: string; readonly repo: string };
  readonly me: Forge['me'];
  readonly log: Log;
}

interface Page<T> {
  readonly data: readonly T[];
  readonly headers: { readonly link?: string };
}

export const PER_PAGE = 100;

/**
 * Every item of a list. Octokit's own paginator takes a 409 for the end of the list; here a page that cannot be read
 * throws.
 */
export async function allPages<T>(read: (page: number) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for (let page = 1; ; page++) {
    const { data, headers } = await read(page);
    // A text could be spread, too: a list that is none must not look like one without the item that forbids.
    if (!Array.isArray(data)) throw new Weather(githubTrouble.unreadable());
    items.push(...data);
    if (!/rel="next"/.test(headers.link ?? '')) return items;
  }
}

/** An account as GitHub names it in what it did. Deleted accounts are null, and shown as `ghost` by GitHub. */
export function actorOf(
  user: { readonly login: string; readonly id?: number; readonly type?: string } | null | undefined,
): { by: string; byId?: number; byPerson: boolean } {
  const byId = user?.id;
  return { by: user?.login ?? 'ghost', ...(byId !== undefined && { byId }), byPerson: user?.type === 'User' };
}

/** The account that opened an issue or a pull request. */
export function authorOf(user: Parameters<typeof actorOf>[0]): { author: string; authorId?: number } {
  const { by, byId } = actorOf(user);
  return { author: by, ...(byId !== undefined && { authorId: byId }) };
}
