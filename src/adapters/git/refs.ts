import type { GitAccess } from '../../ports.ts';
import { anId, git } from './run-git.ts';

/** Where the branches and pull request heads of a repository stand, and which branch is its default. */
export interface Refs {
  /** Full name of the ref that HEAD stands for; null while the repository is empty. */
  readonly head: string | null;
  /** Object id by full name. */
  readonly ids: ReadonlyMap<string, string>;
}

const OURS = /^refs\/(?:heads\/.+|pull\/\d+\/head)$/s;

/** What `ls-remote --symref` or `for-each-ref` printed: an id, white space, a name. Other lines are passed over. */
function idsOf(printed: string): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const line of printed.split('\n')) {
    const [, id, name] = /^([0-9a-f]{40,64})\s(.+)$/.exec(line) ?? [];
    if (id !== undefined && name !== undefined && OURS.test(name)) ids.set(name, anId(id));
  }
  return ids;
}

/** The answer of `ls-remote --symref` for HEAD, branches and pull requests. */
export const listed = (printed: string): Refs => ({
  head: /^ref: (refs\/heads\/[^\t\n]+)\tHEAD$/m.exec(printed)?.[1] ?? null,
  ids: idsOf(printed),
});

/** What the mirror itself has. */
async function refsOf(gitDir: string): Promise<Refs> {
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads', 'refs/pull'];
  const [printed, head] = await Promise.all([git(gitDir, args), git(gitDir, ['symbolic-ref', 'HEAD'])]);
  return { head, ids: idsOf(printed) };
}

const same = (a: Refs, b: Refs): boolean =>
  a.ids.size === b.ids.size && [...a.ids].every(([name, id]) => b.ids.get(name) === id);

export interface Remote {
  /** Throws `Weather`. */
  list(access: GitAccess): Promise<Refs>;
  /** Fetches every branch and pull request head; `isFirst` where there is none yet. Throws `Weather`. */
  fetch(access: GitAccess, isFirst: boolean): Promise<void>;
}

/**
 * The refs of a mirror, brought up to date from where they are kept. Asking costs one exchange; objects are fetched only
 * when something stands elsewhere than last time. What is told in between is what was last seen.
 */
export function followRefs(gitDir: string, remote: Remote) {
  let seen: Refs | undefined;
  const known = async (): Promise<Refs> => {
    seen ??= await refsOf(gitDir);
    return seen;
  };
  return {
    known,
    update: async (access: GitAccess): Promise<void> => {
      const there = await remote.list(access);
      const here = await known();
      if (!same(here, there)) await remote.fetch(access, here.ids.size === 0);
      if (there.head !== null && there.head !== here.head) await git(gitDir, ['symbolic-ref', 'HEAD', there.head]);
      // Meanwhile somebody may have pushed: what was fetched is told, not what was listed before.
      if (!same(here, there) || there.head !== here.head) seen = await refsOf(gitDir);
    },
  };
}
