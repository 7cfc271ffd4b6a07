/** A merged fix as commits and pull requests name it. */
export interface Merged {
  readonly sha: string;
  readonly pullRequest: number;
  /** Of the pull request. */
  readonly title: string;
  /** `owner/name` as the repository is called now. */
  readonly repo: string;
}

/** Git's own words name the commit, GitHub's button names the pull request; a squash may keep no more than its title. */
const COMMIT = /^This reverts commit ([0-9a-f]{7,40})\b/gm;
const PULL_REQUEST = /^Reverts (?:([\w.-]+\/[\w.-]+))?#(\d{1,10})\b/gm;

/**
 * Whether a commit's message says that it takes this merge back. Anybody may write anything there: it explains why cases
 * are red again, and proves nothing.
 */
export function saysItReverts(message: string, { sha, pullRequest, title, repo }: Merged): boolean {
  if (title !== '' && message.startsWith(`Revert "${title}`)) return true;
  for (const [, named = ''] of message.matchAll(COMMIT)) if (sha.startsWith(named)) return true;
  for (const [, where = repo, number] of message.matchAll(PULL_REQUEST))
    if (where.toLowerCase() === repo.toLowerCase() && Number(number) === pullRequest) return true;
  return false;
}
