import { hashOf } from '../../../src/domain/hash.ts';
import { FileRefused, type RawChange, type Repository } from '../../../src/ports.ts';

export type Files = Readonly<Record<string, string>>;

/** A repository in memory: what is on GitHub, and the mirror of it as last fetched. */
export interface SmallRepository extends Repository {
  /** Branches as they are on GitHub. */
  readonly remote: Map<string, string>;
  filesOf(treeish: string): Files;
  /** A commit by a person, right on GitHub. Returns its id. */
  commitOn(branch: string, change: Readonly<Record<string, string | null>>): string;
}

interface Commit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
}

const NO_ID = '0'.repeat(40);
const lines = (text: string | undefined): number => text?.split('\n').length ?? 0;

function changeOf(path: string, old: string | undefined, now: string | undefined): RawChange {
  const status = old === undefined ? 'added' : now === undefined ? 'deleted' : 'modified';
  const mode = (text: string | undefined) => (text === undefined ? '000000' : '100644');
  const id = (text: string | undefined) => (text === undefined ? NO_ID : hashOf(text).slice(0, 40));
  const [oldMode, newMode, oldId, newId] = [mode(old), mode(now), id(old), id(now)];
  return { path, status, oldMode, newMode, oldId, newId, added: lines(now), removed: lines(old) };
}

export function smallRepository(first: Files): SmallRepository {
  const trees = new Map<string, Files>();
  const commits = new Map<string, Commit>();
  const remote = new Map<string, string>();
  let mirror = new Map<string, string>();

  const keep = (files: Files): string => {
    const id = hashOf(files).slice(0, 40);
    trees.set(id, files);
    return id;
  };
  const commit = (tree: string, parents: readonly string[], message: string): string => {
    const id = hashOf({ tree, parents, message }).slice(0, 40);
    commits.set(id, { tree, parents, message });
    return id;
  };
  const filesOf = (treeish: string): Files => {
    const files = trees.get(commits.get(treeish)?.tree ?? treeish);
    if (files === undefined) throw new Error(`no tree ${treeish}`);
    return files;
  };
  const changed = (files: Files, change: Readonly<Record<string, string | null>>): Files => {
    const all = Object.entries({ ...files, ...change });
    return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== null).sort());
  };
  const ancestors = (id: string): readonly string[] => [id, ...(commits.get(id)?.parents ?? []).flatMap(ancestors)];
  const mergeBase = (a: string, b: string): string | null => {
    const others = new Set(ancestors(b));
    return ancestors(a).find((id) => others.has(id)) ?? null;
  };
  const changes = (from: string, to: string): readonly RawChange[] => {
    const [old, now] = [filesOf(from), filesOf(to)];
    const paths = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
    return paths.filter((path) => old[path] !== now[path]).map((path) => changeOf(path, old[path], now[path]));
  };
  const merge = (ours: string, theirs: string): { tree: string } | { conflicts: readonly string[] } => {
    const base = filesOf(mergeBase(ours, theirs) ?? keep({}));
    const [a, b] = [filesOf(ours), filesOf(theirs)];
    const paths = [...new Set([...Object.keys(base), ...Object.keys(a), ...Object.keys(b)])];
    const conflicts = paths.filter((p) => a[p] !== base[p] && b[p] !== base[p] && a[p] !== b[p]);
    if (conflicts.length > 0) return { conflicts };
    const merged = paths.map((p) => [p, a[p] === base[p] ? (b[p] ?? null) : (a[p] ?? null)] as const);
    return { tree: keep(changed({}, Object.fromEntries(merged))) };
  };
  /** Texts that were asked for, by id. */
  const blobs = new Map<string, string>();
  remote.set('main', commit(keep(changed({}, first)), [], 'first'));

  return {
    remote,
    filesOf,
    commitOn: (branch, change) => {
      const parent = remote.get(branch) ?? '';
      const id = commit(keep(changed(filesOf(parent), change)), [parent], `change ${Object.keys(change).join()}`);
      remote.set(branch, id);
      return id;
    },
    fetch: async () => {
      mirror = new Map(remote);
    },
    defaultBranch: async () => 'main',
    branch: async (name) => mirror.get(name) ?? null,
    has: async (id) => trees.has(id) || commits.has(id),
    treeOf: async (id) => commits.get(id)?.tree ?? id,
    parents: async (id) => commits.get(id)?.parents ?? [],
    mergeBase: async (a, b) => mergeBase(a, b),
    read: async (treeish, path, maxBytes = 5_000_000) => {
      const text = filesOf(treeish)[path] ?? null;
      if (text !== null && text.length > maxBytes) throw new FileRefused(path, 'too-large', `${path} is too large`);
      return text;
    },
    list: async (treeish, folder) =>
      Object.keys(filesOf(treeish)).filter((path) => folder === '' || path.startsWith(`${folder}/`)),
    idOf: async (treeish, path) => {
      const text = filesOf(treeish)[path];
      if (text === undefined) return null;
      const id = hashOf(text).slice(0, 40);
      blobs.set(id, text);
      return id;
    },
    changes: async (from, to) => changes(from, to),
    messages: async (from, to, most) => {
      const before = new Set(ancestors(from));
      const since = [...new Set(ancestors(to))].filter((id) => !before.has(id));
      return since.slice(0, most).map((id) => ({ commit: id, message: commits.get(id)?.message ?? '' }));
    },
    diff: async (from, to, maxBytes) =>
      changes(from, to)
        .map(({ path }) => `+++ ${path}\n${filesOf(to)[path] ?? ''}`)
        .join('\n')
        .slice(0, maxBytes),
    withFiles: async (tree, files) => {
      const texts = Object.entries(files).map(([path, file]) => [
        path,
        file !== null && typeof file === 'object' ? (blobs.get(file.id) ?? '') : file,
      ]);
      return keep(changed(filesOf(tree), Object.fromEntries(texts)));
    },
    merge: async (ours, theirs) => merge(ours, theirs),
    commit: async (tree, parents, message) => commit(tree, parents, message),
    push: async (_, __, id, branch, expected) => {
      if ((remote.get(branch) ?? null) !== expected) return false;
      remote.set(branch, id);
      mirror.set(branch, id);
      return true;
    },
    checkout: async (tree) => ({ dir: tree, gitDir: '', tree, dispose: async () => {} }),
    importTree: async (_, tree) => tree,
  };
}
