import { resolve } from 'node:path';
import { newest } from '../../domain/newest.ts';
import { ownFolder } from '../../own-folder.ts';
import type { GitAccess, Repository } from '../../ports.ts';
import { clearLocks } from './clear-locks.ts';
import { changesBetween, diffText } from './compare.ts';
import { branchRef, commitTree, mergeBase, mergeTrees, messagesBetween, parentsOf, treeOf } from './history.ts';
import { importPack } from './import-tree.ts';
import { layOut } from './lay-out.ts';
import { ensureMirror, mirrorPath } from './mirror-folder.ts';
import { objectReader } from './object-reader.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { idAt, listFiles, readText } from './read-tree.ts';
import { followRefs } from './refs.ts';
import { fetchRefs, pushCommit, remoteRefs } from './remote.ts';
import { anId } from './run-git.ts';
import { treeWithFiles } from './write-tree.ts';

const READ_BYTES = 5_000_000;

/** How many trees that were made of files are remembered. */
const TREES = 64;

function mirror(gitDir: string, trees: string): Repository {
  const reader = objectReader(gitDir);
  const refs = followRefs(gitDir, {
    list: (access) => remoteRefs(gitDir, access),
    fetch: async (access) => {
      await clearLocks(gitDir);
      await fetchRefs(gitDir, access);
    },
  });
  const made = newest<string>(TREES);
  return {
    fetch: oneAtATime((access: GitAccess) => refs.update(access)),
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
      made(JSON.stringify([tree, Object.entries(files)]), () => treeWithFiles(gitDir, reader, tree, files)),
    merge: (ours, theirs) => mergeTrees(gitDir, ours, theirs),
    commit: (tree, parents, message) => commitTree(gitDir, tree, parents, message),
    push: (permit, access, commit, branch, expected) =>
      pushCommit(permit, gitDir, access, anId(commit), branch, expected === null ? null : anId(expected)),
    checkout: (tree, without = []) => layOut(gitDir, reader, trees, tree, without),
    importTree: (pack, tree, base) => importPack(gitDir, pack, tree, base),
  };
}

/**
 * The mirrors of this machine, one bare repository each below `<stateDir>/mirrors`; trees are laid out below
 * `<stateDir>/trees`. What a killed process left there goes when the first mirror is opened. `open` throws on a name
 * that is not owner/name.
 */
export function gitMirrors(options: { readonly stateDir: string }): { open(repo: string): Promise<Repository> } {
  const opened = new Map<string, Promise<Repository>>();
  let trees: Promise<string> | undefined;
  const start = async (gitDir: string): Promise<Repository> => {
    trees ??= ownFolder(resolve(options.stateDir, 'trees'));
    await ensureMirror(gitDir);
    return mirror(gitDir, await trees);
  };
  return {
    async open(repo) {
      const gitDir = mirrorPath(options.stateDir, repo);
      const opening = opened.get(gitDir) ?? start(gitDir);
      opened.set(gitDir, opening);
      try {
        return await opening;
      } catch (error) {
        opened.delete(gitDir);
        trees = undefined;
        throw error;
      }
    },
  };
}
