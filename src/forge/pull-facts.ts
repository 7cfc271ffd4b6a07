import { git } from './git.ts';
import { mergeTree, readRef } from './git-repository.ts';
import { unmetRequirements } from './requirements.ts';
import type { Pull, Repository } from './state.ts';
import { findIssue, gitDirectory, type World } from './world.ts';

/** What git says about a pull request now. */
export interface PullFacts {
  readonly baseSha: string;
  /** Null once the pull request is closed, as on GitHub. */
  readonly mergeable: boolean | null;
  readonly mergeableState: string;
  readonly commits: number;
  readonly additions: number;
  readonly deletions: number;
  readonly changedFiles: number;
}

type Counts = Pick<PullFacts, 'commits' | 'additions' | 'deletions' | 'changedFiles'> & { conflicts: boolean };

/** Two commits never change what lies between them, so this needs no expiry; it is bounded. */
const counted = new Map<string, Promise<Counts>>();
const keep = 500;

/** The tip of the base while the pull request is open; what it was then, once closed. */
export async function baseShaOf(world: World, repository: Repository, pull: Pull): Promise<string> {
  if (findIssue(repository, pull.number).state === 'closed') return pull.baseSha;
  return (await readRef(gitDirectory(world, repository), `refs/heads/${pull.base}`)) ?? pull.baseSha;
}

export async function pullFacts(world: World, repository: Repository, pull: Pull): Promise<PullFacts> {
  const baseSha = await baseShaOf(world, repository, pull);
  const { conflicts, ...counts } = await countOnce(gitDirectory(world, repository), baseSha, pull.headSha);
  if (findIssue(repository, pull.number).state === 'closed') {
    return { baseSha, ...counts, mergeable: null, mergeableState: 'unknown' };
  }
  if (conflicts) return { baseSha, ...counts, mergeable: false, mergeableState: 'dirty' };
  const unmet = await unmetRequirements(world, repository, pull, baseSha);
  const behind = unmet.some((reason) => reason.startsWith('Head branch is not up to date'));
  const mergeableState = pull.draft ? 'draft' : behind ? 'behind' : unmet.length > 0 ? 'blocked' : 'clean';
  return { baseSha, ...counts, mergeable: true, mergeableState };
}

function countOnce(directory: string, base: string, head: string): Promise<Counts> {
  const key = `${directory} ${base} ${head}`;
  const known = counted.get(key);
  if (known) return known;
  if (counted.size >= keep) counted.delete(counted.keys().next().value!);
  const counting = count(directory, base, head);
  // A failure is not remembered: the next asker tries again.
  counting.catch(() => counted.delete(key));
  counted.set(key, counting);
  return counting;
}

async function count(directory: string, base: string, head: string): Promise<Counts> {
  const [tree, commits, changes] = await Promise.all([
    mergeTree(directory, base, head),
    git(directory, ['rev-list', '--count', `${base}..${head}`]),
    git(directory, ['diff', '--shortstat', `${base}...${head}`]),
  ]);
  const number = (pattern: RegExp) => Number(pattern.exec(changes)?.[1] ?? 0);
  return {
    conflicts: tree === null,
    commits: Number(commits),
    changedFiles: number(/(\d+) files? changed/),
    additions: number(/(\d+) insertion/),
    deletions: number(/(\d+) deletion/),
  };
}
