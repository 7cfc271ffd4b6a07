import { resolve } from 'node:path';
import { gitTrouble } from '../../domain/messages/git.ts';
import { newest } from '../../domain/newest.ts';
import { ownFolder } from '../../own-folder.ts';
import { type GitAccess, type Repository, Weather } from '../../ports.ts';
import { TREE_LIMITS, type TreeLimits } from './check-tree.ts';
import { clearLocks } from './clear-locks.ts';
import { changesBetween, diffText } from './compare.ts';
import { branchRef, commitTree, mergeBase, mergeTrees, messagesBetween, parentsOf, treeOf } from './history.ts';
import { importPack } from './import-tree.ts';
import { layingOut } from './lay-out.ts';
import { ensureMirror, markUsed, mirrorPath } from './mirror-folder.ts';
import { objectReader } from './object-reader.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { asWhole, fetchAll, PARTIAL_OVER } from './partial.ts';
import { idAt, listFiles, readText } from './read-tree.ts';
import { followRefs } from './refs.ts';
import { pushCommit, remoteRefs } from './remote.ts';
import { anId } from './run-git.ts';
import { treeWithFiles } from './write-tree.ts';

const READ_BYTES = 5_000_000;

/** How many trees that were made of files are remembered. */
const TREES = 64;

interface Place {
  readonly gitDir: string;
  readonly trees: string;
  readonly limits: TreeLimits;
  readonly partialOver: number;
}

function mirror({ gitDir, trees, limits, partialOver }: Place): Repository {
  let last: GitAccess | undefined;
  const reader = objectReader(gitDir);
  const refs = followRefs(gitDir, {
    list: (access) => remoteRefs(gitDir, access),
    fetch: async (access, isFirst) => {
      await clearLocks(gitDir);
      await fetchAll(gitDir, access, isFirst, partialOver);
    },
  });
  const made = newest<string>(TREES);
  const layOut = layingOut({ gitDir, reader, trees, limits });
  const fetch = oneAtATime((access: GitAccess) => refs.update(access));
  const here: Repository = {
    fetch: (access) => {
      last = access;
      return fetch(access);
    },
    defaultBranch: async () => ((await refs.known()).head ?? 'refs/heads/main').replace(/^refs\/heads\//, ''),
    branch: async (name) => (await refs.known()).ids.get(branchRef(name)) ?? null,
    has: async (id) => (await reader.info(anId(id))) !== null,
    treeOf: (commit) => treeOf(reader, commit),
    parents: (commit) => parentsOf(reader, commit),
    mergeBase: (a, b) => mergeBase(gitDir, a, b),
    read: (treeish, path, maxBytes = READ_BYTES) => readText(reader, treeish, path, maxBytes),
    list: (treeish, folder) => listFiles(gitDir, reader, treeish, folder),
    idOf: (treeish, path) => idAt(reader, treeish, path),
    changes: (from, to) => changesBetween(gitDir, from, to),
    messages: (from, to, most) => messagesBetween(gitDir, from, to, most),
    diff: (from, to, maxBytes) => diffText(gitDir, from, to, maxBytes),
    withFiles: (tree, files) =>
      made(JSON.stringify([tree, Object.entries(files)]), () => treeWithFiles({ gitDir, reader, trees }, tree, files)),
    merge: (ours, theirs) => mergeTrees(gitDir, ours, theirs),
    commit: (tree, parents, message) => commitTree(gitDir, tree, parents, message),
    push: (permit, access, commit, branch, expected) =>
      pushCommit(permit, gitDir, access, anId(commit), branch, expected === null ? null : anId(expected)),
    checkout: (tree, without = []) => layOut(tree, without),
    importTree: (pack, tree, base) => importPack(gitDir, pack, tree, base),
  };
  return asWhole(here, { gitDir, reader, access: () => last });
}

export interface MirrorOptions {
  readonly stateDir: string;
  /** For tests, which lay out little. */
  readonly most?: Partial<TreeLimits>;
  /** Bytes of a history from which on it is fetched in part. */
  readonly partialOver?: number;
}

/**
 * The mirrors of this machine, one bare repository each below `<stateDir>/mirrors`; trees are laid out below
 * `<stateDir>/trees`. What a killed process left there goes when the first mirror is opened. `open` throws on a name
 * that is not owner/name.
 */
export function gitMirrors(options: MirrorOptions): { open(repo: string): Promise<Repository> } {
  /** With what tells their folders from others that were made in their place. */
  const opened = new Map<string, { readonly identity: string; readonly repository: Repository }>();
  const starting = new Map<string, Promise<Repository>>();
  let trees: Promise<string> | undefined;
  const start = async (gitDir: string): Promise<Repository> => {
    trees ??= ownFolder(resolve(options.stateDir, 'trees'));
    await ensureMirror(gitDir);
    const identity = await markUsed(gitDir);
    if (identity === null) throw new Weather(gitTrouble.mirrorGone(), 1000);
    const { most, partialOver = PARTIAL_OVER } = options;
    const limits = { ...TREE_LIMITS, ...most };
    const repository = mirror({ gitDir, trees: await trees, limits, partialOver });
    opened.set(gitDir, { identity, repository });
    return repository;
  };
  return {
    async open(repo) {
      const gitDir = mirrorPath(options.stateDir, repo);
      const known = opened.get(gitDir);
      if (known !== undefined && (await markUsed(gitDir)) === known.identity) return known.repository;
      const opening = starting.get(gitDir) ?? start(gitDir);
      starting.set(gitDir, opening);
      try {
        return await opening;
      } catch (error) {
        trees = undefined;
        throw error;
      } finally {
        starting.delete(gitDir);
      }
    },
  };
}
