import { git, gitBytes } from './git.ts';
import { zeroSha } from './git-repository.ts';

export interface CommitFacts {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: { readonly name: string; readonly email: string; readonly date: string };
  readonly committer: { readonly name: string; readonly email: string; readonly date: string };
  readonly message: string;
}

const fields = ['%H', '%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x1f');

/** Facts of commits, in the order that `git log` gives for these arguments. */
export async function readCommits(directory: string, args: readonly string[]): Promise<CommitFacts[]> {
  const out = await git(directory, ['log', `--format=${fields}%x1e`, ...args]);
  return out
    .split('\x1e')
    .map((record) => record.replace(/^\n/, ''))
    .filter(Boolean)
    .map(readCommit);
}

function readCommit(record: string): CommitFacts {
  const [sha, tree, parents, an, ae, ad, cn, ce, cd, ...message] = record.split('\x1f') as string[];
  return {
    sha: sha!,
    tree: tree!,
    parents: parents!.split(' ').filter(Boolean),
    author: { name: an!, email: ae!, date: inUtc(ad!) },
    committer: { name: cn!, email: ce!, date: inUtc(cd!) },
    message: message.join('\x1f').replace(/\n+$/, ''),
  };
}

function inUtc(date: string): string {
  return new Date(date).toISOString().replace(/\.\d+Z$/, 'Z');
}

export interface ChangedFile {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed';
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  /** The unified diff from its first hunk; null for a binary file. */
  readonly patch: string | null;
}

/** The files that differ between two trees or commits. */
export async function diffFiles(directory: string, from: string, to: string): Promise<ChangedFile[]> {
  const base = from === zeroSha ? await git(directory, ['hash-object', '-t', 'tree', '/dev/null']) : from;
  const [raw, patches] = await Promise.all([
    git(directory, ['diff-tree', '-r', '-M', '-z', '--raw', '--numstat', '--no-abbrev', base, to]),
    gitBytes(directory, ['-c', 'core.quotePath=false', 'diff-tree', '-r', '-M', '-p', base, to]),
  ]);
  const hunks = splitPatches(patches.toString('utf8'));
  const { changes, counts } = readRaw(raw.split('\0'));
  return changes.map((change, index) => ({
    ...change,
    additions: counts[index]?.[0] ?? 0,
    deletions: counts[index]?.[1] ?? 0,
    patch: hunks[index] ?? null,
  }));
}

type RawChange = Pick<ChangedFile, 'path' | 'previousPath' | 'status' | 'sha'>;

const statuses: Record<string, ChangedFile['status']> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  T: 'modified',
};

function readRaw(tokens: string[]): { changes: RawChange[]; counts: [number, number][] } {
  const changes: RawChange[] = [];
  const counts: [number, number][] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token.startsWith(':')) {
      const [, , before, after, letter] = token.split(' ') as [string, string, string, string, string];
      const status = statuses[letter[0]!] ?? 'modified';
      const previousPath = status === 'renamed' ? tokens[++at]! : null;
      const path = tokens[++at]!;
      changes.push({ path, previousPath, status, sha: status === 'removed' ? before : after });
    } else if (token) {
      const [added, removed, path] = token.split('\t');
      if (!path) at += 2;
      counts.push([Number(added) || 0, Number(removed) || 0]);
    }
  }
  return { changes, counts };
}

/** One patch per file, from its first hunk; null where git shows none. */
function splitPatches(text: string): (string | null)[] {
  return text
    .split(/^diff --git .*\n/m)
    .slice(1)
    .map((patch) => {
      const at = patch.search(/^@@ /m);
      return at === -1 ? null : patch.slice(at).replace(/\n$/, '');
    });
}
